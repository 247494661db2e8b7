using System.Globalization;
using System.Text.Json.Nodes;
using Argosy.Clusters.Hubs;
using Argosy.Clusters.Members;

namespace Argosy.Clusters.Chaos;

/// <summary>A workflow of a hundred pods that wait at a gate, and the count of what was created for it.</summary>
internal sealed class Hundred : IAsyncDisposable
{
    public const int Pods = 100;

    /// <summary>One in so many pods has an output.</summary>
    private const int OneIn = 5;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private readonly TestFleet fleet;
    private readonly Gate gate = new();
    private readonly Dictionary<JoinedCluster, (PodWatch Watch, int Pods)> parts = [];

    private Hundred(TestFleet fleet) => this.fleet = fleet;

    public string Name { get; private set; } = "";

    /// <summary>Submits it for one cluster.</summary>
    public static Task<Hundred> StartAsync(TestFleet fleet, JoinedCluster cluster, JsonObject? retryStrategy = null) =>
        StartAsync(fleet, new() { [cluster] = Pods }, retryStrategy, padding: 0);

    /// <summary>Submits it for all clusters, in equal parts.</summary>
    /// <param name="padding">How many bytes of output, beside their number, those have that say it.</param>
    public static Task<Hundred> StartEverywhereAsync(TestFleet fleet, int padding = 0) =>
        StartAsync(fleet, new() { [fleet.Gpu] = Pods / 2, [fleet.Serving] = Pods / 2 }, null, padding);

    /// <summary>Waits until so many pods have been created; all of them, if no number is given.</summary>
    public Task CreatedAsync(int? pods = null) =>
        Task.WhenAll(parts.Values.Select(part => part.Watch.UntilAsync(Name, pods is { } some ? some * part.Pods / parts.Values.Sum(all => all.Pods) : part.Pods)));

    /// <summary>Waits until so many pods run, or have run.</summary>
    public Task RunningAsync(JoinedCluster cluster, int pods) => parts[cluster].Watch.UntilAsync(Name, pods, "Running", "Succeeded", "Failed");

    /// <summary>The pods may end now.</summary>
    public void Open() => gate.Open();

    public async Task<JsonObject> EndedAsync(string phase)
    {
        var ended = await fleet.Api.EndedAsync(TestFleet.Chaos, Name, Patience);
        Assert.True(Story.PhaseOf(ended) == phase, $"not {phase}: {Story.Of(ended)}\nthe hub said:\n{Tail(fleet.Said)}");
        return ended;
    }

    /// <summary>It has succeeded, each step has said its own number, and each attempt's pod was created once.</summary>
    public async Task SucceededOnceAsync(int attempts = Pods)
    {
        var ended = await EndedAsync("Succeeded");
        var done = Story.Pods(ended).Where(pod => (string?)pod["phase"] == "Succeeded").ToLookup(pod => (string)pod["cluster"]!);
        foreach (var (cluster, part) in parts)
        {
            var numbers = done[cluster.Member.Name].Select(pod => Story.Output(pod, "number")).OfType<string>();
            Assert.Equal(part.Pods, done[cluster.Member.Name].Count());
            Assert.Equal(Enumerable.Range(0, part.Pods / OneIn), numbers.Select(number => int.Parse(number, CultureInfo.InvariantCulture)).Order());
        }

        CreatedOnce();
        Assert.Equal(attempts, parts.Values.Sum(part => part.Watch.Created(Name)));
    }

    public void CreatedOnce() => Assert.All(parts.Values, part => Assert.Empty(part.Watch.CreatedTwice(Name)));

    /// <summary>Deletes the workflow; whatever there was of it in the clusters goes.</summary>
    public async Task DeletedWithoutARestAsync()
    {
        var uid = (string)(await fleet.Api.WorkflowAsync(TestFleet.Chaos, Name))["metadata"]!["uid"]!;
        await fleet.Api.DeleteAsync(TestFleet.Chaos, Name);
        foreach (var cluster in parts.Keys)
        {
            await cluster.Member.NothingLeftAsync(TestFleet.Chaos, uid);
        }
    }

    public async ValueTask DisposeAsync()
    {
        gate.Open();
        foreach (var part in parts.Values)
        {
            await part.Watch.DisposeAsync();
        }

        gate.Dispose();
    }

    private static async Task<Hundred> StartAsync(TestFleet fleet, Dictionary<JoinedCluster, int> clusters, JsonObject? retryStrategy, int padding)
    {
        var hundred = new Hundred(fleet);
        foreach (var (cluster, pods) in clusters)
        {
            hundred.parts[cluster] = (new PodWatch(cluster.Member, TestFleet.Chaos), pods);
        }

        var workflow = Documents.Of("hundred.yaml").With("gate", hundred.gate.Path).With("padding", $"{padding}");
        foreach (var cluster in fleet.Clusters)
        {
            var pods = clusters.GetValueOrDefault(cluster);
            workflow.With(cluster.Member.Name, $"{pods - (pods / OneIn)}").With($"{cluster.Member.Name}-saying", $"{pods / OneIn}");
        }

        if (retryStrategy is not null)
        {
            foreach (var template in workflow["spec"]!["templates"]!.AsArray().Skip(1))
            {
                template!["retryStrategy"] = retryStrategy.DeepClone();
            }
        }

        var (name, refusal) = await fleet.Api.CreateAsync(workflow, TestFleet.Chaos);
        hundred.Name = name ?? throw new InvalidOperationException(refusal);
        return hundred;
    }

    private static string Tail(string text) => text[^Math.Min(text.Length, 4000)..];
}
