using Argosy.Clusters.Hubs;

namespace Argosy.Clusters.Chaos;

/// <summary>The network between a cluster and the hub is cut while a hundred pods of a workflow are there.</summary>
internal static class ServingStories
{
    private static readonly TimeSpan Outage = TimeSpan.FromSeconds(60);

    public static async Task StreamCutForAMinuteAsync(TestFleet fleet)
    {
        await using var hundred = await Hundred.StartAsync(fleet, fleet.Serving);

        await hundred.CreatedAsync();
        await hundred.RunningAsync(fleet.Serving, Hundred.Pods / 2);
        fleet.Serving.Network.Cut();
        hundred.Open();
        await Task.Delay(Outage, TestContext.Current.CancellationToken);
        var lost = await fleet.UntilPhaseAsync(fleet.Serving, "Lost", TimeSpan.FromSeconds(5));
        var meanwhile = await fleet.Api.WorkflowAsync(TestFleet.Chaos, hundred.Name);
        fleet.Serving.Network.Mend();

        Assert.Equal("Running", Story.PhaseOf(meanwhile));
        Assert.NotNull(lost);
        await hundred.SucceededOnceAsync();
        await fleet.UntilPhaseAsync(fleet.Serving, "Ready", TimeSpan.FromMinutes(1));
        await hundred.DeletedWithoutARestAsync();
    }
}
