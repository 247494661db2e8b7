using System.Text.Json.Nodes;
using Argosy.Engine.Templates;
using Argosy.Engine.Workflows;

namespace Argosy.Engine.Simulation;

/// <summary>What becomes of one leaf in a simulation.</summary>
public sealed record LeafOutcome(NodePhase Phase)
{
    public static readonly LeafOutcome Succeeds = new(NodePhase.Succeeded);

    public string? Message { get; init; }

    public NodeOutputs Outputs { get; init; } = NodeOutputs.None;
}

/// <summary>
/// Runs a workflow through the production engine without running anything: leaves end as told, suspended nodes resume at once, time jumps
/// to the next moment that something waits for.
/// </summary>
public sealed class Simulator(Func<Node, LeafOutcome> outcome, Func<ResourceRef, JsonObject?> resource)
{
    private const int MaxTurns = 1_000_000;

    private readonly Queue<WorkflowInput> inputs = new();
    private DateTimeOffset now = DateTimeOffset.UnixEpoch.AddYears(50);

    /// <summary>The facts of the run, as a journal would hold them.</summary>
    public IReadOnlyList<WorkflowFact> Facts => facts;

    private readonly List<WorkflowFact> facts = [];

    /// <summary>Where a node runs; by default everywhere is one cluster.</summary>
    public Func<PlacementRule, string> Place { get; init; } = _ => "simulated";

    /// <param name="manifest">A Workflow object with a name.</param>
    /// <exception cref="InvalidOperationException">The workflow stands still although nothing is left to wait for.</exception>
    public WorkflowState Run(JsonObject manifest)
    {
        var state = new WorkflowState();
        Continue(state, new Submitted(manifest));
        return state;
    }

    /// <summary>Goes on with a workflow that exists, from something that happens to it to its end.</summary>
    /// <returns>Why the input was refused, for then nothing happens; null: it was not.</returns>
    /// <exception cref="InvalidOperationException">The workflow stands still although nothing is left to wait for.</exception>
    public string? Continue(WorkflowState state, WorkflowInput first)
    {
        inputs.Enqueue(first);
        for (var turn = 0; turn < MaxTurns; turn++)
        {
            if (!inputs.TryDequeue(out var input))
            {
                if (state.Phase.IsEnd())
                {
                    return null;
                }

                input = NextByItself(state);
            }

            var decision = WorkflowDecider.Decide(state, input, now);
            facts.AddRange(decision.Facts);
            if (ReferenceEquals(input, first) && decision.Refusal is { } refusal)
            {
                return refusal;
            }

            foreach (var order in decision.Orders)
            {
                Obey(state, order);
            }
        }

        throw new InvalidOperationException($"workflow {state.Name} has not ended after {MaxTurns} turns");
    }

    private WorkflowInput NextByItself(WorkflowState state)
    {
        if (state.Suspended || state.Nodes.Any(node => node is { Type: NodeType.Suspend, Phase: NodePhase.Running }))
        {
            return ResumeFirst(state);
        }

        if (state.NextWake is not { } wake)
        {
            throw new InvalidOperationException(
                $"workflow {state.Name} stands still in phase {state.Phase}; open: "
                + string.Join(", ", state.Nodes.Where(node => !node.Phase.IsEnd()).Select(node => $"{node.Name} {node.Phase}")));
        }

        now = wake > now ? wake : now;
        return new TimePassed();
    }

    private WorkflowInput ResumeFirst(WorkflowState state)
    {
        if (state.Nodes.FirstOrDefault(node => node is { Type: NodeType.Suspend, Phase: NodePhase.Running }) is not { } suspended)
        {
            return new ResumeAsked(null);
        }

        var told = outcome(suspended);
        var selector = NodeFieldSelector.Parse($"id={state.IdOf(suspended)}");
        return new SetAsked(selector, told.Phase, told.Message, told.Outputs.Parameters);
    }

    private void Obey(WorkflowState state, WorkflowOrder order)
    {
        switch (order)
        {
            case ReadResource read:
                inputs.Enqueue(new ResourceAnswered(read.Resource, resource(read.Resource)));
                break;
            case PlaceNode place:
                inputs.Enqueue(new PlacementAnswered(place.Node, Place(place.Rule), null));
                break;
            case RunNode run when state.At(run.Node) is { } node:
                Answer(state, node);
                break;
            case CancelNode cancel when state.At(cancel.Node) is { } node:
                Report(state, node, new PodStatus(PodPhase.Failed) { Message = cancel.Reason });
                break;
            default:
                break;
        }
    }

    private void Answer(WorkflowState state, Node node)
    {
        var told = outcome(node);
        if (TemplateLookup.Of(state, node) is { Daemon: true } && told.Phase == NodePhase.Succeeded)
        {
            Report(state, node, new PodStatus(PodPhase.Running) { Ready = true, PodIp = "10.0.0.1" });
            return;
        }

        Report(state, node, new PodStatus(told.Phase switch
        {
            NodePhase.Failed => PodPhase.Failed,
            NodePhase.Error => PodPhase.Error,
            _ => PodPhase.Succeeded,
        })
        {
            Message = told.Message,
            Outputs = told.Phase == NodePhase.Succeeded ? Completed(told.Outputs, TemplateLookup.Of(state, node)) : told.Outputs,
        });
    }

    // What a leaf promises and nobody scripted is there, and empty.
    private static NodeOutputs Completed(NodeOutputs told, Template? template) => template is null
        ? told
        : told with
        {
            Parameters =
            [
                .. told.Parameters,
                .. template.Outputs.Parameters.Where(output => told.Parameter(output.Name) is null)
                    .Select(output => new ParameterValue(output.Name, output.ValueFrom?.Default ?? "")),
            ],
            Artifacts =
            [
                .. told.Artifacts,
                .. template.Outputs.Artifacts.Where(output => told.Artifact(output.Name) is null)
                    .Select(output => new ArtifactValue(output.Name, new JsonObject { ["name"] = output.Name, ["raw"] = new JsonObject { ["data"] = "" } })),
            ],
        };

    private void Report(WorkflowState state, Node node, PodStatus status) =>
        inputs.Enqueue(new NodeReported(state.IdOf(node), node.Generation, node.Attempt, status));
}
