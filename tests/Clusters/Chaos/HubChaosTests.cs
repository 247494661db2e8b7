using Argosy.Clusters.Members;
using Argosy.Clusters.Hubs;

namespace Argosy.Clusters.Chaos;

/// <summary>The hub gets SIGKILL, and its disk runs full, while a hundred pods of a workflow are there in two clusters.</summary>
[Collection(HubCollection.Name)]
public sealed class HubChaosTests(TestFleet fleet)
{
    private static readonly TimeSpan Outage = TimeSpan.FromSeconds(10);

    [Fact(Timeout = 480_000)]
    public async Task HubKilled_WhilePodsAreCreatedAndWhileTheyEnd_RunsTheWorkflowAsIfNothingHadHappened()
    {
        TestFleet.Require();
        TestClusters.RequireThorough();
        await using var hundred = await Hundred.StartEverywhereAsync(fleet);

        await hundred.CreatedAsync(Hundred.Pods / 3);
        await fleet.KillHubAsync();
        await fleet.StartHubAsync();
        await hundred.CreatedAsync();
        await fleet.KillHubAsync();
        hundred.Open();
        await Task.Delay(Outage, TestContext.Current.CancellationToken);
        await fleet.StartHubAsync();

        await hundred.SucceededOnceAsync();
        await hundred.DeletedWithoutARestAsync();
    }

    [Fact(Timeout = 480_000)]
    public async Task JournalsDiskFull_WhilePodsEnd_RunsTheWorkflowOnOnceThereIsSpace()
    {
        TestFleet.Require();
        TestClusters.RequireThorough();
        await using var hundred = await Hundred.StartEverywhereAsync(fleet);

        await hundred.CreatedAsync();
        await hundred.RunningAsync(fleet.Gpu, 10);
        fleet.Disk.Fill();
        try
        {
            hundred.Open();
            await Task.Delay(2 * Outage, TestContext.Current.CancellationToken);
            Assert.Contains("full", fleet.Said, StringComparison.OrdinalIgnoreCase);
        }
        finally
        {
            fleet.Disk.Free();
        }

        await hundred.SucceededOnceAsync();
        await hundred.DeletedWithoutARestAsync();
    }
}
