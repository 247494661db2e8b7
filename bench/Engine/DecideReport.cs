using Argosy.Engine.Workflows;
using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Engines;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace Argosy.Engine.Bench;

/// <summary>
/// Decides about one report of a pod that succeeded, in running workflows of different sizes and shapes. Time and memory for one report must
/// not depend on the size.
/// </summary>
[MemoryDiagnoser]
[HideColumns("Job", "InvocationCount", "IterationCount", "LaunchCount", "RunStrategy", "Toolchain", "UnrollFactor", "WarmupCount", "Error")]
[Config(typeof(FewIterations))]
public class DecideReport
{
    /// <summary>Reports decided in one iteration.</summary>
    private const int Reports = 90;

    /// <summary>Reports that are left to the iterations: the smallest workflow has a few more, so that none of them is the last.</summary>
    private const int Left = 950;

    private RunningWorkflow workflow = null!;

    /// <summary>A workflow can be asked only for the reports it has: one job, of a few iterations that are each measured as they come.</summary>
    private sealed class FewIterations : ManualConfig
    {
        public FewIterations() => AddJob(Job.Default
            .WithToolchain(InProcessEmitToolchain.Instance).WithStrategy(RunStrategy.Monitoring)
            .WithLaunchCount(1).WithWarmupCount(1).WithIterationCount(5).WithInvocationCount(1).WithUnrollFactor(1));
    }

    [Params(1_000, 10_000, 100_000)]
    public int Nodes { get; set; }

    [ParamsAllValues]
    public Shape Shape { get; set; }

    /// <summary>Starts the workflow, and brings it near its end: where it is longest.</summary>
    [GlobalSetup]
    public void Start()
    {
        workflow = new RunningWorkflow(Shape, Nodes);
        for (var ahead = Shape.ReportsOf(Nodes) - Left; ahead > 0; ahead--)
        {
            workflow.Report();
        }
    }

    [Benchmark(OperationsPerInvoke = Reports)]
    public void Report()
    {
        for (var report = 0; report < Reports; report++)
        {
            workflow.Report();
        }
    }
}
