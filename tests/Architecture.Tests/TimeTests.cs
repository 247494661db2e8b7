namespace Argosy.Architecture.Tests;

/// <summary>Time is an argument, or comes from a TimeProvider: a test turns the clock, nobody waits for it.</summary>
public sealed class TimeTests
{
    /// <summary>Reads of a clock that no decision rests on: how long a turn may hold its thread, what a write to the store has cost.</summary>
    private static readonly string[] Measurements =
    [
        "Orleans.Runtime.ActivationTaskScheduler",
        "Argosy.ControlPlane.Workflows.StatusPublisher",
    ];

    public static TheoryData<string> Ours =>
    [
        "Argosy.Contracts", "Argosy.Engine", "Argosy.StandIns.Grpc", "Argosy.StandIns.Orleans", "Argosy.ClusterAgent", "Argosy.ControlPlane", "Argosy.Packing", "argosy",
        "argosy-executor",
    ];

    [Theory]
    [MemberData(nameof(Ours))]
    public void Assembly_ReadsTheTime_FromATimeProvider(string assembly)
    {
        using var compiled = CompiledAssembly.Open(assembly);

        Assert.DoesNotContain(World.ClocksReadBy(compiled), call => !IsMeasurement(call));
        Assert.Empty(World.WallClocksReadBy(compiled));
    }

    [Theory]
    [MemberData(nameof(Ours))]
    public void Assembly_NeverSleeps(string assembly)
    {
        using var compiled = CompiledAssembly.Open(assembly);

        Assert.Empty(World.SleepsOf(compiled));
    }

    private static bool IsMeasurement(Call call) =>
        Measurements.Any(type => call.Caller.StartsWith(type + ".", StringComparison.Ordinal));
}
