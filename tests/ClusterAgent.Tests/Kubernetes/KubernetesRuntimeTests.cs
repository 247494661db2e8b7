using System.Text.Json.Nodes;
using Argosy.ClusterAgent.Kubernetes.Pods;
using Argosy.Contracts.Agents;

namespace Argosy.ClusterAgent.Tests.Kubernetes;

/// <summary>What the runtime knows of its pods, and whom it believes.</summary>
public sealed class KubernetesRuntimeTests
{
    private static CancellationToken Patience => TestContext.Current.CancellationToken;

    [Fact]
    public async Task WhileTheAgentStarts_EveryPodMayBeItsOwn_AndThenOnlyThoseItKnows()
    {
        await using var story = await RuntimeStory.StartAsync(started: false);
        Assert.True(story.Runtime.MayCome("argo", "any"));

        await story.BeginAsync();

        Assert.False(story.Runtime.MayCome("argo", "any"));
    }

    [Fact]
    public async Task PodWhoseCreationIsNotAnsweredYet_MayCome_AndIsFoundAfterwards()
    {
        await using var story = await RuntimeStory.StartAsync();
        var answered = new TaskCompletionSource();
        story.Server.Once($"POST {RuntimeStory.Pods}", async (http, carryOut) =>
        {
            await answered.Task;
            await SmallApiServer.WriteAsync(http, carryOut());
        });
        var intent = RuntimeStory.Intent();
        await story.AcceptAsync(intent);
        await story.Server.SeesAsync($"POST {RuntimeStory.Pods}");

        Assert.True(story.Runtime.MayCome("argo", intent.PodName));
        answered.SetResult();
        await story.ReportAsync(intent.Key, report => report.Phase == PodPhase.PodPending);

        var uid = story.Server.Find(RuntimeStory.PathOf(intent))!.Text("metadata", "uid");
        Assert.NotNull(story.Runtime.Find("argo", intent.PodName, uid!));
        Assert.Null(story.Runtime.Find("argo", intent.PodName, "another"));
        Assert.False(story.Runtime.MayCome("argo", intent.PodName));
    }

    [Theory]
    [InlineData("{")]
    [InlineData("{}")]
    [InlineData("[1]")]
    [InlineData("{\"key\":3}")]
    [InlineData("{\"deadline\":\"tomorrow\"}")]
    public async Task PodWhoseRecordIsMalformed_IsLeftAlone_AndTheOthersAreTakenUp(string record)
    {
        await using var story = await RuntimeStory.StartAsync();
        var intent = RuntimeStory.Intent();
        var pod = await story.RunAsync(intent);
        pod["metadata"]!["annotations"]![PodMarks.Intent] = record;
        pod["metadata"]!["labels"]![PodMarks.Attempt] = "somebody's";
        pod["metadata"]!["name"] = "a-first";
        story.Server.Put($"{RuntimeStory.Pods}/a-first", pod);

        await story.RestartAsync().WaitAsync(TimeSpan.FromSeconds(30), Patience);

        Assert.Equal([intent.Key], story.Runtime.Inventory());
        Assert.Null(story.Runtime.Trouble());
    }

    [Fact]
    public async Task WatchThatHasEnded_FailsTheStart_AndIsSaid()
    {
        await using var story = await RuntimeStory.StartAsync(started: false);
        story.Server.Put($"{RuntimeStory.Pods}/odd", JsonNode.Parse(
            """{"metadata":{"name":"odd","labels":{"argosy.io/managed":"true","argosy.io/state":"held"} },"spec":{"containers":[{"resources":"many"}]} }""")!.AsObject());

        await Assert.ThrowsAsync<InvalidOperationException>(() => story.BeginAsync().WaitAsync(TimeSpan.FromSeconds(30), Patience));

        Assert.StartsWith("a watch of the cluster has ended: ", story.Runtime.Trouble(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task PodOfAnotherNamespace_WithACopiedLabel_IsNotTakenForTheAttempts()
    {
        await using var story = await RuntimeStory.StartAsync();
        var intent = RuntimeStory.Intent();
        var copy = await story.RunAsync(intent);
        var copied = $"/api/v1/namespaces/other/pods/{intent.PodName}";
        copy["metadata"]!["namespace"] = "other";
        copy["status"] = new JsonObject { ["phase"] = "Failed", ["message"] = "forged" };
        story.Server.Put(copied, copy);
        story.End(intent);

        Assert.Equal(PodPhase.PodSucceeded, (await story.FinalAsync(intent)).Phase);
        await story.ReleaseAsync(intent);
        await story.Server.HasAsync(RuntimeStory.PathOf(intent), pod => pod!.Label(PodMarks.State) == PodMarks.Released);
        await story.RestartAsync();

        Assert.Empty(story.Runtime.Inventory());
        Assert.NotNull(story.Server.Find(copied));
    }
}
