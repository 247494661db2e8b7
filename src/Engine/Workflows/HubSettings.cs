using System.Text.Json.Nodes;

namespace Argosy.Engine.Workflows;

/// <summary>What the hub adds to every workflow; frozen when the workflow is accepted.</summary>
public sealed record HubSettings
{
    /// <summary>Parts of a Workflow object (metadata.labels, metadata.annotations, spec) that lie under every workflow's own; null: nothing.</summary>
    public JsonObject? WorkflowDefaults { get; init; }

    /// <summary>The artifact repository of workflows that have no other, in Argo's form (<c>s3: {bucket …}</c>); null: the hub's own store.</summary>
    public JsonObject? ArtifactRepository { get; init; }

    /// <summary>How long a pod that podGC chose is kept; seconds. Upstream's podGCDeleteDelayDuration.</summary>
    public double PodGcDelaySeconds { get; init; } = 5;
}
