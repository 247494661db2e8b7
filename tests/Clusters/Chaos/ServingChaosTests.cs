using Argosy.Clusters.Members;
using System.Text.Json.Nodes;
using Argosy.Clusters.Hubs;

namespace Argosy.Clusters.Chaos;

/// <summary>The network between a cluster and the hub is cut, and its pods are deleted by hand, while a hundred pods of a workflow are there.</summary>
[Collection(ServingCollection.Name)]
public sealed class ServingChaosTests(TestFleet fleet)
{
    private const int Deleted = 10;

    private static readonly TimeSpan Outage = TimeSpan.FromSeconds(60);

    [Fact(Timeout = 480_000)]
    public async Task StreamCut_ForAMinuteWhilePodsEnd_RunsTheWorkflowAsIfNothingHadHappened()
    {
        TestFleet.Require();
        TestClusters.RequireThorough();
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

    [Fact(Timeout = 480_000)]
    public async Task PodsDeletedByHand_OfStepsThatRetry_AreTriedAgain()
    {
        TestFleet.Require();
        TestClusters.RequireThorough();
        var retry = new JsonObject { ["limit"] = 2, ["retryPolicy"] = "Always" };
        await using var hundred = await Hundred.StartAsync(fleet, fleet.Serving, retry);

        await hundred.CreatedAsync();
        await hundred.RunningAsync(fleet.Serving, Hundred.Pods / 2);
        await DeleteAsync(hundred, Deleted);
        await hundred.CreatedAsync(Hundred.Pods + Deleted);
        hundred.Open();

        await hundred.SucceededOnceAsync(attempts: Hundred.Pods + Deleted);
        await hundred.DeletedWithoutARestAsync();
    }

    [Fact(Timeout = 480_000)]
    public async Task PodsDeletedByHand_OfStepsThatDoNotRetry_EndThemWithTheReason()
    {
        TestFleet.Require();
        TestClusters.RequireThorough();
        await using var some = await Hundred.StartAsync(fleet, fleet.Serving, pods: 2 * Deleted);

        await some.CreatedAsync();
        await some.RunningAsync(fleet.Serving, 2 * Deleted);
        await DeleteAsync(some, Deleted);
        some.Open();

        var ended = await fleet.Api.EndedAsync(TestFleet.Chaos, some.Name, TimeSpan.FromMinutes(3));
        Assert.True(Story.PhaseOf(ended) is "Failed" or "Error", Story.Of(ended));
        var fallen = Story.Pods(ended).Where(pod => (string?)pod["phase"] != "Succeeded").ToList();
        Assert.Equal(Deleted, fallen.Count);
        Assert.All(fallen, pod => Assert.Contains("pod deleted", (string?)pod["message"], StringComparison.Ordinal));
        some.CreatedOnce();
        await some.DeletedWithoutARestAsync();
    }

    private async Task DeleteAsync(Hundred hundred, int pods)
    {
        var running = await fleet.Serving.Member.ListAsync("pods", TestFleet.Chaos, $"workflows.argoproj.io/workflow={hundred.Name}");
        var names = running.Where(pod => (string?)pod["status"]?["phase"] == "Running").Take(pods).Select(pod => (string)pod["metadata"]!["name"]!).ToList();
        Assert.Equal(pods, names.Count);
        (await fleet.Serving.Member.KubectlAsync(["delete", "pods", "--namespace", TestFleet.Chaos, "--wait=false", "--grace-period=1", .. names])).Succeeded();
    }
}
