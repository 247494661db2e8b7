using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Argosy.ControlPlane.Dispatch;
using Argosy.ControlPlane.Resources;
using Argosy.ControlPlane.Workflows;
using Argosy.Engine.Placement;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Orleans;

namespace Argosy.ControlPlane.Clusters;

/// <summary>
/// The fleet as placement sees it: declared clusters, their agents' signs of life, and how busy each is. It shows each cluster's state in its
/// object's status and has waiting workflows look again when something changes.
/// </summary>
internal sealed class Fleet(
    IResources resources, AgentSessions sessions, IGrainFactory grains, IOptions<ClusterOptions> options, TimeProvider time) : BackgroundService
{
    private readonly ConcurrentDictionary<string, ClusterEntry> clusters = new(StringComparer.Ordinal);
    private volatile ClusterEntry[] inOrder = [];
    private readonly ConcurrentDictionary<string, byte> waiting = new(StringComparer.Ordinal);

    public FleetSnapshot Snapshot() => new(
        Array.ConvertAll(inOrder, entry => new ClusterSnapshot(entry.Name, entry.Labels, PhaseOf(entry.Name), entry.Unschedulable, entry.Running)),
        options.Value.DefaultCluster);

    /// <summary>Chooses a cluster and counts the pod there until <see cref="Release"/>.</summary>
    public PlacementDecision Place(string? cluster, string? selector)
    {
        var decision = Placer.Place(Snapshot(), cluster, selector);
        if (decision.Cluster is { } chosen)
        {
            Reserve(chosen);
        }

        return decision;
    }

    public void Reserve(string cluster)
    {
        if (clusters.TryGetValue(cluster, out var entry))
        {
            Interlocked.Increment(ref entry.Running);
        }
    }

    public void Release(string cluster)
    {
        if (clusters.TryGetValue(cluster, out var entry))
        {
            Interlocked.Decrement(ref entry.Running);
        }
    }

    /// <summary>
    /// Whether the cluster's pods are processes of the machine that its agent runs on, so that its agent is told of templates rather than of pods.
    /// </summary>
    public bool IsEmbedded(string cluster) => clusters.TryGetValue(cluster, out var entry)
        ? entry.IsEmbedded
        : ClusterRuntime.IsEmbedded(Stored(cluster)); // the fleet has not seen it yet

    /// <summary>Has the workflow look again for places whenever the fleet changes.</summary>
    public void Await(string workflowUid) => waiting[workflowUid] = 0;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        sessions.Changed += OnSessionChanged;
        using var watch = new PeriodicTimer(TimeSpan.FromSeconds(1), time);
        var objects = ObserveAsync(stoppingToken);
        try
        {
            while (await watch.WaitForNextTickAsync(stoppingToken))
            {
                foreach (var entry in clusters.Values)
                {
                    await RefreshAsync(entry, stoppingToken);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            sessions.Changed -= OnSessionChanged;
        }

        await objects;
    }

    private JsonObject? Stored(string cluster)
    {
        // Clusters are answered from memory; there is nothing to wait for.
        var found = resources.FindAsync(new ResourceKey(Kinds.Cluster, null, cluster), CancellationToken.None);
        return found.IsCompletedSuccessfully ? found.Result : found.AsTask().GetAwaiter().GetResult();
    }

    private async Task ObserveAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await ObserveOnceAsync(stoppingToken);
        }
    }

    private async Task ObserveOnceAsync(CancellationToken stoppingToken)
    {
        try
        {
            await foreach (var change in resources.ObserveAsync(Kinds.Cluster, stoppingToken))
            {
                if (change.Type == ResourceChangeType.Deleted)
                {
                    clusters.TryRemove(change.Key.Name, out _);
                    Sort();
                }
                else
                {
                    await LearnAsync(change, stoppingToken);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The hub is stopping.
        }
        catch (ApiException fallenBehind) when (fallenBehind.Code == 410)
        {
            // Too far behind the changes: look at every cluster again.
        }
    }

    private async Task LearnAsync(ResourceChange change, CancellationToken stoppingToken)
    {
        var spec = change.Object["spec"] as JsonObject;
        var labels = Labels(change.Object["metadata"]?["labels"]).Concat(Labels(spec?["labels"]))
            .GroupBy(label => label.Key, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.Last().Value, StringComparer.Ordinal);
        var unschedulable = spec?["unschedulable"]?.GetValue<bool>() ?? false;
        var entry = clusters.GetOrAdd(change.Key.Name, name => new ClusterEntry(name));
        var changed = change.Type == ResourceChangeType.Added || unschedulable != entry.Unschedulable || !SameLabels(labels, entry.Labels);
        (entry.Labels, entry.Unschedulable, entry.IsEmbedded) = (labels, unschedulable, ClusterRuntime.IsEmbedded(change.Object));
        if (change.Type == ResourceChangeType.Added)
        {
            Sort();
        }

        if (changed)
        {
            await RefreshAsync(entry, stoppingToken);
            WakeWaiting();
        }
    }

    /// <summary>Placement asks for the clusters in order of name, for every node; they change seldom.</summary>
    private void Sort() => inOrder = [.. clusters.Values.OrderBy(entry => entry.Name, StringComparer.Ordinal)];

    private static bool SameLabels(IReadOnlyDictionary<string, string> one, IReadOnlyDictionary<string, string> other) =>
        one.Count == other.Count && one.All(label => other.TryGetValue(label.Key, out var value) && value == label.Value);

    private static IEnumerable<KeyValuePair<string, string>> Labels(JsonNode? labels) =>
        labels is JsonObject map ? map.Select(pair => new KeyValuePair<string, string>(pair.Key, pair.Value?.ToString() ?? "")) : [];

    private async Task RefreshAsync(ClusterEntry entry, CancellationToken stoppingToken)
    {
        var (phase, running, about) = (PhaseOf(entry.Name), entry.Running, sessions.About(entry.Name));
        if (entry.ShownPhase == phase && entry.ShownRunning == running && ReferenceEquals(entry.ShownAbout, about))
        {
            return;
        }

        var becameReady = phase == ClusterPhase.Ready && entry.ShownPhase != ClusterPhase.Ready;
        (entry.ShownPhase, entry.ShownRunning, entry.ShownAbout) = (phase, running, about);
        await resources.PublishAsync(
            new ResourceKey(Kinds.Cluster, null, entry.Name),
            cluster =>
            {
                var labels = new JsonObject();
                foreach (var (key, value) in entry.Labels)
                {
                    labels[key] = value;
                }

                cluster["status"] = new JsonObject
                {
                    ["phase"] = phase.ToString(),
                    ["running"] = running,
                    ["labels"] = labels,
                    ["message"] = MessageOf(phase),
                };
                AgentStatus.Show(about, cluster["status"]!.AsObject());
                return true;
            },
            stoppingToken);
        if (becameReady)
        {
            WakeWaiting();
        }
    }

    private static string MessageOf(ClusterPhase phase) => phase switch
    {
        ClusterPhase.Joining => "waiting for its agent to connect",
        ClusterPhase.Ready => "",
        ClusterPhase.Suspect => "its agent has been silent for a while",
        ClusterPhase.Lost => "its agent is lost; what runs there goes on, nothing new is placed there",
    };

    private ClusterPhase PhaseOf(string cluster)
    {
        if (sessions.LastSeen(cluster) is not { } seen)
        {
            return ClusterPhase.Joining;
        }

        var silence = time.GetUtcNow() - seen;
        return silence >= options.Value.LostAfter ? ClusterPhase.Lost
            : silence >= options.Value.SuspectAfter ? ClusterPhase.Suspect
            : ClusterPhase.Ready;
    }

    private void OnSessionChanged(string cluster) => WakeWaiting();

    private void WakeWaiting()
    {
        foreach (var uid in waiting.Keys)
        {
            if (waiting.TryRemove(uid, out _))
            {
                grains.GetGrain<IWorkflowGrain>(uid).PlaceAgain().Ignore();
            }
        }
    }

    private sealed class ClusterEntry(string name)
    {
        public int Running;

        public string Name { get; } = name;

        public IReadOnlyDictionary<string, string> Labels { get; set; } = new Dictionary<string, string>();

        public bool Unschedulable { get; set; }

        public bool IsEmbedded { get; set; }

        public ClusterPhase? ShownPhase { get; set; }

        public int ShownRunning { get; set; }

        public AgentAbout? ShownAbout { get; set; }
    }
}
