using System.Text.Json.Nodes;
using Argosy.Clusters.Hubs;

namespace Argosy.Clusters.Chaos;

/// <summary>Some pods are deleted by hand while a hundred pods of a workflow are there.</summary>
internal static class DeletionStories
{
    private const int Deleted = 10;

    public static async Task PodsDeletedOfStepsThatRetryAsync(TestFleet fleet)
    {
        var cluster = fleet.Gpu;
        var retry = new JsonObject { ["limit"] = 2, ["retryPolicy"] = "Always" };
        await using var hundred = await Hundred.StartAsync(fleet, cluster, retry);

        await hundred.CreatedAsync();
        await hundred.RunningAsync(cluster, Hundred.Pods / 2);
        await DeleteAsync(cluster, hundred);
        await hundred.CreatedAsync(Hundred.Pods + Deleted);
        hundred.Open();

        await hundred.SucceededOnceAsync(attempts: Hundred.Pods + Deleted);
        await hundred.DeletedWithoutARestAsync();
    }

    public static async Task PodsDeletedOfStepsThatDoNotRetryAsync(TestFleet fleet)
    {
        var cluster = fleet.Serving;
        await using var hundred = await Hundred.StartAsync(fleet, cluster);

        await hundred.CreatedAsync();
        await hundred.RunningAsync(cluster, Hundred.Pods / 2);
        await DeleteAsync(cluster, hundred);
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
    private static async Task DeleteAsync(JoinedCluster cluster, Hundred hundred)
    {
        var running = await cluster.Member.ListAsync("pods", TestFleet.Chaos, $"workflows.argoproj.io/workflow={hundred.Name}");
        var names = running.Where(pod => (string?)pod["status"]?["phase"] == "Running").Take(Deleted).Select(pod => (string)pod["metadata"]!["name"]!).ToList();
        Assert.Equal(Deleted, names.Count);
        (await cluster.Member.KubectlAsync(
            ["delete", "pods", "--namespace", TestFleet.Chaos, "--grace-period=1", "--timeout=120s", .. names])).Succeeded();
    }
}
