using System.Text.Json.Nodes;
using Argosy.Engine.Manifests;

namespace Argosy.Engine.Validation;

/// <summary>Templates that do the work themselves.</summary>
internal sealed class LeafRules(
    ValidationRun run, TemplateHome home, JsonObject template, TemplateType type, Scope scope, string path, string name)
{
    private static readonly string[] Actions = ["get", "create", "apply", "delete", "replace", "patch"];

    private readonly Problems problems = run.Problems;

    public void Check()
    {
        // Outputs are looked at with all other templates' outputs.
        run.CheckTags(Tags.Texts(template, path, "outputs"), scope, $"templates.{name}: ");
        CheckToken();
        switch (type.Name)
        {
            case "container":
                CheckMounts(template.ObjectAt("container") ?? []);
                CheckImage(template.ObjectAt("container") ?? []);
                break;
            case "script":
                CheckImage(template.ObjectAt("script") ?? []);
                break;
            case "containerSet":
                new ContainerSetRules(problems, template, path, name).Check();
                break;
            case "resource":
                CheckResource(template.ObjectAt("resource") ?? []);
                break;
            case "plugin" when template.ObjectAt("plugin") is not { Count: 1 }:
                problems.Add($"{path}.plugin", "expected exactly one key");
                break;
        }
    }

    /// <summary>Without a token of the pod's account the executor needs an account of its own.</summary>
    private void CheckToken()
    {
        var automount = template["automountServiceAccountToken"] ?? home.Spec["automountServiceAccountToken"];
        var hasOwn = new[] { template, home.Spec }.Any(owner => owner.ObjectAt("executor")?.Has("serviceAccountName") ?? false);
        if (automount is JsonValue flag && flag.TryGetValue<bool>(out var mounted) && !mounted && !hasOwn)
        {
            problems.Add(
                $"{path}.executor.serviceAccountName",
                $"templates.{name}.executor.serviceAccountName must not be empty if automountServiceAccountToken is false");
        }
    }

    private void CheckMounts(JsonObject container)
    {
        var mounted = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (i, mount) in container.ObjectsAt("volumeMounts"))
        {
            Take(
                mounted, mount.TextAt("mountPath"), $"container.volumeMounts.{mount.TextAt("name")}",
                $"{path}.container.volumeMounts[{i}].mountPath", $"templates.{name}.container.volumeMounts[{i}].mountPath");
        }

        foreach (var (i, artifact) in (template.ObjectAt("inputs") ?? []).ObjectsAt("artifacts"))
        {
            Take(
                mounted, artifact.TextAt("path"), $"inputs.artifacts.{artifact.TextAt("name")}",
                $"{path}.inputs.artifacts[{i}].path", $"templates.{name}.inputs.artifacts[{i}].path");
        }
    }

    private void Take(Dictionary<string, string> mounted, string? where, string by, string at, string shown)
    {
        if (where is { Length: > 0 } && !mounted.TryAdd(where, by))
        {
            problems.Add(at, $"{shown} '{where}' already mounted in {mounted[where]}");
        }
    }

    private void CheckImage(JsonObject container)
    {
        var byDefault = home.Spec.ObjectAt("templateDefaults")?.ObjectAt(type.Name)?.Has("image") ?? false;
        if (!container.Has("image") && !byDefault)
        {
            problems.Add($"{path}.{type.Name}.image", $"templates.{name}.{type.Name}.image may not be empty");
        }
    }

    private void CheckResource(JsonObject resource)
    {
        var at = $"{path}.resource";
        var action = resource.TextAt("action") ?? "";
        if (!Tags.In(action) && !Actions.Contains(action))
        {
            problems.Add($"{at}.action", $"templates.{name}.resource.action must be one of: get, create, apply, delete, replace, patch");
        }

        if (action is "delete" or "get")
        {
            return;
        }

        var manifest = resource.TextAt("manifest") ?? "";
        var manifestFrom = resource.ObjectAt("manifestFrom");
        if (manifest.Length == 0 && manifestFrom == null)
        {
            problems.Add(at, $"either templates.{name}.resource.manifest or templates.{name}.resource.manifestFrom must be specified");
        }

        if (manifest.Length > 0 && manifestFrom != null)
        {
            problems.Add(at, "shouldn't have both `manifest` and `manifestFrom` specified in `Manifest` for resource template");
        }

        if (manifestFrom?.ObjectAt("artifact")?.TextAt("name") is { } source
            && !(template.ObjectAt("inputs") ?? []).ObjectsAt("artifacts").Any(input => input.Value.TextAt("name") == source))
        {
            problems.Add($"{at}.manifestFrom.artifact", $"artifact {source} in `manifestFrom` refer to a non-exist artifact");
        }

        if (manifest.Length > 0 && !IsYaml(manifest))
        {
            problems.Add($"{at}.manifest", $"templates.{name}.resource.manifest must be a valid yaml");
        }
    }

    /// <summary>Whether the text is YAML once its tags are replaced; patches may be lists.</summary>
    private static bool IsYaml(string manifest)
    {
        var text = Tags.Blank(manifest);
        try
        {
            return YamlDocuments.Read(text).Count >= 0;
        }
        catch (ManifestException)
        {
            return false;
        }
    }
}
