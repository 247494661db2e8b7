using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Argosy.Contracts.Agents;
using Argosy.ControlPlane.Resources;
using Argosy.Engine.Manifests;

namespace Argosy.ControlPlane.Dispatch;

/// <summary>
/// Resource templates on the hub's own objects, for clusters without an API server: workflows that create, read, await or delete workflows
/// and templates of their own namespace, which who may submit there may do anyhow. Everything else needs a cluster with an API server.
/// </summary>
internal sealed class ResourceWork(IResources resources, TimeProvider time)
{
    private const string MadeBy = "argosy.io/made-by";

    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    public async Task<NodeReport> DoAsync(PodIntent intent, CancellationToken cancellationToken)
    {
        var report = new NodeReport { Key = intent.Key };
        try
        {
            var template = JsonNode.Parse(intent.TemplateJson)!.AsObject();
            var resource = template["resource"]!.AsObject();
            var found = await ActAsync(intent, resource, cancellationToken);
            var failure = found is null ? null : await AwaitAsync(found.Value.Key, resource, cancellationToken);
            (report.Phase, report.Message) = failure is null ? (PodPhase.PodSucceeded, "") : (PodPhase.PodFailed, failure);
            if (found is var (key, made))
            {
                report.ResourceJson = (await resources.FindAsync(key, cancellationToken) ?? made).ToJsonString();
            }
        }
        catch (Exception problem) when (problem is RefusedResourceException or ApiException or ManifestException)
        {
            (report.Phase, report.Message) = (PodPhase.PodError, problem.Message);
        }

        return report;
    }

    /// <returns>The object acted on; null when it was deleted.</returns>
    private async Task<(ResourceKey Key, JsonObject Object)?> ActAsync(PodIntent intent, JsonObject resource, CancellationToken cancellationToken)
    {
        var action = (string?)resource["action"] ?? "";
        if (action is not ("create" or "get" or "delete"))
        {
            throw NeedsApiServer(intent, action, "anything");
        }

        var manifest = ManifestOf(resource);
        var kind = KindOf(intent, action, manifest);
        var metadata = manifest["metadata"] as JsonObject ?? [];
        switch (action)
        {
            case "get":
                var wanted = new ResourceKey(kind, intent.Key.Namespace, (string?)metadata["name"] ?? "");
                return await resources.FindAsync(wanted, cancellationToken) is { } existing
                    ? (wanted, existing)
                    : throw new RefusedResourceException($"{kind.QualifiedPlural()} \"{wanted.Name}\" not found");
            case "delete":
                await resources.DeleteAsync(new ResourceKey(kind, intent.Key.Namespace, (string?)metadata["name"] ?? ""), cancellationToken);
                return null;
            default:
                return await CreateAsync(intent, resource, kind, manifest, cancellationToken);
        }
    }

    private async Task<(ResourceKey Key, JsonObject Object)> CreateAsync(
        PodIntent intent, JsonObject resource, ResourceKind kind, JsonObject manifest, CancellationToken cancellationToken)
    {
        var maker = $"{intent.Key.WorkflowUid}/{intent.Key.NodeId}/{intent.Key.Generation}/{intent.Key.Attempt}";
        if (manifest["metadata"] is not JsonObject metadata)
        {
            manifest["metadata"] = metadata = [];
        }

        if ((string?)metadata["name"] is null && (string?)metadata["generateName"] is { } prefix)
        {
            // The same name each time, so that an action repeated after a crash meets what it made before.
            metadata.Remove("generateName");
            metadata["name"] = prefix + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(maker)))[..5];
        }

        metadata["namespace"] = intent.Key.Namespace;
        (metadata["annotations"] as JsonObject ?? (JsonObject)(metadata["annotations"] = new JsonObject()))[MadeBy] = maker;
        if (resource["setOwnerReference"] is JsonValue wanted && wanted.TryGetValue(out bool owned) && owned)
        {
            metadata["ownerReferences"] = new JsonArray(new JsonObject
            {
                ["apiVersion"] = Kinds.Workflow.ApiVersion, ["kind"] = Kinds.Workflow.Kind, ["name"] = intent.Key.Workflow, ["uid"] = intent.Key.WorkflowUid,
            });
        }

        var key = new ResourceKey(kind, intent.Key.Namespace, (string?)metadata["name"] ?? "");
        try
        {
            return (key, await resources.CreateAsync(kind, intent.Key.Namespace, manifest, cancellationToken));
        }
        catch (ApiException exists) when (exists.Reason == "AlreadyExists")
        {
            return await resources.FindAsync(key, cancellationToken) is { } made && (string?)made["metadata"]?["annotations"]?[MadeBy] == maker
                ? (key, made)
                : throw new RefusedResourceException(exists.Message);
        }
    }

    /// <summary>Waits until a condition is met.</summary>
    /// <returns>Why the node failed; null when it did not.</returns>
    private async Task<string?> AwaitAsync(ResourceKey key, JsonObject resource, CancellationToken cancellationToken)
    {
        var conditions = ConditionsOf(resource);
        if (!conditions.AreGiven)
        {
            return null;
        }

        while (true)
        {
            var now = await resources.FindAsync(key, cancellationToken)
                ?? throw new RefusedResourceException($"{key.Kind.QualifiedPlural()} \"{key.Name}\" was deleted while the node waited for it");
            var verdict = conditions.Judge(now);
            if (verdict.Outcome != ObjectOutcome.Undecided)
            {
                return verdict.Message;
            }

            await Task.Delay(Period, time, cancellationToken);
        }
    }

    private static ObjectConditions ConditionsOf(JsonObject resource)
    {
        try
        {
            return ObjectConditions.Parse((string?)resource["successCondition"], (string?)resource["failureCondition"]);
        }
        catch (FormatException malformed)
        {
            throw new RefusedResourceException(malformed.Message);
        }
    }

    private static JsonObject ManifestOf(JsonObject resource) => (string?)resource["manifest"] is { Length: > 0 } text && ManifestReader.Read(text) is [var manifest, ..]
        ? manifest.Json
        : throw new RefusedResourceException("an embedded cluster takes a resource's manifest only from resource.manifest");

    private static ResourceKind KindOf(PodIntent intent, string action, JsonObject manifest)
    {
        var (version, name) = ((string?)manifest["apiVersion"], (string?)manifest["kind"]);
        var kind = Kinds.All.FirstOrDefault(kind => kind.Kind == name && kind.ApiVersion == version);
        var @namespace = (string?)manifest["metadata"]?["namespace"] ?? intent.Key.Namespace;
        return kind is { Namespaced: true, Group: "argoproj.io" } && @namespace == intent.Key.Namespace
            ? kind
            : throw NeedsApiServer(intent, action, name is null ? "this resource" : $"{version} {name} in namespace {@namespace}");
    }

    private static RefusedResourceException NeedsApiServer(PodIntent intent, string action, string what) => new(string.Create(
        CultureInfo.InvariantCulture,
        $"resource template cannot {action} {what}: this cluster is embedded and has no API server, and the hub stands in for it only to create, get and delete "
        + $"workflows and their templates in the workflow's own namespace ({intent.Key.Namespace}). Run the step in a Kubernetes cluster with the argosy agent"));
}

/// <summary>What a resource template asks for cannot be done; the message is for the manifest's author.</summary>
internal sealed class RefusedResourceException(string message) : Exception(message);
