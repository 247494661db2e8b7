using Argosy.Clusters.Hubs;
using Argosy.Clusters.Members;

namespace Argosy.Clusters.Chaos;

/// <summary>Tells the stories of each cluster one after the other, and those of the two clusters at the same time: neither need wait for the other.</summary>
public sealed class ClusterStories(TestFleet fleet) : IAsyncLifetime
{
    private readonly Dictionary<Func<TestFleet, Task>, Task> told = [];

    public ValueTask InitializeAsync()
    {
        if (TestClusters.Lacking is null)
        {
            using var apart = ExecutionContext.SuppressFlow(); // this context ends before the stories do
            Tell(
                GpuStories.AgentKilledTwiceAsync, GpuStories.ApiServerKilledForTenSecondsAsync, DeletionStories.PodsDeletedOfStepsThatRetryAsync);
            Tell(
                ServingStories.StreamCutForAMinuteAsync, DeletionStories.PodsDeletedOfStepsThatDoNotRetryAsync);
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>Ends as the story does.</summary>
    internal Task EndOf(Func<TestFleet, Task> story) => told[story];

    public async ValueTask DisposeAsync()
    {
        foreach (var story in told.Values)
        {
            await story.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // the test that awaited it has told why
        }
    }

    private void Tell(params IReadOnlyList<Func<TestFleet, Task>> stories)
    {
        var before = Task.CompletedTask;
        foreach (var story in stories)
        {
            told[story] = before = TellAsync(story, before);
        }
    }

    private Task TellAsync(Func<TestFleet, Task> story, Task before) => Task.Run(async () =>
    {
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await story(fleet);
    });
}
