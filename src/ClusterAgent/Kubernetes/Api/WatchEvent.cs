using System.Text.Json;
using System.Text.Json.Nodes;

namespace Argosy.ClusterAgent.Kubernetes.Api;

public enum WatchEventType
{
    Added,
    Modified,
    Deleted,

    /// <summary>Nothing changed; everything up to the object's version has been told.</summary>
    Bookmark,
}

/// <summary>One change that a watch tells.</summary>
public sealed record WatchEvent(WatchEventType Type, JsonObject Object)
{
    public string ResourceVersion => (string?)Object["metadata"]?["resourceVersion"] ?? "";

    /// <exception cref="KubernetesException">The event is an error, or not an event.</exception>
    internal static WatchEvent Read(ReadOnlySpan<byte> line)
    {
        JsonObject? item;
        string? type;
        try
        {
            var json = JsonNode.Parse(line) as JsonObject;
            type = (string?)json?["type"];
            item = json?["object"] as JsonObject;
            json?.Remove("object");
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException)
        {
            throw new KubernetesException(0, "BadAnswer", $"the watch broke off in the midst of an event: {failure.Message}", null, failure);
        }

        return (type, item) switch
        {
            ("ADDED", { }) => new WatchEvent(WatchEventType.Added, item),
            ("MODIFIED", { }) => new WatchEvent(WatchEventType.Modified, item),
            ("DELETED", { }) => new WatchEvent(WatchEventType.Deleted, item),
            ("BOOKMARK", { }) => new WatchEvent(WatchEventType.Bookmark, item),
            ("ERROR", { }) => throw KubernetesException.Read(item),
            _ => throw new KubernetesException(0, "BadAnswer", $"the watch told an event of unknown type {type}"),
        };
    }
}
