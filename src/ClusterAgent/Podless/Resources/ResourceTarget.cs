using System.Text.Json.Nodes;
using Argosy.ClusterAgent.Kubernetes.Api;

namespace Argosy.ClusterAgent.Podless.Resources;

/// <summary>One object that a resource template acts on, or all of a kind that a selector finds.</summary>
/// <param name="Namespace">Null: the kind has none.</param>
/// <param name="Name">Empty: the server, or <paramref name="Item"/>'s generateName, gives it; or a selector chooses.</param>
/// <param name="Item">As the manifest has it; null where flags name the object.</param>
/// <param name="Ordinal">Which of the manifest's objects it is.</param>
internal sealed record ResourceTarget(ResourceType Type, string? Namespace, string Name, JsonObject? Item, int Ordinal)
{
    /// <summary>As kubectl writes it.</summary>
    public string Spelled => $"{Type.Plural}{(Type.Group.Length > 0 ? $".{Type.Group}" : "")} \"{Name}\"";
}

/// <summary>The cluster does not serve the kind.</summary>
/// <param name="hubMay">It is a kind of Argo's, which the hub serves.</param>
internal sealed class NotServedException(string message, bool hubMay) : Exception(message)
{
    public bool HubMay => hubMay;
}

/// <summary>Finds what a resource template acts on, by its manifest or by what its flags name.</summary>
internal sealed class ResourceTargets(ApiDiscovery discovery)
{
    private const string Argo = "argoproj.io";

    private static readonly HashSet<string> ArgoWords = new(StringComparer.OrdinalIgnoreCase)
    {
        "workflow", "workflows", "wf", "workflowtemplate", "workflowtemplates", "wftmpl", "cronworkflow", "cronworkflows", "cwf", "cronwf",
        "clusterworkflowtemplate", "clusterworkflowtemplates", "clusterwftmpl", "cwft",
    };

    /// <exception cref="NotServedException">The cluster does not serve a kind.</exception>
    /// <exception cref="ResourceFailureException">Nothing is named, or it contradicts itself.</exception>
    public async Task<IReadOnlyList<ResourceTarget>> FindAsync(ResourceSpec spec, IReadOnlyList<JsonNode> documents, CancellationToken cancellationToken)
    {
        if (spec.Flags.Words.Count > 0)
        {
            return spec.Action is "get" or "delete" or "patch"
                ? await NamedAsync(spec, cancellationToken)
                : throw new ResourceFailureException(
                    $"error: resource.flags: {spec.Action} takes its objects from the manifest, not by name (\"{spec.Flags.Words[0]}\")");
        }

        if (documents.Count == 0)
        {
            throw new ResourceFailureException("Must provide at least one of flags or manifest.");
        }

        List<ResourceTarget> targets = [];
        foreach (var document in documents)
        {
            targets.Add(await OfDocumentAsync(spec, document, targets.Count, cancellationToken));
        }

        return targets;
    }

    private async Task<ResourceTarget> OfDocumentAsync(ResourceSpec spec, JsonNode document, int ordinal, CancellationToken cancellationToken)
    {
        if (document is not JsonObject item || (string?)item["kind"] is not { Length: > 0 } kind || (string?)item["apiVersion"] is not { Length: > 0 } version)
        {
            throw new ResourceFailureException(spec.Action == "patch"
                ? "error: the patch names no object: give its kind and name in resource.flags, such as [\"pod\", \"name\"], or write apiVersion, kind and "
                    + "metadata.name into the manifest"
                : "Group, kind, and name are all required but at least one of them is missing from the manifest");
        }

        if (item["metadata"] is not JsonObject metadata)
        {
            item["metadata"] = metadata = [];
        }

        var name = metadata["name"]?.ToString() ?? "";
        var type = await discovery.FindAsync(version, kind, cancellationToken) ?? throw new NotServedException(
            $"error: resource mapping not found for name: \"{name}\" namespace: \"{metadata["namespace"]}\": no matches for kind \"{kind}\" in version \"{version}\"; "
            + "ensure CRDs are installed first",
            version.Split('/')[0] == Argo);
        if (name.Length == 0 && (spec.Action != "create" || metadata["generateName"] is null))
        {
            throw new ResourceFailureException(spec.Action == "apply" && metadata["generateName"] is { } prefix
                ? $"error: from {prefix}: cannot use generate name with apply"
                : "error: resource name may not be empty");
        }

        return new ResourceTarget(type, NamespaceOf(spec, type, metadata["namespace"]?.ToString()), name, item, ordinal);
    }

    private async Task<IReadOnlyList<ResourceTarget>> NamedAsync(ResourceSpec spec, CancellationToken cancellationToken)
    {
        var words = spec.Flags.Words;
        if (words.Any(word => word.Contains('/', StringComparison.Ordinal)))
        {
            List<ResourceTarget> targets = [];
            foreach (var word in words)
            {
                var parts = word.Split('/', 2);
                var type = parts is [_, { Length: > 0 }]
                    ? await TypeAsync(parts[0], cancellationToken)
                    : throw new ResourceFailureException(
                        $"error: resource.flags: \"{word}\": name either all objects as kind/name, or the kind once and then the names");
                targets.Add(new ResourceTarget(type, NamespaceOf(spec, type, null), parts[1], null, targets.Count));
            }

            return targets;
        }

        var chosen = spec.Flags.All || spec.Flags.Selector is not null || spec.Flags.FieldSelector is not null;
        var kind = await TypeAsync(words[0], cancellationToken);
        return words.Count == 1 && !(chosen && spec.Action == "delete")
            ? throw new ResourceFailureException("error: resource(s) were provided, but no name was specified")
            : [.. (words.Count == 1 ? [""] : words.Skip(1))
                .Select((name, ordinal) => new ResourceTarget(kind, NamespaceOf(spec, kind, null), name, null, ordinal))];
    }

    private async Task<ResourceType> TypeAsync(string word, CancellationToken cancellationToken) =>
        await discovery.FindByWordAsync(word, cancellationToken) ?? throw new NotServedException(
            $"error: the server doesn't have a resource type \"{word}\"",
            ArgoWords.Contains(word) || word.EndsWith($".{Argo}", StringComparison.OrdinalIgnoreCase));

    private static string? NamespaceOf(ResourceSpec spec, ResourceType type, string? written)
    {
        if (!type.Namespaced)
        {
            return null;
        }

        return written is { Length: > 0 } && spec.Flags.Namespace is { } asked && asked != written
            ? throw new ResourceFailureException(
                $"error: the namespace from the provided object \"{written}\" does not match the namespace \"{asked}\". "
                + $"You must pass '--namespace={written}' to perform this operation.")
            : written is { Length: > 0 } ? written : spec.Flags.Namespace ?? spec.Key.Namespace;
    }
}
