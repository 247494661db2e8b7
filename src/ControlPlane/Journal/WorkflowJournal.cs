using System.Runtime.InteropServices;
using System.Threading.Channels;
using Argosy.ControlPlane.Storage;

namespace Argosy.ControlPlane.Journal;

/// <summary>
/// The journal in the hub's database, written by one loop: it takes all that waits, writes it in one transaction, and only then do the
/// callers go on. While one group commits the next one gathers, so that a sync of the disk is shared by as many workflows as are busy and
/// none waits for company. The schema must be in place (<see cref="Migrations.ApplyAsync"/>).
/// </summary>
public sealed class WorkflowJournal : IJournal, IAsyncDisposable
{
    /// <summary>How many orders may wait; callers beyond that wait for room.</summary>
    internal const int QueueCapacity = 4096;

    /// <summary>Bounds of one group, so that the first in it need not wait long for the last (and memory stays bounded).</summary>
    private const int GroupOrders = 1024;
    private const int GroupBytes = 8 * 1024 * 1024;

    /// <summary>What both engines take in one value, with room to spare; one that is too large would fail its whole group.</summary>
    private const int MaxBytes = 512 * 1024 * 1024;

    private readonly HubDatabase database;
    private readonly Channel<JournalOrder> queue =
        Channel.CreateBounded<JournalOrder>(new BoundedChannelOptions(QueueCapacity) { SingleReader = true });

    /// <summary>Orders already taken from the queue for the next group. Used by the loop only.</summary>
    private readonly Queue<JournalOrder> carried = new();
    private readonly Task writing;
    private JournalSession? session;

    /// <summary>Starts the writer. The database stays the caller's, and must outlive the journal.</summary>
    public WorkflowJournal(HubDatabase database)
    {
        this.database = database;
        // Not on the caller's scheduler, which may be a grain's; and SQLite blocks its thread.
        writing = Task.Run(WriteGroupsAsync);
    }

    public Task AppendAsync(string workflowUid, long sequence, ReadOnlyMemory<byte> facts, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(sequence);
        return EnqueueAsync(new AppendOrder(Named(workflowUid), sequence, Bytes(facts, nameof(facts))), cancellationToken);
    }

    public Task SaveSnapshotAsync(string workflowUid, long sequence, ReadOnlyMemory<byte> state, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(sequence);
        return EnqueueAsync(new SnapshotOrder(Named(workflowUid), sequence, Bytes(state, nameof(state))), cancellationToken);
    }

    public Task DeleteAsync(string workflowUid, CancellationToken cancellationToken) =>
        EnqueueAsync(new DeleteOrder(Named(workflowUid)), cancellationToken);

    /// <exception cref="InvalidDataException">Batches are missing: the database was changed by other hands.</exception>
    public async Task<JournalHistory> ReadAsync(string workflowUid, CancellationToken cancellationToken)
    {
        ThrowIfDisposed();
        await using var connection = await database.OpenAsync(cancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText = JournalSql.Read;
        command.AddParameter("uid", workflowUid);
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        var history = new JournalHistory(-1, null, []);
        var batches = new List<ReadOnlyMemory<byte>>();
        while (await rows.ReadAsync(cancellationToken))
        {
            var (isSnapshot, sequence) = (rows.GetInt32(0) == 0, rows.GetInt64(1));
            var bytes = await rows.GetFieldValueAsync<byte[]>(2, cancellationToken);
            if (isSnapshot)
            {
                history = history with { SnapshotSequence = sequence, Snapshot = bytes };
            }
            else if (sequence == history.SnapshotSequence + 1 + batches.Count)
            {
                batches.Add(bytes);
            }
            else
            {
                throw new InvalidDataException(
                    $"journal of workflow {workflowUid} lacks batch {history.SnapshotSequence + 1 + batches.Count}: "
                    + "its table was changed by other hands; restore it from a backup or delete the workflow");
            }
        }

        return history with { Batches = batches };
    }

    /// <summary>The uids of all workflows the journal knows, sorted.</summary>
    public async Task<IReadOnlyList<string>> ListWorkflowsAsync(CancellationToken cancellationToken)
    {
        ThrowIfDisposed();
        await using var connection = await database.OpenAsync(cancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText = JournalSql.ListWorkflows;
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        var uids = new List<string>();
        while (await rows.ReadAsync(cancellationToken))
        {
            uids.Add(rows.GetString(0));
        }

        return uids;
    }

    /// <summary>Accepts nothing more, writes what waits and closes the connection.</summary>
    public async ValueTask DisposeAsync()
    {
        queue.Writer.TryComplete();
        await writing;
    }

    private async Task EnqueueAsync(JournalOrder order, CancellationToken cancellationToken)
    {
        try
        {
            await queue.Writer.WriteAsync(order, cancellationToken);
        }
        catch (ChannelClosedException)
        {
            throw Disposed();
        }

        using var cancelling = cancellationToken.UnsafeRegister(
            static (state, token) => ((JournalOrder)state!).Cancel(token), order);
        await order.Completion;
    }

    private async Task WriteGroupsAsync()
    {
        while (carried.Count > 0 || await queue.Reader.WaitToReadAsync())
        {
            var group = GatherGroup();
            if (group.Count > 0)
            {
                await WriteGroupAsync(group);
            }
        }

        await CloseSessionAsync();
    }

    private List<JournalOrder> GatherGroup()
    {
        var group = new List<JournalOrder>();
        var bytes = 0L;
        while (group.Count < GroupOrders && bytes < GroupBytes && TryNext(out var order))
        {
            group.Add(order);
            bytes += order.Bytes;
        }

        return group;
    }

    private bool TryNext(out JournalOrder order)
    {
        if (carried.TryDequeue(out order!))
        {
            return true;
        }

        while (queue.Reader.TryRead(out order!))
        {
            if (order.TryTake())
            {
                return true;
            }
        }

        return false;
    }

    private async Task WriteGroupAsync(List<JournalOrder> group)
    {
        IReadOnlySet<JournalOrder> refused;
        try
        {
            refused = await CommitAsync(group);
        }
        catch (Exception failure)
        {
            // The group's callers learn of it; the loop lives on and tries a fresh connection with the next group.
            group.ForEach(order => order.Fail(failure));
            return;
        }

        if (refused.Count > 0)
        {
            RefuseFollowers(refused);
        }

        foreach (var order in group)
        {
            if (refused.Contains(order))
            {
                order.Refuse();
            }
            else
            {
                order.Complete();
            }
        }
    }

    /// <summary>One more try where the connection had died since the last group (a database restarted, a standby took over).</summary>
    private async Task<IReadOnlySet<JournalOrder>> CommitAsync(List<JournalOrder> group)
    {
        while (true)
        {
            var isReused = session is not null;
            session ??= await JournalSession.OpenAsync(database);
            try
            {
                using var turn = await database.TakeWriteTurnAsync(CancellationToken.None);
                return await session.CommitAsync(group);
            }
            catch (Exception)
            {
                var canRepeat = isReused && session.LostBeforeCommit;
                await CloseSessionAsync();
                if (!canRepeat)
                {
                    throw;
                }
            }
        }
    }

    /// <summary>
    /// Refuses what waits behind a refused order of the same workflow: its caller sent it before it could know. This must happen before
    /// anyone is told, because what is sent afterwards may come from the workflow's rightful writer.
    /// </summary>
    private void RefuseFollowers(IReadOnlySet<JournalOrder> refused)
    {
        var workflows = refused.Select(order => order.WorkflowUid).ToHashSet();
        var kept = new List<JournalOrder>();
        while (TryNext(out var order))
        {
            if (order.BuildsOnState && workflows.Contains(order.WorkflowUid))
            {
                order.Refuse();
            }
            else
            {
                kept.Add(order);
            }
        }

        kept.ForEach(carried.Enqueue);
    }

    private async Task CloseSessionAsync()
    {
        var closing = session;
        session = null;
        if (closing is not null)
        {
            await closing.DisposeAsync();
        }
    }

    private void ThrowIfDisposed()
    {
        if (queue.Reader.Completion.IsCompleted)
        {
            throw Disposed();
        }
    }

    private static ObjectDisposedException Disposed() => new(nameof(WorkflowJournal), "the journal is closed: the hub is shutting down");

    private static string Named(string workflowUid)
    {
        ArgumentException.ThrowIfNullOrEmpty(workflowUid);
        return workflowUid;
    }

    /// <summary>The bytes as an array, without a copy where they already are one.</summary>
    private static byte[] Bytes(ReadOnlyMemory<byte> memory, string parameter)
    {
        if (memory.Length > MaxBytes)
        {
            throw new ArgumentException($"{memory.Length} bytes do not fit in the journal, which takes {MaxBytes} at once", parameter);
        }

        return MemoryMarshal.TryGetArray(memory, out var segment) && segment.Array is { } array && array.Length == memory.Length
            ? array
            : memory.ToArray();
    }
}
