using System.Globalization;
using System.Text;
using Argosy.ControlPlane.Journal;
using Argosy.ControlPlane.Storage;
using Argosy.ControlPlane.Tests.Storage;

namespace Argosy.ControlPlane.Tests.Journal;

/// <summary>What every journal promises, whatever database it lies in.</summary>
public abstract class JournalTests : IAsyncLifetime
{
    private protected TestDatabase Database { get; private set; } = null!;

    private protected WorkflowJournal Journal { get; private set; } = null!;

    internal abstract Task<TestDatabase> CreateDatabaseAsync();

    public async ValueTask InitializeAsync()
    {
        Database = await CreateDatabaseAsync();
        await Migrations.ApplyAsync(Database.Database, default);
        Journal = new WorkflowJournal(Database.Database);
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await Journal.DisposeAsync();
        await Database.DisposeAsync();
    }

    [Fact]
    public async Task NoBatches_Reading_StartsAtZero()
    {
        var history = await Journal.ReadAsync("unknown", default);

        Assert.Null(history.Snapshot);
        Assert.Equal((0, 0), (history.Batches.Count, history.NextSequence));
    }

    [Fact]
    public async Task AppendedBatches_Reading_ComeBackInOrder()
    {
        string[] facts = ["created", "", "node started", new string('x', 100_000)];
        for (var sequence = 0; sequence < facts.Length; sequence++)
        {
            await AppendAsync("w", sequence, facts[sequence]);
        }

        var history = await Journal.ReadAsync("w", default);

        Assert.Equal(facts, Texts(history));
        Assert.Equal(facts.Length, history.NextSequence);
    }

    [Fact]
    public async Task PartOfABuffer_Appending_StoresThatPartOnly()
    {
        await Journal.AppendAsync("w", 0, "before facts after"u8.ToArray().AsMemory(7, 5), default);

        Assert.Equal(["facts"], Texts(await Journal.ReadAsync("w", default)));
    }

    [Fact]
    public async Task TakenNumber_Appending_IsRefusedAndTheFirstStays()
    {
        await AppendAsync("w", 0, "first");

        var refusal = await Assert.ThrowsAsync<JournalConflictException>(() => AppendAsync("w", 0, "second"));

        Assert.Contains("workflow w refuses batch 0", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(["first"], Texts(await Journal.ReadAsync("w", default)));
    }

    [Fact]
    public async Task NumberBeyondTheEnd_Appending_IsRefused()
    {
        await AppendAsync("w", 0, "zero");

        await Assert.ThrowsAsync<JournalConflictException>(() => AppendAsync("w", 2, "two"));
        await Assert.ThrowsAsync<JournalConflictException>(() => AppendAsync("other", 1, "one"));

        Assert.Equal(1, (await Journal.ReadAsync("w", default)).NextSequence);
        Assert.Equal(["w"], await Journal.ListWorkflowsAsync(default));
    }

    [Fact]
    public async Task ConflictInAGroup_Committing_RefusesOnlyTheConflict()
    {
        await AppendAsync("w", 0, "rightful");
        List<Task> appends;
        await using (await Database.HoldWritersAsync())
        {
            appends = [AppendAsync("a", 0, "a"), AppendAsync("w", 0, "late"), AppendAsync("b", 0, "b"), AppendAsync("w2", 0, "c")];
        }

        await Assert.ThrowsAsync<JournalConflictException>(() => appends[1]);
        await Task.WhenAll(appends[0], appends[2], appends[3]);
        Assert.Equal(["a", "b", "w", "w2"], await Journal.ListWorkflowsAsync(default));
        Assert.Equal(["rightful"], Texts(await Journal.ReadAsync("w", default)));
    }

    [Fact]
    public async Task ConsecutiveBatchesOfOneWorkflow_InOneGroup_AreAllAppended()
    {
        List<Task> appends;
        await using (await Database.HoldWritersAsync())
        {
            appends = [.. Enumerable.Range(0, 5).Select(sequence => AppendAsync("w", sequence, $"{sequence}"))];
        }

        await Task.WhenAll(appends);
        Assert.Equal(["0", "1", "2", "3", "4"], Texts(await Journal.ReadAsync("w", default)));
    }

    /// <summary>In one group with it, and in a later one (a batch beyond a group's bytes is a group of its own).</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(9 * 1024 * 1024)]
    public async Task BatchesSentBehindARefusedOne_AreRefusedAsWell(int bytes)
    {
        await AppendAsync("w", 0, "rightful");
        List<Task> stale;
        Task innocent;
        await using (await Database.HoldWritersAsync())
        {
            stale =
            [
                AppendAsync("w", 0, new string('x', bytes)),
                AppendAsync("w", 1, "stale"),
                Journal.SaveSnapshotAsync("w", 0, "stale"u8.ToArray(), default),
            ];
            innocent = AppendAsync("other", 0, "fine");
        }

        foreach (var order in stale)
        {
            await Assert.ThrowsAsync<JournalConflictException>(() => order);
        }

        await innocent;
        await AppendAsync("w", 1, "rightful");
        Assert.Equal(["rightful", "rightful"], Texts(await Journal.ReadAsync("w", default)));
    }

    [Fact]
    public async Task TwoHubs_AppendingTheSameNumbers_EachNumberHasOneWriter()
    {
        const int Workflows = 200;
        await using var otherDatabase = Database.OpenAgain();
        await using var other = new WorkflowJournal(otherDatabase);
        var writers = new[] { (Name: "one", Journal), (Name: "two", Journal: other) };

        var wins = await Task.WhenAll(
            from number in Enumerable.Range(0, Workflows)
            from writer in writers
            select WinsAsync(writer.Journal, $"w{number}", writer.Name));

        Assert.Equal(Workflows, wins.Count(won => won));
        for (var number = 0; number < Workflows; number++)
        {
            var winner = writers[wins[number * 2] ? 0 : 1].Name;
            Assert.Equal([winner], Texts(await Journal.ReadAsync($"w{number}", default)));
        }
    }

    [Fact]
    public async Task ThousandWorkflows_AppendingAtOnce_AreAllDurable()
    {
        var uids = Enumerable.Range(0, 1000).Select(number => number.ToString("D4", CultureInfo.InvariantCulture)).ToList();

        await Task.WhenAll(uids.Select(async uid =>
        {
            for (var sequence = 0; sequence < 3; sequence++)
            {
                await AppendAsync(uid, sequence, $"{uid}/{sequence}");
            }
        }));

        await using var reopenedDatabase = Database.OpenAgain();
        await using var reopened = new WorkflowJournal(reopenedDatabase);
        Assert.Equal(uids, await reopened.ListWorkflowsAsync(default));
        foreach (var uid in uids)
        {
            Assert.Equal([$"{uid}/0", $"{uid}/1", $"{uid}/2"], Texts(await reopened.ReadAsync(uid, default)));
        }
    }

    [Fact]
    public async Task MoreAppendsThanTheQueueHolds_WaitForRoomAndAreAppended()
    {
        const int Count = WorkflowJournal.QueueCapacity + 2500;
        List<Task> appends;
        await using (await Database.HoldWritersAsync())
        {
            appends = [.. Enumerable.Range(0, Count).Select(number => AppendAsync($"w{number}", 0, ""))];
        }

        await Task.WhenAll(appends);
        Assert.Equal(Count, (await Journal.ListWorkflowsAsync(default)).Count);
    }

    [Fact]
    public async Task LargeBatches_TogetherBeyondOneGroup_AreAppended()
    {
        var facts = new byte[6 * 1024 * 1024];
        Random.Shared.NextBytes(facts);

        await Task.WhenAll(Enumerable.Range(0, 4).Select(number => Journal.AppendAsync($"w{number}", 0, facts, default)));

        Assert.True((await Journal.ReadAsync("w3", default)).Batches.Single().Span.SequenceEqual(facts));
    }

    [Fact]
    public async Task Snapshot_Reading_GivesItAndTheBatchesAfterIt()
    {
        await AppendManyAsync("w", count: 5);
        await Journal.SaveSnapshotAsync("w", 2, "after two"u8.ToArray(), default);

        var history = await Journal.ReadAsync("w", default);

        Assert.Equal("after two", Text(history.Snapshot!.Value));
        Assert.Equal((2, 5), (history.SnapshotSequence, history.NextSequence));
        Assert.Equal(["3", "4"], Texts(history));
    }

    [Fact]
    public async Task SnapshotOfEverything_Appending_GoesOnBehindIt()
    {
        await AppendManyAsync("w", count: 3);
        await Journal.SaveSnapshotAsync("w", 2, "all"u8.ToArray(), default);
        await AppendAsync("w", 3, "three");

        var history = await Journal.ReadAsync("w", default);

        Assert.Equal((2, 4), (history.SnapshotSequence, history.NextSequence));
        Assert.Equal(["three"], Texts(history));
    }

    [Fact]
    public async Task NumberCoveredByASnapshot_Appending_IsRefused()
    {
        await AppendManyAsync("w", count: 3);
        await Journal.SaveSnapshotAsync("w", 2, "all"u8.ToArray(), default);

        await Assert.ThrowsAsync<JournalConflictException>(() => AppendAsync("w", 0, "stale"));
        await Assert.ThrowsAsync<JournalConflictException>(() => AppendAsync("w", 2, "stale"));

        Assert.Equal(3, (await Journal.ReadAsync("w", default)).NextSequence);
    }

    [Fact]
    public async Task OlderSnapshot_Saving_ChangesNothing()
    {
        await AppendManyAsync("w", count: 5);
        await Journal.SaveSnapshotAsync("w", 3, "newer"u8.ToArray(), default);

        await Journal.SaveSnapshotAsync("w", 1, "older"u8.ToArray(), default);

        var history = await Journal.ReadAsync("w", default);
        Assert.Equal("newer", Text(history.Snapshot!.Value));
        Assert.Equal(["4"], Texts(history));
    }

    [Fact]
    public async Task NewerSnapshot_Saving_ReplacesTheOlder()
    {
        await AppendManyAsync("w", count: 5);
        await Journal.SaveSnapshotAsync("w", 1, "older"u8.ToArray(), default);

        await Journal.SaveSnapshotAsync("w", 3, "newer"u8.ToArray(), default);

        var history = await Journal.ReadAsync("w", default);
        Assert.Equal("newer", Text(history.Snapshot!.Value));
        Assert.Equal(["4"], Texts(history));
    }

    [Fact]
    public async Task SnapshotOfABatchNotInTheJournal_Saving_IsRefused()
    {
        await AppendManyAsync("w", count: 2);

        await Assert.ThrowsAsync<JournalConflictException>(() => Journal.SaveSnapshotAsync("w", 2, "future"u8.ToArray(), default));

        Assert.Null((await Journal.ReadAsync("w", default)).Snapshot);
    }

    [Fact]
    public async Task AppendSnapshotAppend_InOneGroup_HappenInThatOrder()
    {
        List<Task> orders;
        await using (await Database.HoldWritersAsync())
        {
            orders =
            [
                AppendAsync("first", 0, ""),
                AppendAsync("w", 0, "zero"),
                Journal.SaveSnapshotAsync("w", 0, "state"u8.ToArray(), default),
                AppendAsync("w", 1, "one"),
                AppendAsync("gone", 0, "zero"),
                Journal.DeleteAsync("gone", default),
            ];
        }

        await Task.WhenAll(orders);
        var history = await Journal.ReadAsync("w", default);
        Assert.Equal("state", Text(history.Snapshot!.Value));
        Assert.Equal(["one"], Texts(history));
        Assert.Equal(["first", "w"], await Journal.ListWorkflowsAsync(default));
    }

    [Fact]
    public async Task DeletedWorkflow_LeavesNothingAndItsWriterIsRefused()
    {
        await AppendManyAsync("w", count: 3);
        await Journal.SaveSnapshotAsync("w", 1, "state"u8.ToArray(), default);

        await Journal.DeleteAsync("w", default);

        Assert.Empty(await Journal.ListWorkflowsAsync(default));
        Assert.Equal(0, (await Journal.ReadAsync("w", default)).NextSequence);
        await Assert.ThrowsAsync<JournalConflictException>(() => AppendAsync("w", 3, "late"));
        await Assert.ThrowsAsync<JournalConflictException>(() => Journal.SaveSnapshotAsync("w", 2, "late"u8.ToArray(), default));
    }

    [Fact]
    public async Task WaitingAppend_Cancelled_IsNotAppendedAndTheOthersAre()
    {
        using var cancellation = new CancellationTokenSource();
        Task first, cancelled, other;
        await using (await Database.HoldWritersAsync())
        {
            // The first keeps the writer busy with a group of its own, so that the second still waits when it is cancelled.
            first = AppendAsync("first", 0, new string('x', 9 * 1024 * 1024));
            cancelled = Journal.AppendAsync("cancelled", 0, "x"u8.ToArray(), cancellation.Token);
            other = AppendAsync("other", 0, "y");
            await cancellation.CancelAsync();
        }

        await Task.WhenAll(first, other);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        Assert.Equal(["first", "other"], await Journal.ListWorkflowsAsync(default));
    }

    [Fact]
    public async Task Disposing_WritesWhatWaits_ThenRefuses()
    {
        List<Task> appends;
        Task disposing;
        await using (await Database.HoldWritersAsync())
        {
            appends = [.. Enumerable.Range(0, 100).Select(number => AppendAsync($"w{number}", 0, ""))];
            disposing = Journal.DisposeAsync().AsTask();
        }

        await disposing;
        await Task.WhenAll(appends);
        var refusal = await Assert.ThrowsAsync<ObjectDisposedException>(() => AppendAsync("late", 0, ""));
        Assert.Contains("the journal is closed", refusal.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => Journal.ReadAsync("w1", default));

        await using var reopened = new WorkflowJournal(Database.Database);
        Assert.Equal(100, (await reopened.ListWorkflowsAsync(default)).Count);
    }

    [Fact]
    public async Task FailingDatabase_TellsEveryCaller_AndTheJournalWorksAgainAfterwards()
    {
        await AppendAsync("w", 0, "before");
        await Database.ExecuteAsync("ALTER TABLE journal_entries RENAME TO out_of_reach");

        var failing = Enumerable.Range(0, 10).Select(number => AppendAsync($"failing{number}", 0, ""));
        foreach (var append in failing.Append(AppendAsync("w", 1, "lost")).ToList())
        {
            await Assert.ThrowsAsync<JournalUnavailableException>(() => append);
        }

        await Database.ExecuteAsync("ALTER TABLE out_of_reach RENAME TO journal_entries");
        await AppendAsync("w", 1, "after");
        Assert.Equal(["before", "after"], Texts(await Journal.ReadAsync("w", default)));
        Assert.Equal(["w"], await Journal.ListWorkflowsAsync(default));
    }

    [Fact]
    public async Task FailedBatch_TheOneSentBehindIt_DoesNotLeaveAGap()
    {
        await AppendAsync("w", 0, "zero");
        await Database.ExecuteAsync("ALTER TABLE journal_entries RENAME TO out_of_reach");
        await Assert.ThrowsAsync<JournalUnavailableException>(() => AppendAsync("w", 1, "lost"));
        await Database.ExecuteAsync("ALTER TABLE out_of_reach RENAME TO journal_entries");

        await Assert.ThrowsAsync<JournalConflictException>(() => AppendAsync("w", 2, "two"));

        Assert.Equal(["zero"], Texts(await Journal.ReadAsync("w", default)));
    }

    [Fact]
    public async Task MissingBatch_Reading_SaysWhichAndWhatToDo()
    {
        await AppendManyAsync("w", count: 3);
        await Database.ExecuteAsync("DELETE FROM journal_entries WHERE sequence = 1");

        var failure = await Assert.ThrowsAsync<InvalidDataException>(() => Journal.ReadAsync("w", default));

        Assert.Contains("workflow w lacks batch 1", failure.Message, StringComparison.Ordinal);
    }

    private protected Task AppendAsync(string uid, long sequence, string facts) =>
        Journal.AppendAsync(uid, sequence, Encoding.UTF8.GetBytes(facts), default);

    private protected async Task AppendManyAsync(string uid, int count)
    {
        for (var sequence = 0; sequence < count; sequence++)
        {
            await AppendAsync(uid, sequence, $"{sequence}");
        }
    }

    private protected static List<string> Texts(JournalHistory history) => [.. history.Batches.Select(Text)];

    private static string Text(ReadOnlyMemory<byte> bytes) => Encoding.UTF8.GetString(bytes.Span);

    private static async Task<bool> WinsAsync(WorkflowJournal journal, string uid, string writer)
    {
        try
        {
            await journal.AppendAsync(uid, 0, Encoding.UTF8.GetBytes(writer), default);
            return true;
        }
        catch (JournalConflictException)
        {
            return false;
        }
    }
}
