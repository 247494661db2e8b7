using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Argosy.Engine.Simulation;
using Argosy.Engine.Workflows;

namespace Argosy.Engine.Bench;

/// <summary>
/// Whole lives of large workflows: every shape from submission to end with the time per report, a loop over a list of items through the
/// simulator, and a journal replayed. Prints one line for each.
/// </summary>
internal static class WholeRuns
{
    public static void Print(int nodes)
    {
        Console.WriteLine($"{"",-24} {"nodes",8} {"start ms",9} {"us/report",10} {"B/report",9}");
        foreach (var shape in Enum.GetValues<Shape>())
        {
            for (var size = Math.Min(1000, nodes); size <= nodes; size *= 10)
            {
                Live(shape, size);
            }
        }

        Simulate(nodes);
        Replay(nodes);
    }

    private static void Live(Shape shape, int nodes)
    {
        var clock = Stopwatch.StartNew();
        var workflow = new RunningWorkflow(shape, nodes);
        var start = clock.Elapsed;
        var (bytes, reports) = (GC.GetAllocatedBytesForCurrentThread(), 0);
        for (clock.Restart(); !workflow.HasEnded; reports++)
        {
            workflow.Report();
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{shape,-24} {nodes,8} {start.TotalMilliseconds,9:F0} {clock.Elapsed.TotalMicroseconds / reports,10:F1} {(GC.GetAllocatedBytesForCurrentThread() - bytes) / reports,9}"));
    }

    private static void Simulate(int nodes)
    {
        var clock = Stopwatch.StartNew();
        var state = new Simulator(_ => LeafOutcome.Succeeds, _ => null).Run(Items(nodes));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"a withParam loop of {nodes} in the simulator: {state.Phase} after {clock.Elapsed.TotalSeconds:F2} s; {GC.GetTotalMemory(forceFullCollection: true) >> 20} MB live, {Environment.WorkingSet >> 20} MB working set"));
        GC.KeepAlive(state);
    }

    private static void Replay(int nodes)
    {
        var workflow = new RunningWorkflow(Shape.Loop, nodes);
        while (!workflow.HasEnded)
        {
            workflow.Report();
        }

        var journal = FactCodec.Encode(workflow.Facts);
        var clock = Stopwatch.StartNew();
        var facts = FactCodec.Decode(journal);
        var decoded = clock.Elapsed;
        var state = new WorkflowState();
        foreach (var fact in facts)
        {
            state.Apply(fact);
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"replay of {nodes} nodes, {facts.Count} facts: decoded in {decoded.TotalSeconds:F2} s, applied in {(clock.Elapsed - decoded).TotalSeconds:F2} s, {facts.Count / clock.Elapsed.TotalSeconds:F0} facts/s"));
    }

    private static JsonObject Items(int nodes)
    {
        var manifest = Shape.Loop.Manifest(nodes);
        var each = (JsonObject)manifest["spec"]!["templates"]![0]!["steps"]![0]![0]!;
        each.Remove("withSequence");
        each["withParam"] = "[" + string.Join(',', Enumerable.Range(0, nodes).Select(item => $"{{\"number\":{item},\"name\":\"item {item}\"}}")) + "]";
        each["arguments"] = new JsonObject { ["parameters"] = new JsonArray(new JsonObject { ["name"] = "name", ["value"] = "{{item.name}}" }) };
        manifest["spec"]!["templates"]![1]!["inputs"] = new JsonObject { ["parameters"] = new JsonArray(new JsonObject { ["name"] = "name" }) };
        return manifest;
    }
}
