using Argosy.Engine.Workflows;

namespace Argosy.Engine.Simulation;

/// <summary>What becomes of one leaf in a simulation.</summary>
public sealed record LeafOutcome(NodePhase Phase)
{
    public static readonly LeafOutcome Succeeds = new(NodePhase.Succeeded);

    public string? Message { get; init; }

    public NodeOutputs Outputs { get; init; } = NodeOutputs.None;
}
