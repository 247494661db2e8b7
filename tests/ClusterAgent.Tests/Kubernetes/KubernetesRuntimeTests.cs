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
}
