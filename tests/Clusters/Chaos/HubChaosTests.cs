using System.Text.RegularExpressions;
using Argosy.Clusters.Hubs;
using Argosy.Clusters.Members;

namespace Argosy.Clusters.Chaos;

/// <summary>The hub gets SIGKILL, and its disk runs full, while a hundred pods of a workflow are there in two clusters.</summary>
[Collection(AloneCollection.Name)]
public sealed partial class HubChaosTests(TestFleet fleet)
{
    private static readonly TimeSpan Outage = TimeSpan.FromSeconds(10);

    [Fact(Timeout = 480_000)]
    public async Task HubKilled_WhilePodsAreCreatedAndWhileTheyEnd_RunsTheWorkflowAsIfNothingHadHappened()
    {
        TestFleet.Require();
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
        await using var hundred = await Hundred.StartEverywhereAsync(fleet, padding: 60_000);

        await hundred.CreatedAsync();
        await hundred.RunningAsync(fleet.Gpu, 10);
        fleet.Disk.Fill();
        try
        {
            hundred.Open();

            // The journal may have room in the files it has; those outputs have none.
            await fleet.SaysAsync(Full(), TimeSpan.FromMinutes(1));
            Assert.Equal("Running", Story.PhaseOf(await fleet.Api.WorkflowAsync(TestFleet.Chaos, hundred.Name)));
        }
        finally
        {
            fleet.Disk.Free();
        }

        await hundred.SucceededOnceAsync();
        await hundred.DeletedWithoutARestAsync();
    }

    [GeneratedRegex("disk is full|No space left on device", RegexOptions.IgnoreCase)]
    private static partial Regex Full();
}
