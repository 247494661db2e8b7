namespace Argosy.ControlPlane.Resources.Storing;

/// <summary>
/// Hands out resource versions that never go back, not even over a crash: a block of them is reserved durably before its first is used,
/// and a restart begins above the last block. So a version need not be stored with what carries it.
/// </summary>
internal sealed class VersionCounter
{
    private const long BlockSize = 100_000;
    private readonly ObjectTable table;
    private long last;
    private long ceiling;

    private VersionCounter(ObjectTable table, long ceiling)
    {
        this.table = table;
        this.ceiling = ceiling;
        last = ceiling;
    }

    /// <summary>The newest version handed out; at first, one that no earlier life of the hub has exceeded.</summary>
    public long Last => last;

    public static async Task<VersionCounter> StartAsync(ObjectTable table, CancellationToken cancellationToken)
    {
        var counter = new VersionCounter(table, await table.ReadCeilingAsync(cancellationToken));
        await counter.EnsureAsync(2, cancellationToken);
        counter.Next();
        return counter;
    }

    /// <summary>Makes sure that the next <paramref name="count"/> versions are reserved.</summary>
    public async ValueTask EnsureAsync(int count, CancellationToken cancellationToken)
    {
        if (last + count > ceiling)
        {
            var raised = last + count + BlockSize;
            await table.RaiseCeilingAsync(raised, cancellationToken);
            ceiling = raised;
        }
    }

    public long Next() => ++last;
}
