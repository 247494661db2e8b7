using Argosy.ClusterAgent.Embedded.Attempts;
using Argosy.Contracts.Agents;

namespace Argosy.ClusterAgent.Tests.Embedded;

public sealed class RecoveryTests : IDisposable
{
    private readonly string _data = TestCluster.NewFolder();

    [Fact]
    public async Task AttemptIsOver_AgentComesBack_ReportsItAgainAndHasItInItsInventory()
    {
        var intent = Intents.Shell("echo once").CapturingResult();
        await using (var earlier = await TestCluster.StartAsync(data: _data))
        {
            await earlier.RunAsync(intent);
        }

        await using var cluster = await TestCluster.StartAsync(data: _data);
        var report = await cluster.Hub.FinalReportAsync(intent.Key);

        Assert.Equal((PodPhase.PodSucceeded, "once"), (report.Phase, report.Result));
        Assert.Contains(intent.Key, Assert.Single(cluster.Hub.Hellos).Inventory);
        Assert.Equal(["once"], await cluster.LogAsync(intent.Key));
    }

    [Fact]
    public async Task AttemptIsReleased_AgentComesBack_KnowsNothingOfIt()
    {
        var intent = Intents.Shell("true");
        await using (var earlier = await TestCluster.StartAsync(data: _data))
        {
            await earlier.RunAsync(intent);
            earlier.Hub.Say(new HubMessage { Release = intent.Key });
            var after = Intents.Shell("true");
            earlier.Hub.Run(after);
            await earlier.Hub.HearsAsync(message => after.Key.Equals(message.Accepted));
        }

        await using var cluster = await TestCluster.StartAsync(data: _data);

        Assert.DoesNotContain(intent.Key, Assert.Single(cluster.Hub.Hellos).Inventory);
    }

    [Fact]
    public async Task AttemptNeverStarted_AgentComesBack_RunsIt()
    {
        var intent = Intents.Shell("echo ran").CapturingResult();
        Leave(intent);

        await using var cluster = await TestCluster.StartAsync(data: _data);

        Assert.Equal("ran", (await cluster.Hub.FinalReportAsync(intent.Key)).Result);
    }

    [Fact]
    public async Task AttemptStartedButNeverEnded_AgentComesBack_CallsItLostAndRunsNothing()
    {
        var intent = Intents.Shell("echo twice").CapturingResult();
        Leave(intent).MarkStarted(TimeProvider.System.GetUtcNow());

        await using var cluster = await TestCluster.StartAsync(data: _data);
        var report = await cluster.Hub.FinalReportAsync(intent.Key);
        cluster.Hub.Run(intent);
        var again = await cluster.Hub.FinalReportAsync(intent.Key, from: cluster.Hub.Heard.Count);

        Assert.Equal((PodPhase.PodLost, PodPhase.PodLost), (report.Phase, again.Phase));
        Assert.Contains("the agent ended while the step ran", report.Message, StringComparison.Ordinal);
        Assert.Empty(await cluster.LogAsync(intent.Key));
    }

    [Fact]
    public async Task AttemptEndedButWasNotCollected_AgentComesBack_CollectsWhatItLeft()
    {
        var intent = Intents.Shell("echo twice").CapturingResult().WithOutput("left", "/tmp/left", "nothing");
        var folder = Leave(intent);
        folder.MarkStarted(TimeProvider.System.GetUtcNow());
        await File.WriteAllTextAsync(Path.Join(folder.Logs, "main.out"), "once\n", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Join(folder.Path, "exits", "main"), "0\n", TestContext.Current.CancellationToken);

        await using var cluster = await TestCluster.StartAsync(data: _data);
        var report = await cluster.Hub.FinalReportAsync(intent.Key);

        Assert.Equal((PodPhase.PodSucceeded, "once", "nothing"), (report.Phase, report.Result, report.Parameters["left"]));
    }

    [Fact]
    public async Task AttemptWasCancelledBeforeItStarted_AgentComesBack_FailsIt()
    {
        var intent = Intents.Shell("echo ran").CapturingResult();
        Leave(intent).WriteCancelled(new CancelIntent { Key = intent.Key });

        await using var cluster = await TestCluster.StartAsync(data: _data);
        var report = await cluster.Hub.FinalReportAsync(intent.Key);

        Assert.Equal((PodPhase.PodFailed, "cancelled before it started"), (report.Phase, report.Message));
    }

    [Fact]
    public async Task RecordIsIncomplete_AgentComesBack_ForgetsIt()
    {
        var intent = Intents.Shell("true");
        var folder = Leave(intent);
        File.Delete(Path.Join(folder.Path, "intent.json"));

        await using var cluster = await TestCluster.StartAsync(data: _data);

        Assert.Empty(Assert.Single(cluster.Hub.Hellos).Inventory);
        Assert.False(Directory.Exists(folder.Path));
    }

    [Fact]
    public async Task IntentIsRepeated_AttemptIsKnown_RunsOnceAndReportsItsState()
    {
        await using var cluster = await TestCluster.StartAsync(data: _data);
        var intent = Intents.Shell("echo ran").CapturingResult();
        await cluster.RunAsync(intent);
        var from = cluster.Hub.Heard.Count;

        cluster.Hub.Run(intent);
        var again = await cluster.Hub.FinalReportAsync(intent.Key, from);

        Assert.Equal("ran", again.Result);
        Assert.Equal(["ran"], await cluster.LogAsync(intent.Key));
    }

    [Fact]
    public void AttemptWasStarted_StartedAgain_IsRefused()
    {
        var folder = Leave(Intents.Shell("true"));
        folder.MarkStarted(TimeProvider.System.GetUtcNow());

        Assert.Throws<IOException>(() => folder.MarkStarted(TimeProvider.System.GetUtcNow()));
    }

    [Fact]
    public async Task FolderIsServedAlready_SecondAgent_IsRefused()
    {
        await using var cluster = await TestCluster.StartAsync(data: _data);

        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => TestCluster.StartAsync(data: _data));

        Assert.Contains("another process serves", refused.Message, StringComparison.Ordinal);
    }

    public void Dispose() => ClusterAgent.Embedded.Views.FolderRemoval.Remove(_data);

    private AttemptFolder Leave(PodIntent intent)
    {
        var folder = new AttemptFolder(Path.Join(_data, "pods", AttemptFolder.NameOf(intent.Key)));
        folder.Create(intent);
        return folder;
    }
}
