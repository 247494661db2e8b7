using System.Text.Json.Nodes;
using Argosy.Engine.Simulation;
using Argosy.Engine.Workflows;

namespace Argosy.Engine.Tests.Workflows;

/// <summary>A workflow told step by step: each line of a test is something that happens to it.</summary>
internal sealed class Story
{
    private readonly Queue<WorkflowOrder> open = new();

    public Story(string spec, string name = "wf", Dictionary<ResourceRef, JsonObject?>? resources = null, HubSettings? hub = null)
    {
        Resources = resources ?? [];
        Take(new Submitted((JsonObject)JsonNode.Parse($$"""
            {"apiVersion":"argoproj.io/v1alpha1","kind":"Workflow","metadata":{"name":"{{name}}","namespace":"default","uid":"uid-1"},"spec":{{spec}}}
            """)!, hub));
    }

    public WorkflowState State { get; } = new();

    public List<WorkflowFact> Facts { get; } = [];

    public List<WorkflowOrder> Orders { get; } = [];

    public DateTimeOffset Now { get; private set; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>What placement answers; null: no place.</summary>
    public Func<PlacementRule, string?> Cluster { get; set; } = _ => "home";

    public Dictionary<ResourceRef, JsonObject?> Resources { get; }

    public Node this[string name] => State.Find(name) ?? throw new KeyNotFoundException($"no node {name}; there are: {string.Join(", ", State.Nodes.Select(node => node.Name))}");

    public Story Take(WorkflowInput input) => Take(input, out _);

    public Story Take(WorkflowInput input, out string? refusal)
    {
        refusal = Decide(input);
        while (open.TryDequeue(out var order))
        {
            switch (order)
            {
                case PlaceNode place:
                    var cluster = Cluster(place.Rule);
                    Decide(new PlacementAnswered(place.Node, cluster, cluster is null ? "no cluster fits" : null));
                    break;
                case ReadResource read:
                    Decide(new ResourceAnswered(read.Resource, Resources.GetValueOrDefault(read.Resource)));
                    break;
                default:
                    break;
            }
        }

        return this;
    }

    public Story Running(string node, bool ready = false) =>
        Report(node, new PodStatus(PodPhase.Running) { Ready = ready, PodIp = "10.0.0.7", Host = "host" });

    public Story Succeeds(string node, string? result = null, params (string Name, string Value)[] parameters) =>
        Report(node, new PodStatus(PodPhase.Succeeded)
        {
            Outputs = new NodeOutputs { Result = result, ExitCode = "0", Parameters = [.. parameters.Select(p => new ParameterValue(p.Name, p.Value))] },
        });

    public Story Fails(string node, string exitCode = "1") =>
        Report(node, new PodStatus(PodPhase.Failed) { Message = $"main: Error (exit code {exitCode})", Outputs = new NodeOutputs { ExitCode = exitCode } });

    public Story Errs(string node, string message = "broken") => Report(node, new PodStatus(PodPhase.Error) { Message = message });

    public Story Report(string node, PodStatus status) =>
        Take(new NodeReported(State.IdOf(this[node]), this[node].Generation, this[node].Attempt, status));

    public Story Passes(TimeSpan time)
    {
        Now += time;
        return Take(new TimePassed());
    }

    /// <summary>Every node as "name phase", in order of creation.</summary>
    public string[] Nodes() => [.. State.Nodes.Select(node => $"{node.Name} {node.Phase}")];

    /// <summary>The state that the facts alone give.</summary>
    public WorkflowState Replayed()
    {
        var state = new WorkflowState();
        foreach (var fact in FactCodec.Decode(FactCodec.Encode(Facts)))
        {
            state.Apply(fact);
        }

        return state;
    }

    private string? Decide(WorkflowInput input)
    {
        var decision = WorkflowDecider.Decide(State, input, Now);
        Facts.AddRange(decision.Facts);
        Orders.AddRange(decision.Orders);
        foreach (var order in decision.Orders)
        {
            open.Enqueue(order);
        }

        return decision.Refusal;
    }
}
