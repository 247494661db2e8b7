using Argosy.Contracts.Agents;

namespace Argosy.ClusterAgent.Tests.Embedded;

public sealed class LogTests
{
    [Fact]
    public async Task StepIsOver_LogIsRead_HasBothStreamsAndAnUnfinishedLine()
    {
        await using var cluster = await TestCluster.StartAsync();
        var intent = Intents.Shell("echo out; echo err >&2; printf unfinished");
        await cluster.RunAsync(intent);

        Assert.Equal(["err", "out", "unfinished"], (await cluster.LogAsync(intent.Key)).Order(StringComparer.Ordinal));
        Assert.Equal("unfinished", Assert.Single(await cluster.LogAsync(intent.Key, tail: 1)));
    }

    [Fact]
    public async Task StepStillRuns_LogIsFollowed_LinesComeAsWrittenAndItEndsWithTheStep()
    {
        await using var cluster = await TestCluster.StartPrivateAsync();
        var intent = Intents.Shell("echo first; while ! test -e /var/run/argo/go; do sleep 0.01; done; echo last");
        cluster.Hub.Run(intent);
        await cluster.Hub.ReportAsync(intent.Key, report => report.Phase == PodPhase.PodRunning);

        var lines = new List<string>();
        await foreach (var line in cluster.Services.ReadLogAsync(
            new LogRequest { Key = intent.Key, Follow = true, TailLines = -1 }, TestContext.Current.CancellationToken))
        {
            lines.Add(line.Text);
            await File.WriteAllTextAsync(Path.Join(cluster.FolderOf(intent.Key), "argo", "go"), "", TestContext.Current.CancellationToken);
        }

        Assert.Equal(["first", "last"], lines);
    }

    [Fact]
    public async Task AttemptIsReleased_OnlyItsLogIsKept_UntilItsWorkflowIsForgotten()
    {
        await using var cluster = await TestCluster.StartAsync();
        var intent = Intents.Shell("echo kept");
        await cluster.RunAsync(intent);

        await ObeyAsync(cluster, new HubMessage { Release = intent.Key });
        Assert.Equal(["kept"], await cluster.LogAsync(intent.Key));
        Assert.Equal(["logs", "released"], Directory.EnumerateFileSystemEntries(cluster.FolderOf(intent.Key)).Select(Path.GetFileName).Order());

        await ObeyAsync(cluster, new HubMessage { Forget = intent.Key.WorkflowUid });
        Assert.Empty(await cluster.LogAsync(intent.Key));
        Assert.False(Directory.Exists(cluster.FolderOf(intent.Key)));
    }

    /// <summary>The hub's messages are obeyed in order: when a later pod is accepted, the earlier message has been obeyed.</summary>
    private static async Task ObeyAsync(TestCluster cluster, HubMessage message)
    {
        cluster.Hub.Say(message);
        var after = Intents.Shell("true");
        after.Key.WorkflowUid = "another";
        cluster.Hub.Run(after);
        await cluster.Hub.HearsAsync(heard => after.Key.Equals(heard.Accepted));
    }

    [Fact]
    public async Task LogOfAnUnknownPod_IsRead_IsEmpty()
    {
        await using var cluster = await TestCluster.StartAsync();

        Assert.Empty(await cluster.LogAsync(Intents.Shell("true").Key, follow: true));
    }
}
