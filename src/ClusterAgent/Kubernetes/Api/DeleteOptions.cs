using System.Text.Json.Nodes;

namespace Argosy.ClusterAgent.Kubernetes.Api;

/// <summary>How an object is deleted.</summary>
public sealed record DeleteOptions
{
    public static readonly DeleteOptions Default = new();

    /// <summary>Seconds that a pod gets to end by itself; null: what its spec says.</summary>
    public int? GracePeriodSeconds { get; init; }

    /// <summary>Only if the object is this very one, not a later one of the same name.</summary>
    public string? Uid { get; init; }

    /// <summary>What becomes of the objects it owns: <c>Background</c> (default), <c>Foreground</c>, <c>Orphan</c>.</summary>
    public string Propagation { get; init; } = "Background";

    /// <summary>The server checks all and does nothing.</summary>
    public bool DryRun { get; init; }

    internal JsonObject ToJson()
    {
        var json = new JsonObject { ["apiVersion"] = "v1", ["kind"] = "DeleteOptions", ["propagationPolicy"] = Propagation };
        if (GracePeriodSeconds is { } seconds)
        {
            json["gracePeriodSeconds"] = seconds;
        }

        if (Uid is not null)
        {
            json["preconditions"] = new JsonObject { ["uid"] = Uid };
        }

        if (DryRun)
        {
            json["dryRun"] = new JsonArray("All");
        }

        return json;
    }
}
