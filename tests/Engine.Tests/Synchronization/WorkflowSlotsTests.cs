using Argosy.Engine.Synchronization;

namespace Argosy.Engine.Tests.Synchronization;

public sealed class WorkflowSlotsTests
{
    private static readonly DateTimeOffset Start = DateTimeOffset.UnixEpoch;

    private static string[] Ask(WorkflowSlots slots, params (string Uid, string Namespace, int Priority, int Second)[] workflows)
    {
        foreach (var (uid, at, priority, second) in workflows)
        {
            slots.Ask(uid, at, priority, Start.AddSeconds(second));
        }

        return [.. slots.Grant()];
    }

    [Fact]
    public void NoLimit_LetsEverybodyRun() =>
        Assert.Equal(3, Ask(new WorkflowSlots(null, null), ("a", "n", 0, 0), ("b", "n", 0, 1), ("c", "m", 0, 2)).Length);

    [Fact]
    public void HubLimit_LetsWaitersInByPriority_ThenByAge()
    {
        var slots = new WorkflowSlots(1, null);
        Ask(slots, ("first", "n", 0, 0));
        Assert.Empty(Ask(slots, ("young", "n", 0, 5), ("old", "m", 0, 1), ("urgent", "n", 3, 9)));

        List<string> order = [];
        for (var running = "first"; ;)
        {
            slots.Leave(running);
            if (slots.Grant() is not [var next])
            {
                break;
            }

            order.Add(running = next);
        }

        Assert.Equal(["urgent", "old", "young"], order);
    }

    [Fact]
    public void FullNamespace_HoldsUpNobodyOfAnother_AndItsOwnWordStandsOverTheDefault()
    {
        var slots = new WorkflowSlots(null, 1);
        slots.SetNamespaceLimit("wide", 2);
        slots.SetNamespaceLimit("open", 0);

        Assert.Equal(
            ["n2", "o1", "o2", "w1", "w2"],
            Ask(slots, ("n1", "narrow", 0, 0), ("n2", "narrow", 9, 1), ("w1", "wide", 0, 2), ("w2", "wide", 0, 3), ("w3", "wide", 0, 4), ("o1", "open", 0, 5), ("o2", "open", 0, 6))
                .Order(StringComparer.Ordinal));
        slots.SetNamespaceLimit("narrow", 2);
        Assert.Single(slots.Grant());
    }

    [Fact]
    public void AfterARestart_WhoHasNotBeenHeardOf_CountsUntilItSpeaks()
    {
        var slots = new WorkflowSlots(1, null);
        slots.Presume("running", "n");
        slots.Presume("waiting", "n");
        Assert.Empty(Ask(slots, ("new", "n", 0, 9)));

        Assert.Empty(Ask(slots, ("waiting", "n", 0, 1)));
        slots.Keep("running", "n");
        Assert.Empty(slots.Grant());

        slots.Leave("running");
        Assert.Equal(["waiting"], slots.Grant());
    }
}
