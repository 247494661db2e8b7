namespace Argosy.Engine.Synchronization;

/// <summary>
/// Who holds which lock and who waits for it. A claim gets all its locks at once or waits in the queues of all of them; it may go when it is
/// first in each and each has room. Queues are ordered by priority, then by the workflow's age, then by arrival: one order for all queues, so
/// the first of all waiters is never blocked by another waiter.
/// </summary>
public sealed class LockTable
{
    private readonly Dictionary<LockName, Lock> locks = [];
    private readonly Dictionary<ClaimId, Entry> entries = [];
    private readonly Dictionary<string, HashSet<ClaimId>> byWorkflow = new(StringComparer.Ordinal);
    private readonly Queue<LockName> changed = new();
    private long arrivals;

    private sealed class Entry(LockClaim claim, long arrival)
    {
        public LockClaim Claim { get; } = claim;

        public long Arrival { get; } = arrival;

        public bool Held { get; set; }
    }

    private sealed class Lock
    {
        public int? Limit { get; set; }

        public Dictionary<ClaimId, string> Holders { get; } = [];

        public SortedSet<Entry> Queue { get; } = new(InOrder);
    }

    private static readonly Comparer<Entry> InOrder = Comparer<Entry>.Create((one, other) =>
    {
        var order = other.Claim.Priority.CompareTo(one.Claim.Priority);
        order = order != 0 ? order : one.Claim.CreatedAt.CompareTo(other.Claim.CreatedAt);
        return order != 0 ? order : one.Arrival.CompareTo(other.Arrival);
    });

    /// <summary>Locks that somebody holds or waits for.</summary>
    public IEnumerable<LockName> Locks => locks.Keys;

    /// <summary>All that one workflow holds or waits for.</summary>
    public IReadOnlyList<ClaimId> ClaimsOf(string workflowUid) => byWorkflow.TryGetValue(workflowUid, out var ids) ? [.. ids] : [];

    public bool Knows(ClaimId id) => entries.ContainsKey(id);

    public bool Holds(ClaimId id) => entries.TryGetValue(id, out var entry) && entry.Held;

    public int? LimitOf(LockName name) => name.IsMutex ? 1 : locks.GetValueOrDefault(name)?.Limit;

    public int HoldersOf(LockName name) => locks.GetValueOrDefault(name)?.Holders.Count ?? 0;

    /// <summary>A claim that is held since before this table began, whatever the limits say now.</summary>
    public void Restore(LockClaim claim)
    {
        var entry = Enter(claim);
        Hold(entry);
    }

    /// <summary>Puts a claim into its queues. Asking again changes nothing.</summary>
    public void Ask(LockClaim claim)
    {
        if (entries.ContainsKey(claim.Id))
        {
            return;
        }

        var entry = Enter(claim);
        foreach (var name in claim.Locks)
        {
            Of(name).Queue.Add(entry);
            changed.Enqueue(name);
        }
    }

    /// <summary>Gives up a claim, held or waiting. Repeating it changes nothing.</summary>
    public void Release(ClaimId id)
    {
        if (!entries.Remove(id, out var entry))
        {
            return;
        }

        if (byWorkflow.TryGetValue(id.WorkflowUid, out var ids) && ids.Remove(id) && ids.Count == 0)
        {
            byWorkflow.Remove(id.WorkflowUid);
        }

        foreach (var name in entry.Claim.Locks)
        {
            var held = Of(name);
            held.Holders.Remove(id);
            held.Queue.Remove(entry);
            if (held.Holders.Count == 0 && held.Queue.Count == 0)
            {
                locks.Remove(name);
            }
            else
            {
                changed.Enqueue(name);
            }
        }
    }

    /// <summary>
    /// How many may hold a semaphore from now on; null: nobody knows. Holders above a lowered limit keep what they hold. A limit is known as
    /// long as somebody holds the lock or waits for it: whoever asks first has to find it out again.
    /// </summary>
    public void SetLimit(LockName name, int? limit)
    {
        if (locks.TryGetValue(name, out var known) && known.Limit != limit)
        {
            known.Limit = limit;
            changed.Enqueue(name);
        }
    }

    /// <summary>Gives locks to every claim that may have them by now, in order.</summary>
    public IReadOnlyList<LockClaim> Grant()
    {
        List<LockClaim> granted = [];
        while (changed.TryDequeue(out var name))
        {
            if (locks.GetValueOrDefault(name)?.Queue.Min is not { } first || Obstacle(first) is not null)
            {
                continue;
            }

            foreach (var wanted in first.Claim.Locks)
            {
                Of(wanted).Queue.Remove(first);
                changed.Enqueue(wanted); // the next in line may be able to go as well
            }

            Hold(first);
            granted.Add(first.Claim);
        }

        return granted;
    }

    /// <summary>Why a claim waits; null when it does not.</summary>
    public LockWait? WaitOf(ClaimId id)
    {
        if (!entries.TryGetValue(id, out var entry) || entry.Held || Obstacle(entry) is not { } obstacle)
        {
            return null;
        }

        var (limit, held) = (LimitOf(obstacle), HoldersOf(obstacle));
        var message = limit is > 0
            ? $"Waiting for {obstacle} lock. Lock status: {(obstacle.IsDatabase ? held : limit.Value - held)}/{limit}" // upstream counts one way here, the other there
            : $"Failed to get semaphore limit for {obstacle}";
        return new LockWait(message, obstacle, [.. entry.Claim.Locks.Select(name => (IReadOnlyList<string>)[.. Of(name).Holders.Values.Order(StringComparer.Ordinal)])]);
    }

    /// <summary>Claims that wait for a lock, the first in line first.</summary>
    public IReadOnlyList<ClaimId> WaitersOf(LockName name) => locks.TryGetValue(name, out var known) ? [.. known.Queue.Select(entry => entry.Claim.Id)] : [];

    private LockName? Obstacle(Entry entry)
    {
        foreach (var name in entry.Claim.Locks)
        {
            var wanted = Of(name);
            if (wanted.Queue.Min != entry || wanted.Holders.Count >= (LimitOf(name) ?? 0))
            {
                return name;
            }
        }

        return null;
    }

    private Entry Enter(LockClaim claim)
    {
        var entry = new Entry(claim, arrivals++);
        entries.Add(claim.Id, entry);
        (byWorkflow.TryGetValue(claim.Id.WorkflowUid, out var ids) ? ids : byWorkflow[claim.Id.WorkflowUid] = []).Add(claim.Id);
        return entry;
    }

    private void Hold(Entry entry)
    {
        entry.Held = true;
        foreach (var name in entry.Claim.Locks)
        {
            Of(name).Holders[entry.Claim.Id] = entry.Claim.Holder;
        }
    }

    private Lock Of(LockName name) => locks.TryGetValue(name, out var known) ? known : locks[name] = new Lock();
}
