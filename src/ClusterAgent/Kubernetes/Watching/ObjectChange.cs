using System.Text.Json.Nodes;

namespace Argosy.ClusterAgent.Kubernetes.Watching;

public enum ObjectChangeType
{
    /// <summary>It is there, as told: new, changed, or looked at again.</summary>
    Present,

    /// <summary>It is not there any more; what is told is how it was last seen.</summary>
    Gone,
}

/// <summary>What an informer tells.</summary>
public sealed record ObjectChange(ObjectChangeType Type, JsonObject Object);
