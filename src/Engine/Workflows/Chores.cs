namespace Argosy.Engine.Workflows;

/// <summary>Something to clean up.</summary>
public sealed record Chore(int Number, ChoreKind Kind, int Node, string? Name)
{
    /// <summary>When it is tried next; not part of the state, beyond the first time.</summary>
    internal DateTimeOffset NextTry { get; set; }

    /// <summary>How often it failed since the workflow was loaded.</summary>
    internal int Failures { get; set; }
}

/// <summary>
/// What is to be cleaned up, in order of time. A chore is ordered when it is due, and again until someone says that it is done or cannot be:
/// whatever dies on the way, it is not forgotten.
/// </summary>
public sealed class ChoreList
{
    private readonly Dictionary<int, Chore> open = [];
    private readonly PriorityQueue<int, DateTimeOffset> agenda = new();
    private int last;

    /// <summary>Open chores, in no order.</summary>
    public IReadOnlyCollection<Chore> Open => open.Values;

    internal int NextNumber => last + 1;

    /// <summary>When the next one is due; null: there is none.</summary>
    internal DateTimeOffset? Next
    {
        get
        {
            while (agenda.TryPeek(out var number, out var at))
            {
                if (open.TryGetValue(number, out var chore) && chore.NextTry == at)
                {
                    return at;
                }

                agenda.Dequeue();
            }

            return null;
        }
    }

    /// <summary>Takes out the next one that is due.</summary>
    internal Chore? TakeDue(DateTimeOffset now) => Next <= now && agenda.TryDequeue(out var number, out _) ? open[number] : null;

    internal Chore? Find(int number) => open.GetValueOrDefault(number);

    internal void Add(ChoreAdded added)
    {
        last = Math.Max(last, added.Number);
        Postpone(open[added.Number] = new Chore(added.Number, added.Kind, added.Node, added.Name), added.DueAt);
    }

    internal void Postpone(Chore chore, DateTimeOffset until)
    {
        chore.NextTry = until;
        agenda.Enqueue(chore.Number, until);
    }

    internal void Remove(int number) => open.Remove(number);

    internal void Clear() => open.Clear();
}

/// <summary>Orders chores when they are due, and takes note of what became of them.</summary>
internal static class Chores
{
    // How long an order may take before it is given again.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private const int MostFailures = 5;

    public static void Add(Turn turn, ChoreKind kind, int node, string? name, DateTimeOffset due)
    {
        turn.Record(new ChoreAdded(turn.State.Belongings.Chores.NextNumber, kind, node, name, due));
        OrderDue(turn);
    }

    public static void OrderDue(Turn turn)
    {
        var chores = turn.State.Belongings.Chores;
        while (chores.TakeDue(turn.Now) is { } chore)
        {
            chores.Postpone(chore, turn.Now + Patience);
            turn.Order(new DoChore(chore.Number, chore.Kind, chore.Node, chore.Name));
        }
    }

    public static void Answer(Turn turn, ChoreAnswered answer)
    {
        var belongings = turn.State.Belongings;
        if (belongings.Chores.Find(answer.Number) is not { } chore || answer.Outcome == ChoreOutcome.Later)
        {
            return; // a later one is ordered again in its time
        }

        if (answer.Outcome == ChoreOutcome.Failed && ++chore.Failures < MostFailures)
        {
            belongings.Chores.Postpone(chore, turn.Now + TimeSpan.FromSeconds(1 << chore.Failures));
            return;
        }

        var error = answer.Outcome == ChoreOutcome.Failed ? answer.Error ?? "failed" : null;
        turn.Record(new ChoreDone(chore.Number, error));
        if (error is not null && chore.Kind == ChoreKind.CollectArtifact)
        {
            turn.Record(new ConditionRaised(ConditionType.ArtifactGCError, $"failed to delete artifact {chore.Name}: {error}"));
        }
    }
}
