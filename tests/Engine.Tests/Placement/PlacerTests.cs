using Argosy.Engine.Placement;

namespace Argosy.Engine.Tests.Placement;

public sealed class PlacerTests
{
    private static ClusterSnapshot Cluster(string name, ClusterPhase phase = ClusterPhase.Ready, int running = 0, bool unschedulable = false, params (string, string)[] labels) =>
        new(name, labels.ToDictionary(label => label.Item1, label => label.Item2), phase, unschedulable, running);

    [Fact]
    public void NoRuleAndNoHome_TakesTheLeastBusy_ThenTheFirstByName()
    {
        var fleet = new FleetSnapshot([Cluster("c", running: 1), Cluster("b"), Cluster("a")], null);

        Assert.Equal("a", Placer.Place(fleet, null, null).Cluster);
    }

    [Fact]
    public void NoRule_WithAHome_GoesHomeHoweverBusy()
    {
        var fleet = new FleetSnapshot([Cluster("a"), Cluster("home", running: 99)], "home");

        Assert.Equal("home", Placer.Place(fleet, null, null).Cluster);
    }

    [Fact]
    public void HomeThatIsLost_IsWaitedFor_AndNamed()
    {
        var fleet = new FleetSnapshot([Cluster("a"), Cluster("home", ClusterPhase.Lost)], "home");

        var decision = Placer.Place(fleet, null, null);
        Assert.Null(decision.Cluster);
        Assert.Equal("no cluster fits: home: its agent is lost", decision.WhyNot);
    }

    [Fact]
    public void Selector_AgainstLabels_KeepsTheReasonOfEachThatDoesNotFit()
    {
        var fleet = new FleetSnapshot(
            [
                Cluster("cpu", labels: ("gpu", "none")), Cluster("closed", unschedulable: true, labels: ("gpu", "a100")),
                Cluster("new", ClusterPhase.Joining, labels: ("gpu", "a100")), Cluster("quiet", ClusterPhase.Suspect, labels: ("gpu", "a100")),
            ],
            null);

        Assert.Equal(
            "no cluster fits: cpu: its labels do not meet gpu=a100 (it has gpu=none); closed: it is marked unschedulable; "
            + "new: its agent has not connected yet; quiet: its agent has been silent for a while",
            Placer.Place(fleet, null, "gpu=a100").WhyNot);
    }

    [Fact]
    public void NamedCluster_IsTaken_OrSaidToBeUnknown()
    {
        var fleet = new FleetSnapshot([Cluster("a"), Cluster("b", running: 9)], null);

        Assert.Equal("b", Placer.Place(fleet, "b", null).Cluster);
        Assert.StartsWith("no cluster fits: z: there is no such cluster in the fleet", Placer.Place(fleet, "z", null).WhyNot, StringComparison.Ordinal);
    }

    [Fact]
    public void MalformedSelector_AndEmptyFleet_SayWhatToDo()
    {
        Assert.Contains("is malformed", Placer.Place(new FleetSnapshot([Cluster("a")], null), null, "a in (").WhyNot, StringComparison.Ordinal);
        Assert.Equal("no cluster is registered: declare one and have its agent join", Placer.Place(new FleetSnapshot([], null), null, null).WhyNot);
    }
}
