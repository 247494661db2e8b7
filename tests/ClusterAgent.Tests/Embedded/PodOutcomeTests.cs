using Argosy.ClusterAgent.Embedded.Attempts;
using Argosy.ClusterAgent.Embedded.Planning;
using Argosy.Contracts.Agents;

namespace Argosy.ClusterAgent.Tests.Embedded;

public sealed class PodOutcomeTests
{
    [Fact]
    public void MainHasNotEnded_IsUndecided() => Assert.Null(Decide(("prepare", 0), ("side", 0)));

    [Fact]
    public void InitFailed_IsDecidedWithoutMain() =>
        Assert.Equal(new PodOutcome(PodPhase.PodFailed, "prepare: Error (exit code 2)", 2), Decide(("prepare", 2)));

    [Theory]
    [InlineData(0, PodPhase.PodSucceeded)]
    [InlineData(1, PodPhase.PodFailed)]
    [InlineData(137, PodPhase.PodSucceeded)]
    [InlineData(143, PodPhase.PodSucceeded)]
    public void MainSucceeded_SidecarDecides_UnlessItWasToldToEnd(int code, PodPhase phase) =>
        Assert.Equal(phase, Decide(("prepare", 0), ("main", 0), ("side", code))?.Phase);

    [Fact]
    public void MainAndSidecarFailed_MainIsNamed() =>
        Assert.Equal("main: Error (exit code 1)", Decide(("prepare", 0), ("main", 1), ("side", 2))?.Message);

    private static PodOutcome? Decide(params (string Name, int Code)[] exits)
    {
        var plan = new PodPlan([Container("prepare")], [Container("main")], [Container("side")], [], null, PlannedRetry.None);
        return PodOutcome.Decide(plan, exits.ToDictionary(exit => exit.Name, exit => new ContainerExit(exit.Code, DateTimeOffset.UnixEpoch)));
    }

    private static PlannedContainer Container(string name) => new(name, ["true"], [], null, [], null);
}
