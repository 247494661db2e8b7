namespace Argosy.Engine.Synchronization;

/// <summary>
/// How many workflows may run at once: in the whole hub and in each namespace. Whoever waits goes by priority, then by age; a namespace that is
/// full holds up nobody of another one.
/// </summary>
/// <param name="hubLimit">Workflows in all; null: any number.</param>
/// <param name="namespaceLimit">Workflows of a namespace that says nothing itself; null: any number.</param>
public sealed class WorkflowSlots(int? hubLimit, int? namespaceLimit)
{
    private readonly Dictionary<string, Namespace> namespaces = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Slot> slots = new(StringComparer.Ordinal);
    private int taken;
    private long arrivals;

    private enum Standing
    {
        Waiting,
        Running,

        /// <summary>It was there before a restart and has not been heard of since: it may be running, so it counts.</summary>
        Presumed,
    }

    private sealed class Slot(string uid, string @namespace, int priority, DateTimeOffset createdAt, long arrival)
    {
        public string Uid { get; } = uid;

        public string Namespace { get; } = @namespace;

        public int Priority { get; } = priority;

        public DateTimeOffset CreatedAt { get; } = createdAt;

        public long Arrival { get; } = arrival;

        public Standing Standing { get; set; }
    }

    private sealed class Namespace
    {
        public int? OwnLimit { get; set; }

        public int Taken { get; set; }

        public SortedSet<Slot> Queue { get; } = new(InOrder);
    }

    private static readonly Comparer<Slot> InOrder = Comparer<Slot>.Create((one, other) =>
    {
        var order = other.Priority.CompareTo(one.Priority);
        order = order != 0 ? order : one.CreatedAt.CompareTo(other.CreatedAt);
        return order != 0 ? order : one.Arrival.CompareTo(other.Arrival);
    });

    /// <summary>Counts a workflow that may be running until it says so itself, or asks, or leaves.</summary>
    public void Presume(string uid, string @namespace)
    {
        if (!slots.ContainsKey(uid))
        {
            Enter(uid, @namespace, 0, default, Standing.Presumed);
        }
    }

    /// <summary>The workflow runs already, whatever the limits say.</summary>
    public void Keep(string uid, string @namespace)
    {
        if (slots.TryGetValue(uid, out var known) && known.Standing != Standing.Waiting)
        {
            known.Standing = Standing.Running;
            return;
        }

        Leave(uid);
        Enter(uid, @namespace, 0, default, Standing.Running);
    }

    /// <summary>The workflow wants to run. Asking again changes nothing.</summary>
    public void Ask(string uid, string @namespace, int priority, DateTimeOffset createdAt)
    {
        if (slots.TryGetValue(uid, out var known) && known.Standing != Standing.Presumed)
        {
            return;
        }

        Leave(uid);
        Enter(uid, @namespace, priority, createdAt, Standing.Waiting);
    }

    /// <summary>The workflow ended or is gone.</summary>
    public void Leave(string uid)
    {
        if (!slots.Remove(uid, out var slot))
        {
            return;
        }

        var around = Of(slot.Namespace);
        if (slot.Standing == Standing.Waiting)
        {
            around.Queue.Remove(slot);
        }
        else
        {
            around.Taken--;
            taken--;
        }
    }

    /// <param name="limit">What the namespace itself says; null: nothing; 0: any number.</param>
    public void SetNamespaceLimit(string @namespace, int? limit) => Of(@namespace).OwnLimit = limit;

    public bool Runs(string uid) => slots.TryGetValue(uid, out var slot) && slot.Standing == Standing.Running;

    /// <summary>Lets everybody run who may by now, in order; answers their uids.</summary>
    public IReadOnlyList<string> Grant()
    {
        List<string> granted = [];
        while (!(hubLimit is > 0 && taken >= hubLimit)
            && namespaces.Values.Where(HasRoom).Select(around => around.Queue.Min).OfType<Slot>().Min(InOrder) is { } next)
        {
            var around = Of(next.Namespace);
            around.Queue.Remove(next);
            next.Standing = Standing.Running;
            around.Taken++;
            taken++;
            granted.Add(next.Uid);
        }

        return granted;
    }

    private bool HasRoom(Namespace around)
    {
        var limit = around.OwnLimit ?? namespaceLimit;
        return limit is not > 0 || around.Taken < limit;
    }

    private void Enter(string uid, string @namespace, int priority, DateTimeOffset createdAt, Standing standing)
    {
        var slot = new Slot(uid, @namespace, priority, createdAt, arrivals++) { Standing = standing };
        slots.Add(uid, slot);
        var around = Of(@namespace);
        if (standing == Standing.Waiting)
        {
            around.Queue.Add(slot);
        }
        else
        {
            around.Taken++;
            taken++;
        }
    }

    private Namespace Of(string name) => namespaces.TryGetValue(name, out var known) ? known : namespaces[name] = new Namespace();
}
