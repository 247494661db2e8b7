using Argosy.Clusters.Hubs;
using Argosy.Clusters.Members;

namespace Argosy.Clusters.Chaos;

/// <summary>The agent and the API server of a cluster get SIGKILL while a hundred pods of a workflow are there.</summary>
internal static class GpuStories
{
    private static readonly TimeSpan Outage = TimeSpan.FromSeconds(10);

    public static async Task AgentKilledTwiceAsync(TestFleet fleet)
    {
        await using var hundred = await Hundred.StartAsync(fleet, fleet.Gpu);

        await hundred.CreatedAsync(Hundred.Pods / 3);
        Processes.Kill(fleet.Gpu.Agent ?? throw new InvalidOperationException("the agent of gpu has no process"));
        await hundred.CreatedAsync();
        await hundred.RunningAsync(fleet.Gpu, Hundred.Pods / 2);
        Processes.Kill(fleet.Gpu.Agent ?? throw new InvalidOperationException("the agent of gpu was not started again"));
        hundred.Open();

        await hundred.SucceededOnceAsync();
        await hundred.DeletedWithoutARestAsync();
    }

    public static async Task ApiServerKilledForTenSecondsAsync(TestFleet fleet)
    {
        await using var hundred = await Hundred.StartAsync(fleet, fleet.Gpu);

        await hundred.CreatedAsync();
        await hundred.RunningAsync(fleet.Gpu, Hundred.Pods / 2);
        await Processes.KillApiServerAsync(fleet.Gpu.Member);
        hundred.Open();
        await Task.Delay(Outage, TestContext.Current.CancellationToken);
        await Processes.StartAgainAsync(fleet.Gpu.Member);

        await hundred.SucceededOnceAsync();
        await hundred.DeletedWithoutARestAsync();
    }
}
