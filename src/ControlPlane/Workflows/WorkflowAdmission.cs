using System.Text.Json.Nodes;
using Argosy.ControlPlane.ArgoServer;
using Argosy.ControlPlane.Resources;
using Argosy.Engine.Manifests;
using Argosy.Engine.Validation;

namespace Argosy.ControlPlane.Workflows;

/// <summary>Looks at workflows and their templates before they are stored: upstream's validation, all errors at once.</summary>
internal sealed class WorkflowAdmission(IServiceProvider services) : IResourceAdmission
{
    public bool Handles(ResourceKind kind) =>
        kind == Kinds.Workflow || kind == Kinds.WorkflowTemplate || kind == Kinds.ClusterWorkflowTemplate || kind == Kinds.CronWorkflow;

    public async ValueTask<IReadOnlyList<(string Field, string Message)>> AdmitAsync(
        ResourceKind kind, JsonObject manifest, JsonObject? existing, CancellationToken cancellationToken)
    {
        if (existing is not null && JsonNode.DeepEquals(existing["spec"], manifest["spec"]))
        {
            return [];
        }

        var resources = (IResources)services.GetService(typeof(IResources))!;
        var lookup = await StoredTemplates.ReadAsync(resources, manifest["metadata"]?["namespace"]?.GetValue<string>() ?? "default", cancellationToken);

        // A cron workflow may come before the template it will run; it says so itself when the template is still missing at its time.
        var errors = WorkflowValidator.Validate(manifest, lookup, new ValidationOptions { Offline = kind == Kinds.CronWorkflow });
        return [.. errors.Select(error => (error.Path, error.Message))];
    }
}

/// <summary>The hub's workflow templates as validation looks them up.</summary>
internal sealed class StoredTemplates : ITemplateLookup
{
    private readonly Dictionary<(bool ClusterScope, string Name), JsonObject> templates = [];

    public static async Task<StoredTemplates> ReadAsync(IResources resources, string @namespace, CancellationToken cancellationToken)
    {
        var lookup = new StoredTemplates();
        foreach (var template in await resources.ListAsync(Kinds.WorkflowTemplate, @namespace, null, cancellationToken))
        {
            lookup.templates[(false, template["metadata"]!["name"]!.GetValue<string>())] = template;
        }

        foreach (var template in await resources.ListAsync(Kinds.ClusterWorkflowTemplate, null, null, cancellationToken))
        {
            lookup.templates[(true, template["metadata"]!["name"]!.GetValue<string>())] = template;
        }

        return lookup;
    }

    public JsonObject? FindTemplate(bool clusterScope, string @namespace, string name) => templates.GetValueOrDefault((clusterScope, name));
}

/// <summary>Lints for the Argo Server API: strict reading and validation.</summary>
internal sealed class ManifestLint(IResources resources) : IManifestLint
{
    public IReadOnlyList<(string Path, string Message)> Lint(JsonObject manifest, string @namespace)
    {
        var lookup = StoredTemplates.ReadAsync(resources, @namespace, CancellationToken.None).GetAwaiter().GetResult();
        return
        [
            .. StrictCheck.Check(manifest).Select(error => (error.Path, error.Message)),
            .. WorkflowValidator.Validate(manifest, lookup, new ValidationOptions { Lint = true }).Select(error => (error.Path, error.Message)),
        ];
    }
}
