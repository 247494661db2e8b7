using Argosy.Engine.Workflows;

namespace Argosy.Engine.Tests.Workflows.Laws;

/// <summary>
/// What is true of every workflow, tried on ten thousand that nobody wrote, each in a world that acts at random. A failure shows the seed
/// and a small workflow that fails as well; <c>ARGOSY_LAWS_SEED</c> tries others (a number, or <c>random</c>).
/// </summary>
public sealed class WorkflowLaws(ITestOutputHelper output)
{
    [Fact]
    public void AnyWorkflow_WithLossesRestartsAndPeopleInterfering_KeepsTheLaws() =>
        Trial.Of(output, 6_500, (seed, spec) =>
        {
            var moments = new Random(seed);
            var world = new RandomWorld(seed, spec)
            {
                Losses = 0.08,
                Restarts = seed % 2 == 0 ? 0.02 : 0,
                Verbs = seed % 3 == 0 ? 0.02 : 0,
                Watch = (now, input, decision) =>
                {
                    Law.LimitsHold(now.State, decision);
                    Law.FactsAreAboutWhatTheInputTouches(now.State, input, decision);
                    if (moments.Next(200) == 0)
                    {
                        Law.ReplayEqualsLife(now);
                    }
                },
            };
            world.Run();
            Law.NothingIsOpen(world);
            Law.EveryMemberIsAccountedFor(world.State);
            Law.ReplayEqualsLife(world);
            Law.NothingIsHeld(world);
            Law.StaleReportsChangeNothing(world);
            Law.TheEndIsFinal(world);
        });

    [Fact]
    public void Outcome_IsTheSame_HoweverOftenTheHubRestarts_AndFromWhateverFactItGoesOn() =>
        Trial.Of(
            output,
            2_500,
            (seed, spec) =>
            {
                List<(int Facts, DateTimeOffset Now)> decisions = [];
                var calm = new RandomWorld(seed, spec) { Watch = (world, _, _) => decisions.Add((world.Facts.Count, world.Now)) }.Run();
                var restarted = new RandomWorld(seed, spec) { Restarts = 0.1 }.Run();
                var (facts, now) = decisions[new Random(seed).Next(decisions.Count)];
                var resumed = RandomWorld.After(calm, facts, now).Continue();

                Law.EndsAs(calm.State, restarted.State);
                Law.EndsAs(calm.State, resumed.State);
            },
            new Wildness(InAnyOrder: true));

    [Fact]
    public void RetriedWorkflow_EndsAgain_AndKeepsTheLaws() =>
        Trial.Of(output, 1_000, (seed, spec) =>
        {
            var world = new RandomWorld(seed, spec) { Restarts = 0.01, Losses = 0.02, Verbs = seed % 3 == 0 ? 0.01 : 0 }.Run();
            for (var again = 0; again < 2 && world.State.Phase is WorkflowPhase.Failed or WorkflowPhase.Error; again++)
            {
                Assert.Null(world.Decide(new RetryAsked(false, null, [])).Refusal);
                Law.ReplayEqualsLife(world);
                world.Continue();
                Law.NothingIsOpen(world);
                Law.ReplayEqualsLife(world);
            }
        });
}
