using System.Text.Json.Nodes;

namespace Argosy.ClusterAgent.Kubernetes.Api;

/// <summary>A change to one object, in one of the four forms that Kubernetes knows.</summary>
public sealed record ObjectPatch
{
    private ObjectPatch(string contentType, JsonNode body, bool mayRepeat, params (string Name, string? Value)[] fields) =>
        (ContentType, Body, MayRepeat, Fields) = (contentType, body, mayRepeat, fields);

    internal string ContentType { get; }

    internal JsonNode Body { get; }

    internal bool MayRepeat { get; }

    internal IReadOnlyList<(string Name, string? Value)> Fields { get; }

    /// <summary>Makes the object's fields that <paramref name="item"/> names so, and the object itself where there is none (server-side apply).</summary>
    /// <param name="manager">Who owns these fields from now on.</param>
    /// <param name="force">Also takes fields that another manager owns; else they are a conflict.</param>
    public static ObjectPatch Apply(JsonObject item, string manager, bool force) => new(
        "application/apply-patch+yaml", item, true, ("fieldManager", manager), ("force", force ? "true" : "false"));

    /// <summary>RFC 7386.</summary>
    public static ObjectPatch Merge(JsonObject patch) => new("application/merge-patch+json", patch, true);

    /// <summary>As Kubernetes' own types say how their lists are merged; kinds of custom resources do not know it.</summary>
    public static ObjectPatch Strategic(JsonObject patch) => new("application/strategic-merge-patch+json", patch, true);

    /// <summary>RFC 6902. Not repeated by itself: adding to a list twice adds twice.</summary>
    public static ObjectPatch Json(JsonArray patch) => new("application/json-patch+json", patch, false);
}
