using System.Text.Json.Nodes;
using Argosy.Engine.Placement;
using Argosy.Engine.Templates;
using Argosy.Engine.Workflows;

namespace Argosy.Engine.Simulation;

/// <summary>
/// Runs a workflow through the production engine without running anything: leaves end as told, suspended nodes resume at once, time jumps
/// to the next moment that something waits for.
/// </summary>
public sealed class Simulator(Func<WorkflowState, Node, LeafOutcome> outcome, Func<ResourceRef, JsonObject?> resource)
{
    private readonly List<WorkflowInput> inputs = [];
    private readonly Queue<int> suspended = new();
    private readonly SimulatedSynchronization synchronization = new();
    private readonly List<WorkflowFact> facts = [];
    private int taken;
    private DateTimeOffset now = Beginning;

    public Simulator(Func<Node, LeafOutcome> outcome, Func<ResourceRef, JsonObject?> resource)
        : this((_, node) => outcome(node), resource)
    {
    }

    /// <summary>When every simulated workflow is created.</summary>
    public static readonly DateTimeOffset Beginning = DateTimeOffset.UnixEpoch.AddYears(50);

    /// <summary>The facts of the run, as a journal would hold them.</summary>
    public IReadOnlyList<WorkflowFact> Facts => facts;

    /// <summary>The moment that the simulation has come to.</summary>
    public DateTimeOffset Now => now;

    /// <summary>Where a node runs; by default everywhere is one cluster.</summary>
    public Func<PlacementRule, PlacementDecision> Place { get; init; } = _ => new PlacementDecision("simulated", []);

    /// <summary>Called when a pod has given its place in a cluster back.</summary>
    public Action<string> Release { get; init; } = _ => { };

    /// <summary>
    /// Which of so many things that are under way happens next, from 0. By default the first: what started first ends first. What comes is
    /// brought in in that order where the order is a matter of chance.
    /// </summary>
    public Func<int, int> Next { get; init; } = _ => 0;

    /// <summary>Nodes beyond which the simulation is given up: a workflow that multiplies itself would go on until the memory ends.</summary>
    public int MaxNodes { get; init; } = 300_000;

    /// <param name="manifest">A Workflow object with a name.</param>
    /// <exception cref="InvalidOperationException">The workflow stands still although nothing is left to wait for.</exception>
    public WorkflowState Run(JsonObject manifest)
    {
        var (state, standstill) = Simulate(manifest);
        return standstill is null ? state : throw new InvalidOperationException($"workflow {state.Name} {standstill}");
    }

    /// <summary>Runs the workflow as far as it comes.</summary>
    public Simulated Simulate(JsonObject manifest)
    {
        var state = new WorkflowState();
        return new Simulated(state, Continue(state, new Submitted(manifest)));
    }

    /// <summary>Goes on with a workflow that exists, from something that happens to it, as far as it comes.</summary>
    /// <returns>Why it went no further; null: the workflow ended.</returns>
    public string? Continue(WorkflowState state, WorkflowInput first)
    {
        inputs.Add(first);
        while (true)
        {
            if (Take(state) is not { } input)
            {
                return state.Phase.IsEnd() ? null : Standstill.Of(state);
            }

            if (state.NodeCount > MaxNodes)
            {
                return Standstill.TooLarge(state, MaxNodes);
            }

            var decision = WorkflowDecider.Decide(state, input, now);
            facts.AddRange(decision.Facts);
            if (decision.Refusal is { } refusal)
            {
                return $"stands still: {refusal}";
            }

            foreach (var fact in decision.Facts)
            {
                if (fact is NodeCreated { Type: NodeType.Suspend, Phase: NodePhase.Running } created)
                {
                    suspended.Enqueue(state.Find(created.Name)!.Index);
                }
                else if (fact is NodeAdmitted { Type: NodeType.Suspend } admitted)
                {
                    suspended.Enqueue(admitted.Node);
                }
                else if (fact is NodeAdopted { Type: NodeType.Suspend } adopted)
                {
                    suspended.Enqueue(state.Find(adopted.Name)!.Index);
                }
            }

            foreach (var order in decision.Orders)
            {
                Obey(state, order);
            }
        }
    }

    /// <summary>What happens next; null: nothing ever will.</summary>
    private WorkflowInput? Take(WorkflowState state)
    {
        if (taken < inputs.Count)
        {
            var chosen = taken + Next(inputs.Count - taken);
            var input = inputs[chosen];
            inputs[chosen] = inputs[taken];
            inputs[taken++] = null!;
            return input;
        }

        taken = 0;
        inputs.Clear();
        if (state.Phase.IsEnd())
        {
            return null;
        }

        if (NextSuspended(state) is { } node)
        {
            var told = outcome(state, node);
            return new SetAsked(NodeFieldSelector.Parse($"id={state.IdOf(node)}"), told.Phase, told.Message, Supplied(told, TemplateLookup.Of(state, node)));
        }

        if (state.Suspended)
        {
            return new ResumeAsked(null);
        }

        if (state.NextWake is not { } wake)
        {
            return null;
        }

        now = wake > now ? wake : now;
        return new TimePassed();
    }

    private Node? NextSuspended(WorkflowState state)
    {
        while (suspended.TryDequeue(out var index))
        {
            if (state.At(index) is { Phase: NodePhase.Running } node)
            {
                return node;
            }
        }

        return null;
    }

    // Nothing is stored, so any repository will do.
    private static JsonObject? AnyRepository(WorkflowState state) => state.Spec?.Json.Object("artifactRepositoryRef") is { } named
        ? new JsonObject { ["data"] = new JsonObject { [named.Text("key") ?? ""] = "{}" } }
        : null;

    private void Obey(WorkflowState state, WorkflowOrder order)
    {
        switch (order)
        {
            case ReadResource { Resource.Kind: ResourceRefKind.ArtifactRepositories } repositories:
                inputs.Add(new ResourceAnswered(repositories.Resource, AnyRepository(state)));
                break;
            case ReadResource read:
                inputs.Add(new ResourceAnswered(read.Resource, resource(read.Resource)));
                break;
            case AskLocks or ReleaseLocks or KeepLocks or ReadCache or WriteCache:
                inputs.AddRange(synchronization.Answer(state, order, resource));
                break;
            case PlaceNode place:
                var decision = Place(place.Rule);
                inputs.Add(new PlacementAnswered(place.Node, decision.Cluster, decision.WhyNot));
                break;
            case RunNode run when state.At(run.Node) is { } node:
                Answer(state, node);
                break;
            case CancelNode cancel when state.At(cancel.Node) is { } node:
                Report(state, node, cancel.DaemonDone ? new PodStatus(PodPhase.Succeeded) : new PodStatus(PodPhase.Failed) { Message = cancel.Reason });
                break;
            case ReleaseNode release when state.At(release.Node) is { Cluster: { } cluster }:
                Release(cluster);
                break;
            default:
                break;
        }
    }

    private void Answer(WorkflowState state, Node node)
    {
        var told = outcome(state, node);
        var template = TemplateLookup.Of(state, node);
        if (template is { Daemon: true } && told.Phase == NodePhase.Succeeded)
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
            Outputs = told.Phase == NodePhase.Succeeded && template is not null ? Completed(told.Outputs, template) : told.Outputs,
        });
    }

    // What a leaf promises and nobody scripted is there, and empty.
    private static NodeOutputs Completed(NodeOutputs told, Template template) => told with
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

    // Nobody sits there to fill in what a person would: a value without a default is empty.
    private static List<ParameterValue> Supplied(LeafOutcome told, Template? template) =>
    [
        .. told.Outputs.Parameters,
        .. (template?.Outputs.Parameters ?? [])
            .Where(output => output is { Default: null, ValueFrom: { Supplied: true, Default: null } } && told.Outputs.Parameter(output.Name) is null)
            .Select(output => new ParameterValue(output.Name, "")),
    ];

    private void Report(WorkflowState state, Node node, PodStatus status) =>
        inputs.Add(new NodeReported(state.IdOf(node), node.Generation, node.Attempt, status));
}

/// <summary>What came of a simulation.</summary>
/// <param name="Standstill">Why it went no further; null: the workflow ended.</param>
public sealed record Simulated(WorkflowState State, string? Standstill);

/// <summary>Says of a workflow that will never end what it waits for.</summary>
internal static class Standstill
{
    private const int MostNamed = 20;

    public static string Of(WorkflowState state)
    {
        var open = state.Nodes.Where(node => !node.Phase.IsEnd() && node.Open == 0).ToList();
        return open.Count == 0
            ? $"stands still in phase {state.Phase}: nothing in it is under way"
            : $"stands still: {Lines(open)}";
    }

    public static string TooLarge(WorkflowState state, int limit)
    {
        var templates = state.Nodes.Where(node => node.TemplateName.Length > 0).CountBy(node => node.TemplateName)
            .OrderByDescending(pair => pair.Value).Take(3).Select(pair => $"{pair.Key} ({pair.Value})");
        return $"was given up after {limit} nodes; most of them are of {string.Join(", ", templates)}";
    }

    private static string Lines(List<Node> open) => string.Concat(open.Take(MostNamed).Select(node => $"{Environment.NewLine}  {node.Name} waits: {Reason(node)}"))
        + (open.Count > MostNamed ? $"{Environment.NewLine}  and {open.Count - MostNamed} more" : "");

    private static string Reason(Node node) => node switch
    {
        { Message: { Length: > 0 } message } => message,
        { IsPod: true, Cluster: null } => "it has no place",
        { IsPod: true } => $"its pod runs in {node.Cluster}",
        { Type: NodeType.Suspend } => "somebody has to resume it",
        _ => "what it is to do next cannot begin",
    };
}
