using System.Collections.Concurrent;
using Argosy.Contracts.Agents;

namespace Argosy.ControlPlane.Dispatch;

/// <summary>The live sessions of agents in this process, one per cluster, and when each cluster was last heard of.</summary>
internal sealed class AgentSessions(TimeProvider time)
{
    private readonly ConcurrentDictionary<string, AgentSession> live = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, DateTimeOffset> seen = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, AgentAbout> about = new(StringComparer.Ordinal);
    private ulong lastEpoch = (ulong)time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>A cluster's agent has come or gone.</summary>
    public event Action<string>? Changed;

    public AgentSession? Find(string cluster) => live.GetValueOrDefault(cluster);

    /// <summary>When the cluster was last heard of; null: not since this process started.</summary>
    public DateTimeOffset? LastSeen(string cluster) => seen.TryGetValue(cluster, out var at) ? at : null;

    /// <summary>What the cluster's agent said of itself last; null: it has not connected since this process started.</summary>
    public AgentAbout? About(string cluster) => about.GetValueOrDefault(cluster);

    public void Learn(string cluster, Capacity capacity)
    {
        if (about.TryGetValue(cluster, out var known))
        {
            about[cluster] = known with { Capacity = capacity };
        }
    }

    public void Saw(string cluster) => seen[cluster] = time.GetUtcNow();

    /// <summary>Makes this the cluster's one live session; the one before is told to go.</summary>
    public async Task<AgentSession> OpenAsync(
        Hello hello, IAgentServices services, ReportIntake intake, DateTimeOffset? certificateExpires = null)
    {
        var session = new AgentSession(hello.Cluster, Interlocked.Increment(ref lastEpoch), services, intake, this);
        AgentSession? older = null;
        live.AddOrUpdate(hello.Cluster, session, (_, present) =>
        {
            older = present;
            return session;
        });
        if (older is not null)
        {
            await older.SupersedeAsync(session.Epoch);
        }

        var said = hello.Clone();
        said.Inventory.Clear(); // it may be long, and is of no use later
        about[hello.Cluster] = new AgentAbout(said, certificateExpires, About(hello.Cluster)?.Capacity);
        Saw(hello.Cluster);
        Changed?.Invoke(hello.Cluster);
        return session;
    }

    public void Closed(AgentSession session)
    {
        if (live.TryRemove(KeyValuePair.Create(session.Cluster, session)))
        {
            Changed?.Invoke(session.Cluster);
        }
    }
}
