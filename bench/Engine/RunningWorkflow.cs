using Argosy.Engine.Workflows;

namespace Argosy.Engine.Bench;

/// <summary>A workflow whose pods are placed and run at once, and report when they are told to.</summary>
internal sealed class RunningWorkflow
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly Queue<NodeReported> reports = new();
    private readonly Shape shape;
    private int told;

    public RunningWorkflow(Shape shape, int nodes)
    {
        this.shape = shape;
        Decide(new Submitted(shape.Manifest(nodes)));
    }

    public WorkflowState State { get; } = new();

    public List<WorkflowFact> Facts { get; } = [];

    public bool HasEnded => State.Phase.IsEnd();

    /// <summary>The pod that started first says how it ended.</summary>
    /// <exception cref="InvalidOperationException">None is left: what is measured now would be nothing.</exception>
    public void Report()
    {
        var report = reports.Dequeue();
        Decide(shape == Shape.Retries && told++ % 2 == 0
            ? report with { Status = new PodStatus(PodPhase.Failed) { Message = "flaky" } }
            : report);
    }

    private void Decide(WorkflowInput input)
    {
        var decision = WorkflowDecider.Decide(State, input, Now);
        Facts.AddRange(decision.Facts);
        foreach (var order in decision.Orders)
        {
            switch (order)
            {
                case PlaceNode place:
                    Decide(new PlacementAnswered(place.Node, "bench", null));
                    break;
                case RunNode run:
                    var node = State[run.Node];
                    reports.Enqueue(new NodeReported(State.IdOf(node), node.Generation, node.Attempt, new PodStatus(PodPhase.Succeeded)));
                    break;
                default:
                    break;
            }
        }
    }
}
