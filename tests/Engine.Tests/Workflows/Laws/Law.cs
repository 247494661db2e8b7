using Argosy.Engine.Workflows;

namespace Argosy.Engine.Tests.Workflows.Laws;

/// <summary>The laws, one by one.</summary>
internal static class Law
{
    /// <summary>More facts than this for each node concerned are a loop that feeds on itself.</summary>
    private const int MostFactsOfANode = 8;

    public static void NothingIsOpen(RandomWorld world)
    {
        Assert.True(world.State.Nodes.All(node => node.Phase.IsEnd()), world.Describe());
        Assert.Equal(0, world.State.ActivePods);
        Assert.Equal(0, world.State.OpenNodes);
        Assert.True(world.State.Nodes.All(node => node is { Open: 0, ActiveChildren: 0 }), "a count of open nodes is not zero");
        var leaves = world.State.Nodes.Where(node => node.IsPod || node.Type is NodeType.Suspend or NodeType.Container).ToList();
        Assert.Equal(new Progress(leaves.Count(leaf => !leaf.Phase.IsFailure()), leaves.Count), world.State.Progress);
    }

    /// <summary>Steps and DAGs that succeeded have a node for every member: it ran, or was Skipped, or Omitted.</summary>
    public static void EveryMemberIsAccountedFor(WorkflowState state)
    {
        foreach (var node in state.Nodes.Where(node => node is { Type: NodeType.Steps or NodeType.DAG, Phase: NodePhase.Succeeded, Memo: not { Hit: true } }))
        {
            var template = TemplateLookup.Of(state, node)!;
            var known = (node.Type == NodeType.DAG ? node.Members : node.Members.SelectMany(group => state[group].Members))
                .Select(member => state[member].StepName).ToHashSet();
            var wanted = template.Dag is { } dag
                ? DagPlan.Of(dag, new InputVariables(node.Inputs)).Wanted
                : template.StepGroups.SelectMany(group => group).Select(step => step.Name);
            Assert.True(wanted.All(known.Contains), $"{node.Name} succeeded without {string.Join(", ", wanted.Where(name => !known.Contains(name)))}");
        }
    }

    public static void ReplayEqualsLife(RandomWorld world)
    {
        var replayed = world.Replayed();
        Assert.Equal(WorkflowStatusView.Render(world.State).ToJsonString(), WorkflowStatusView.Render(replayed).ToJsonString());
        Assert.Equal(Bookkeeping(world.State), Bookkeeping(replayed));
        Assert.Equal(world.State.NextWake, replayed.NextWake);
    }

    public static void NothingIsHeld(RandomWorld world)
    {
        world.Settle();
        Assert.Empty(world.State.Locks.All);
        Assert.Equal(0, world.HeldLocks);
    }

    public static void StaleReportsChangeNothing(RandomWorld world)
    {
        foreach (var report in world.Past.Take(50))
        {
            Assert.Empty(world.Decide(report).Facts);
            Assert.Empty(world.Decide(report with { Attempt = report.Attempt + 1 }).Facts);
            Assert.Empty(world.Decide(report with { Generation = report.Generation + 1 }).Facts);
        }
    }

    public static void TheEndIsFinal(RandomWorld world)
    {
        foreach (var input in new WorkflowInput[] { new TimePassed(), new Recovered(), new SuspendAsked(), new ResumeAsked(null), new ShutdownAsked(ShutdownStrategy.Terminate, null, null) }
            .Concat(world.State.Nodes.Take(50).Select(node => new PlacementAnswered(node.Index, "east", null))))
        {
            var decision = world.Decide(input);
            Assert.DoesNotContain(decision.Facts, fact => fact is not SuspensionChanged);
            Assert.DoesNotContain(decision.Orders, order => order is not KeepLocks); // giving back again what was given back
        }
    }

    public static void LimitsHold(WorkflowState state, Decision decision)
    {
        foreach (var created in decision.Facts.OfType<NodeCreated>())
        {
            Assert.True(state.ActivePods <= (state.Spec!.Parallelism ?? int.MaxValue), "more pods than the workflow's parallelism");
            if (state.At(created.Boundary) is { } around && state.Locks.OfNode(created.Owner) is null)
            {
                Assert.True(
                    around.ActiveChildren <= (TemplateLookup.Of(state, around)!.Parallelism ?? int.MaxValue),
                    $"more children of {around.Name} than its parallelism");
            }
        }

        foreach (var held in decision.Facts.OfType<LocksHeld>().Any() ? state.Locks.All.Where(claim => claim.Held).SelectMany(claim => claim.Locks).CountBy(name => name) : [])
        {
            Assert.True(held.Value <= (held.Key.IsMutex ? 1 : RandomSynchronization.Limit), $"{held.Value} hold {held.Key}");
        }
    }

    /// <summary>
    /// What an agent or a placement says is decided by looking at the node, at what it creates, at the groups around these and at daemons
    /// that end with such a group; and with a few facts for each of them.
    /// </summary>
    public static void FactsAreAboutWhatTheInputTouches(WorkflowState state, WorkflowInput input, Decision decision)
    {
        var concerned = input switch
        {
            NodeReported report => state.FindById(report.NodeId),
            PlacementAnswered placement => state.At(placement.Node),
            CacheAnswered cache => state.At(cache.Node),
            LocksQueued queued => state.At(state.Locks.Find(queued.Ticket)?.Node ?? -1),
            LocksGranted granted => state.At(state.Locks.Find(granted.Ticket)?.Node ?? -1),
            _ => null,
        };
        if (concerned is null || decision.Facts.Count == 0)
        {
            return;
        }

        HashSet<int> touched = [.. concerned.Members];
        Around(concerned);
        foreach (var created in decision.Facts.OfType<NodeCreated>())
        {
            Around(state.Find(created.Name)!);
        }

        foreach (var admitted in decision.Facts.OfType<NodeAdmitted>())
        {
            Around(state[admitted.Node]); // it waited for the room that the input made
        }

        var mentioned = decision.Facts.Select(Mentioned).Where(node => node >= 0).ToHashSet();
        foreach (var node in mentioned.Select(index => state[index]).Where(node => node.Daemoned || state.At(node.Owner) is { Daemoned: true }))
        {
            Around(node);
        }

        Assert.True(
            mentioned.IsSubsetOf(touched),
            $"{input} changed {string.Join(", ", mentioned.Except(touched).Select(index => state[index].Name))}");
        Assert.True(decision.Facts.Count <= MostFactsOfANode * touched.Count, $"{decision.Facts.Count} facts about {touched.Count} nodes");

        void Around(Node? node)
        {
            for (; node is not null && touched.Add(node.Index); node = state.At(node.Owner))
            {
            }
        }
    }

    /// <summary>The same phases and messages, node by node.</summary>
    public static void EndsAs(WorkflowState expected, WorkflowState actual)
    {
        Assert.Equal(expected.Phase, actual.Phase);
        Assert.Equal(Outcomes(expected), Outcomes(actual));
    }

    private static int Mentioned(WorkflowFact fact) => fact switch
    {
        NodePhaseChanged changed => changed.Node,
        NodeEnded ended => ended.Node,
        NodePlaced placed => placed.Node,
        NodeStarted started => started.Node,
        NodeDaemoned daemoned => daemoned.Node,
        NodeAttemptLost lost => lost.Node,
        NodeCancelRequested cancel => cancel.Node,
        NodeOutputsSet set => set.Node,
        NodeProgressed progressed => progressed.Node,
        NodeMemoized memoized => memoized.Node,
        NodeAdmitted admitted => admitted.Node,
        NodeInputsSet set => set.Node,
        _ => -1,
    };

    private static string[] Bookkeeping(WorkflowState state) =>
    [
        .. state.Nodes.Select(node =>
            $"{state.IdOf(node)} {node.Name} {node.Ordinal} {node.Open} {node.ActiveChildren} {node.FailedOwned} {node.Flags} {node.WakeAt} {node.CancelRequested} {node.Waits} {node.AdmittedAt}"),
        .. state.Locks.All.Select(claim => $"{claim.Ticket} {claim.Node} {string.Join(' ', claim.Locks)} {claim.Held} {claim.WaitsFor}"),
    ];

    private static string[] Outcomes(WorkflowState state) =>
        [.. state.Nodes.Select(node => $"{node.Name} {node.Type} {node.Phase} {node.Message}").Order(StringComparer.Ordinal)];
}
