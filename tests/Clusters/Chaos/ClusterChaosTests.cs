using Argosy.Clusters.Hubs;

namespace Argosy.Clusters.Chaos;

/// <summary>A cluster, or the way to it, breaks while a hundred pods of a workflow are there.</summary>
[Collection(AloneCollection.Name)]
public sealed class ClusterChaosTests(ClusterStories stories) : IClassFixture<ClusterStories>
{
    private const int Patience = 900_000; // a test waits for the stories before its own, too

    [Fact(Timeout = Patience)]
    public Task AgentKilled_WhileItCreatesPodsAndWhileTheyEnd_RunsTheWorkflowAsIfNothingHadHappened() =>
        EndAsync(GpuStories.AgentKilledTwiceAsync);

    [Fact(Timeout = Patience)]
    public Task ApiServerKilled_ForTenSecondsWhilePodsEnd_RunsTheWorkflowAsIfNothingHadHappened() =>
        EndAsync(GpuStories.ApiServerKilledForTenSecondsAsync);

    [Fact(Timeout = Patience)]
    public Task StreamCut_ForAMinuteWhilePodsEnd_RunsTheWorkflowAsIfNothingHadHappened() =>
        EndAsync(ServingStories.StreamCutForAMinuteAsync);

    [Fact(Timeout = Patience)]
    public Task PodsDeletedByHand_OfStepsThatRetry_AreTriedAgain() =>
        EndAsync(DeletionStories.PodsDeletedOfStepsThatRetryAsync);

    [Fact(Timeout = Patience)]
    public Task PodsDeletedByHand_OfStepsThatDoNotRetry_EndThemWithTheReason() =>
        EndAsync(DeletionStories.PodsDeletedOfStepsThatDoNotRetryAsync);

    private Task EndAsync(Func<TestFleet, Task> story)
    {
        TestFleet.Require();
        return stories.EndOf(story);
    }
}
