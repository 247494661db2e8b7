using Argosy.ControlPlane.Journal;
using Argosy.ControlPlane.Storage;
using Argosy.ControlPlane.Tests.Storage;

namespace Argosy.ControlPlane.Tests.Journal;

public sealed class SqliteJournalTests : JournalTests
{
    internal override Task<TestDatabase> CreateDatabaseAsync() => Task.FromResult(TestDatabase.Sqlite());

    /// <summary>A copy of the files at the instant of the acknowledgement is what a killed hub would leave.</summary>
    [Fact]
    public async Task FilesCopiedAfterTheAcknowledgement_Reopening_HoldEveryBatch()
    {
        var copy = Path.Combine(Database.Folder, "copy");
        await AppendManyAsync("w", count: 20);
        await Journal.SaveSnapshotAsync("w", 9, "ten"u8.ToArray(), default);
        Directory.CreateDirectory(copy);
        foreach (var file in Directory.GetFiles(Database.Folder))
        {
            File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
        }

        await using var reopenedDatabase = HubDatabase.Sqlite(Path.Combine(copy, "hub.db"));
        await using var reopened = new WorkflowJournal(reopenedDatabase);
        var history = await reopened.ReadAsync("w", default);

        Assert.Equal((9, 20), (history.SnapshotSequence, history.NextSequence));
        Assert.Equal(Enumerable.Range(10, 10).Select(number => $"{number}"), Texts(history));
    }

    [Fact]
    public async Task FileLockedByAnotherProgram_Appending_WaitsAndLosesNothing()
    {
        List<Task> appends;
        await using (await Database.HoldWritersAsync())
        {
            appends = [.. Enumerable.Range(0, 50).Select(number => AppendAsync($"w{number}", 0, ""))];
            Assert.All(appends, append => Assert.False(append.IsCompleted));
        }

        await Task.WhenAll(appends);
        Assert.Equal(50, (await Journal.ListWorkflowsAsync(default)).Count);
    }

    [Fact]
    public async Task FullDisk_TellsTheCaller_AndTheJournalWorksOnceThereIsRoom()
    {
        await Database.ExecuteAsync(
            "CREATE TRIGGER full BEFORE INSERT ON journal_entries BEGIN SELECT RAISE(ROLLBACK, 'database or disk is full'); END");

        var failure = await Assert.ThrowsAsync<JournalUnavailableException>(() => AppendAsync("w", 0, "zero"));

        Assert.Contains("database or disk is full", failure.Message, StringComparison.Ordinal);
        await Database.ExecuteAsync("DROP TRIGGER full");
        await AppendAsync("w", 0, "zero");
        Assert.Equal(["zero"], Texts(await Journal.ReadAsync("w", default)));
    }
}
