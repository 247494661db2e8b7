using System.Text.Json.Nodes;
using Argosy.Clusters.Hubs;

namespace Argosy.Clusters.Chaos;

/// <summary>The network between a cluster and the hub is cut, and its pods are deleted by hand, while a hundred pods of a workflow are there.</summary>
internal static class ServingStories
{
    private const int Deleted = 10;

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

    public static async Task PodsDeletedOfStepsThatRetryAsync(TestFleet fleet)
    {
        var retry = new JsonObject { ["limit"] = 2, ["retryPolicy"] = "Always" };
        await using var hundred = await Hundred.StartAsync(fleet, fleet.Serving, retry);

        await hundred.CreatedAsync();
        await hundred.RunningAsync(fleet.Serving, Hundred.Pods / 2);
        await DeleteAsync(fleet, hundred);
        await hundred.CreatedAsync(Hundred.Pods + Deleted);
        hundred.Open();

        await hundred.SucceededOnceAsync(attempts: Hundred.Pods + Deleted);
        await hundred.DeletedWithoutARestAsync();
    }

    public static async Task PodsDeletedOfStepsThatDoNotRetryAsync(TestFleet fleet)
    {
        await using var hundred = await Hundred.StartAsync(fleet, fleet.Serving);

        await hundred.CreatedAsync();
        await hundred.RunningAsync(fleet.Serving, Hundred.Pods / 2);
        await DeleteAsync(fleet, hundred);
        hundred.Open();

        var ended = await fleet.Api.EndedAsync(TestFleet.Chaos, hundred.Name, TimeSpan.FromMinutes(3));
        Assert.True(Story.PhaseOf(ended) is "Failed" or "Error", Story.Of(ended));
        var fallen = Story.Pods(ended).Where(pod => (string?)pod["phase"] != "Succeeded").ToList();
        Assert.Equal(Deleted, fallen.Count);
        Assert.All(fallen, pod => Assert.Contains("pod deleted", (string?)pod["message"], StringComparison.Ordinal));
        hundred.CreatedOnce();
        await hundred.DeletedWithoutARestAsync();
    }

    /// <summary>Deletes some pods that run, and waits until they are gone: until the hub has heard of their end, that is.</summary>
    private static async Task DeleteAsync(TestFleet fleet, Hundred hundred)
    {
        var running = await fleet.Serving.Member.ListAsync("pods", TestFleet.Chaos, $"workflows.argoproj.io/workflow={hundred.Name}");
        var names = running.Where(pod => (string?)pod["status"]?["phase"] == "Running").Take(Deleted).Select(pod => (string)pod["metadata"]!["name"]!).ToList();
        Assert.Equal(Deleted, names.Count);
        (await fleet.Serving.Member.KubectlAsync(
            ["delete", "pods", "--namespace", TestFleet.Chaos, "--grace-period=1", "--timeout=120s", .. names])).Succeeded();
    }
}
