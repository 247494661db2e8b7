using Argosy.Clusters.Hubs;
using Argosy.Clusters.Members;

namespace Argosy.Clusters.Chaos;

/// <summary>The agent and the API server of a cluster get SIGKILL while a hundred pods of a workflow are there.</summary>
[Collection(GpuCollection.Name)]
public sealed class GpuChaosTests(TestFleet fleet)
{
    private static readonly TimeSpan Outage = TimeSpan.FromSeconds(10);

    [Fact(Timeout = 480_000)]
    public async Task AgentKilled_WhileItCreatesPodsAndWhileTheyEnd_RunsTheWorkflowAsIfNothingHadHappened()
    {
        TestFleet.Require();
        TestClusters.RequireThorough();
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

    [Fact(Timeout = 480_000)]
    public async Task ApiServerKilled_ForTenSecondsWhilePodsEnd_RunsTheWorkflowAsIfNothingHadHappened()
    {
        TestFleet.Require();
        TestClusters.RequireThorough();
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
