using System.Text.Json.Nodes;
using Argosy.Engine.Workflows;

namespace Argosy.Engine.Tests.Workflows.Laws;

/// <summary>What is true of every workflow, tried on many that nobody wrote. A failure names the seed, which is all that is needed to see it again.</summary>
public sealed class WorkflowLaws(ITestOutputHelper output)
{
    private const int Runs = 400;

    [Fact]
    public void AnyWorkflow_WithEveryPodAnswered_Ends() =>
        Try((seed, spec) => new RandomWorld(seed, spec).Run());

    [Fact]
    public void AnyWorkflow_WithLossesRestartsAndPeopleInterfering_Ends() =>
        Try((seed, spec) => new RandomWorld(seed, spec) { Losses = 0.1, Restarts = 0.03, Verbs = 0.02 }.Run());

    [Fact]
    public void EndedWorkflow_HasNoOpenNodeAndNoPod() =>
        Try((seed, spec) =>
        {
            var world = new RandomWorld(seed, spec) { Losses = 0.05, Restarts = 0.01, Verbs = 0.01 }.Run();
            Assert.True(world.State.Nodes.All(node => node.Phase.IsEnd()), world.Describe());
            Assert.Equal(0, world.State.ActivePods);
            Assert.All(world.State.Nodes, node => Assert.Equal(0, node.Open));
            Assert.All(world.State.Nodes, node => Assert.Equal(0, node.ActiveChildren));
            var leaves = world.State.Nodes.Where(node => node.IsPod || node.Type is NodeType.Suspend or NodeType.Container).ToList();
            Assert.Equal(new Progress(leaves.Count(leaf => !leaf.Phase.IsFailure()), leaves.Count), world.State.Progress);
        });

    [Fact]
    public void EndedWorkflow_HoldsNoLock() =>
        Try((seed, spec) =>
        {
            var world = new RandomWorld(seed, spec) { Losses = 0.05, Restarts = 0.02, Verbs = 0.02 }.Run().Settle();
            Assert.Empty(world.State.Locks.All);
            Assert.Equal(0, world.HeldLocks);
        });

    [Fact]
    public void NodesOfOneMutex_NeverRunTogether() =>
        Try((seed, spec) => new RandomWorld(seed, spec)
        {
            Losses = 0.05,
            Restarts = 0.03,
            Verbs = 0.02,
            Watch = (world, _) =>
            {
                var held = world.State.Locks.All.Where(claim => claim.Held).SelectMany(claim => claim.Locks).ToList();
                Assert.Equal(held.Count, held.Distinct().Count());
            },
        }.Run());

    [Fact]
    public void Replay_OfTheFacts_EqualsLife() =>
        Try((seed, spec) =>
        {
            var world = new RandomWorld(seed, spec) { Losses = 0.05, Verbs = 0.01 }.Run();
            Assert.Equal(Rendered(world.State), Rendered(world.Replayed()));
        });

    [Fact]
    public void Replay_AtAnyMoment_EqualsLife() =>
        Try(
            (seed, spec) =>
            {
                var moments = new Random(seed);
                var world = new RandomWorld(seed, spec)
                {
                    Losses = 0.05,
                    Verbs = 0.01,
                    Watch = (now, _) =>
                    {
                        if (moments.Next(8) == 0)
                        {
                            Assert.Equal(Rendered(now.State), Rendered(now.Replayed()));
                            Assert.Equal(Bookkeeping(now.State), Bookkeeping(now.Replayed()));
                            Assert.Equal(now.State.NextWake, now.Replayed().NextWake);
                        }
                    },
                };
                world.Run();
            },
            Runs / 5);

    [Fact]
    public void End_IsFinal() =>
        Try((seed, spec) =>
        {
            var world = new RandomWorld(seed, spec) { Verbs = 0.01 }.Run();
            foreach (var input in world.Past.Cast<WorkflowInput>()
                .Concat([new TimePassed(), new Recovered(), new SuspendAsked(), new ResumeAsked(null), new ShutdownAsked(ShutdownStrategy.Terminate, null, null)])
                .Concat(world.State.Nodes.Select(node => new PlacementAnswered(node.Index, "east", null))))
            {
                var decision = world.Decide(input);
                Assert.DoesNotContain(decision.Facts, fact => fact is not SuspensionChanged);
                Assert.DoesNotContain(decision.Orders, order => order is not KeepLocks); // giving back again what was given back
            }
        });

    [Fact]
    public void StaleReport_ChangesNothing() =>
        Try((seed, spec) =>
        {
            var world = new RandomWorld(seed, spec) { Losses = 0.1 };
            world.Run();
            foreach (var report in world.Past)
            {
                Assert.Empty(world.Decide(report).Facts);
                Assert.Empty(world.Decide(report with { Attempt = report.Attempt + 1 }).Facts);
                Assert.Empty(world.Decide(report with { Generation = report.Generation + 1 }).Facts);
            }
        });

    [Fact]
    public void Parallelism_IsNeverExceeded() =>
        Try((seed, spec) => new RandomWorld(seed, spec)
        {
            Losses = 0.05,
            Restarts = 0.02,
            Watch = (world, _) =>
            {
                Assert.True(world.State.ActivePods <= ((int?)spec["parallelism"] ?? int.MaxValue), "too many pods of the workflow");
                foreach (var node in world.State.Nodes.Where(node => node.Type is NodeType.Steps or NodeType.DAG && !node.Phase.IsEnd()))
                {
                    Assert.True(node.ActiveChildren <= Limit(spec, node.TemplateName), $"too many children of {node.Name}");
                }
            },
        }.Run());

    [Fact]
    public void Restarts_ChangeNothingAboutTheOutcome() =>
        Try(
            (seed, spec) =>
            {
                var calm = new RandomWorld(seed, spec).Run();
                var restarted = new RandomWorld(seed, spec) { Restarts = 0.1 }.Run();
                Assert.Equal(calm.State.Phase, restarted.State.Phase);
                Assert.Equal(Outcomes(calm.State), Outcomes(restarted.State));
            },
            wildness: new Wildness(InAnyOrder: true));

    [Fact]
    public void RetriedWorkflow_EndsAgainAndKeepsWhatSucceeded() =>
        Try((seed, spec) =>
        {
            var world = new RandomWorld(seed, spec) { Restarts = 0.01 }.Run();
            for (var again = 0; again < 2 && world.State.Phase is WorkflowPhase.Failed or WorkflowPhase.Error; again++)
            {
                Assert.Null(world.Decide(new RetryAsked(false, null, [])).Refusal);
                world.Continue();
                Assert.Equal(Rendered(world.State), Rendered(world.Replayed()));
                Assert.True(world.State.Nodes.All(node => node.Phase.IsEnd()), world.Describe());
            }
        });

    private static int Limit(JsonObject spec, string template) =>
        spec["templates"]!.AsArray().Where(other => (string)other!["name"]! == template).Select(other => (int?)other!["parallelism"]).FirstOrDefault() ?? int.MaxValue;

    private static string Rendered(WorkflowState state) => WorkflowStatusView.Render(state).ToJsonString();

    private static string[] Bookkeeping(WorkflowState state) =>
        [.. state.Nodes.Select(node => $"{node.Name} {node.Ordinal} {node.Open} {node.ActiveChildren} {node.FailedOwned} {node.Flags} {node.WakeAt} {node.CancelRequested}")];

    private static string[] Outcomes(WorkflowState state) =>
        [.. state.Nodes.Select(node => $"{node.Name} {node.Type} {node.Phase} {node.Message}").Order(StringComparer.Ordinal)];

    private void Try(Action<int, JsonObject> law, int runs = Runs, Wildness? wildness = null)
    {
        List<string> failures = [];
        for (var seed = 1; seed <= runs && failures.Count < 5; seed++)
        {
            var spec = RandomSpec.Make(new Random(seed), wildness ?? new Wildness(InAnyOrder: false));
            try
            {
                law(seed, spec);
            }
            catch (Exception failure)
            {
                failures.Add($"seed {seed}: {failure.GetType().Name}: {failure.Message}\n{string.Join('\n', (failure.StackTrace ?? "").Split('\n').Take(3))}\n{spec.ToJsonString()}");
            }
        }

        output.WriteLine($"{runs} workflows tried");
        Assert.True(failures.Count == 0, string.Join("\n\n", failures));
    }
}
