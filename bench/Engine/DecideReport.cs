using System.Globalization;
using System.Text.Json.Nodes;
using Argosy.Engine.Workflows;
using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Engines;

namespace Argosy.Engine.Bench;

/// <summary>
/// Decides about one report of a pod that succeeded, in running workflows of different sizes. Time and memory for one report must not
/// depend on the size.
/// </summary>
[MemoryDiagnoser]
[InProcess]
[SimpleJob(RunStrategy.Monitoring, launchCount: 1, warmupCount: 1, iterationCount: 5)]
public class DecideReport
{
    /// <summary>Reports decided in one iteration; the smallest workflow has a few more pods, so that none of them is the last.</summary>
    private const int Reports = 90;

    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly Queue<NodeReported> reports = new();
    private WorkflowState state = new();

    [Params(100, 1_000, 10_000, 100_000)]
    public int Nodes { get; set; }

    [Params("fanout", "chain")]
    public string Shape { get; set; } = "fanout";

    [IterationSetup]
    public void Start()
    {
        state = new WorkflowState();
        reports.Clear();
        Decide(new Submitted(Manifest()));
        var ahead = Shape == "chain" ? Nodes - Reports - 2 : 0; // a chain is measured at its end, where it is longest
        for (var step = 0; step < ahead; step++)
        {
            DecideNext();
        }
    }

    [Benchmark(OperationsPerInvoke = Reports)]
    public void Report()
    {
        for (var report = 0; report < Reports; report++)
        {
            DecideNext();
        }
    }

    private void DecideNext() => Decide(reports.Dequeue());

    private void Decide(WorkflowInput input)
    {
        var decision = WorkflowDecider.Decide(state, input, Now);
        foreach (var order in decision.Orders)
        {
            switch (order)
            {
                case PlaceNode place:
                    Decide(new PlacementAnswered(place.Node, "bench", null));
                    break;
                case RunNode run:
                    reports.Enqueue(new NodeReported(state.IdOf(state[run.Node]), 0, 0, new PodStatus(PodPhase.Succeeded)));
                    break;
                default:
                    break;
            }
        }
    }

    private JsonObject Manifest()
    {
        JsonObject Step(string name) => new() { ["name"] = name, ["template"] = "nothing" };
        var once = Step("each");
        once["withSequence"] = new JsonObject { ["count"] = Nodes.ToString(CultureInfo.InvariantCulture) };
        JsonArray steps = Shape == "fanout"
            ? [new JsonArray(once)]
            : [.. Enumerable.Range(0, Nodes).Select(step => new JsonArray(Step($"step-{step}")))];
        return new JsonObject
        {
            ["metadata"] = new JsonObject { ["name"] = "bench", ["namespace"] = "default", ["uid"] = "bench" },
            ["spec"] = new JsonObject
            {
                ["entrypoint"] = "main",
                ["templates"] = new JsonArray(
                    new JsonObject { ["name"] = "main", ["steps"] = steps },
                    new JsonObject
                    {
                        ["name"] = "nothing",
                        ["container"] = new JsonObject { ["image"] = "busybox", ["command"] = new JsonArray("true") },
                    }),
            },
        };
    }
}
