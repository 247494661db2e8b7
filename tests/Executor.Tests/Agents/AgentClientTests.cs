using Argosy.ClusterAgent.Executors;
using Argosy.Contracts.Agents;
using Microsoft.AspNetCore.Http;

namespace Argosy.Executor.Tests.Agents;

/// <summary>What the executor does when its agent is away, refuses, lies, or is somebody else.</summary>
public sealed class AgentClientTests
{
    [Fact]
    public async Task AgentThatRestartsDuringAnUpload_GetsItAgain_Whole()
    {
        await using var agent = await AgentInSmall.StartAsync();
        using var pod = Uploading(agent, out var promised);
        var half = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        agent.Hub.Storing = sofar => sofar > 1024 * 1024 && half.TrySetResult() ? gone.Task : Task.CompletedTask;
        var container = pod.Run("main", "sh", "-c", "seq 1 1000000 > out");
        await half.Task.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);

        await agent.StopAsync();
        gone.SetResult();
        await agent.StartAgainAsync();

        Assert.Equal(0, await container.EndAsync());
        Assert.EndsWith("\n1000000\n", System.Text.Encoding.UTF8.GetString(agent.Hub.Artifacts[promised.LocationJson]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AgentThatIsNotThereYet_IsWaitedFor()
    {
        await using var agent = await AgentInSmall.StartAsync();
        await agent.StopAsync();
        using var pod = Uploading(agent, out var promised);
        var container = pod.Run("main", "sh", "-c", "echo 1 > out; echo done");
        await container.SaysAsync("done");

        await agent.StartAgainAsync();

        Assert.Equal(0, await container.EndAsync());
        Assert.Equal("1\n"u8, agent.Hub.Artifacts[promised.LocationJson]);
    }

    [Fact]
    public async Task HubThatIsAway_IsWaitedFor()
    {
        await using var agent = await AgentInSmall.StartAsync();
        using var pod = Uploading(agent, out _);
        var times = 0;
        agent.Hub.Storing = _ => Interlocked.Increment(ref times) == 1 ? throw new IOException("no hub") : Task.CompletedTask;

        Assert.Equal(0, await pod.Run("main", "sh", "-c", "echo 1 > out").EndAsync());
        Assert.Equal(2, agent.Requests.Count(request => request == "PUT /v1/outputs/artifacts/out"));
    }

    [Fact]
    public async Task Refusal_IsFinal_AndToldInTheAgentsWords()
    {
        await using var agent = await AgentInSmall.StartAsync();
        using var pod = new PodInSmall(PodInSmall.Plan(agent.Url) with { Artifacts = [new OutputPlan { Name = "undeclared", Path = "/etc/hostname" }] });

        Assert.Equal(64, await pod.Run("main", "true").EndAsync());
        Assert.Equal(
            "output artifact \"undeclared\" of /etc/hostname could not be stored: pod jobs/train-7 declares no output artifact 'undeclared'",
            pod.Message()!.Error);
        Assert.Single(agent.Requests, request => request.StartsWith("PUT", StringComparison.Ordinal));
    }

    [Fact]
    public async Task TokenThatIsNotThePods_IsRefused()
    {
        await using var agent = await AgentInSmall.StartAsync();
        using var pod = Uploading(agent, out _);
        await File.WriteAllTextAsync(pod["token"], "somebody else's", TestContext.Current.CancellationToken);

        Assert.Equal(64, await pod.Run("main", "sh", "-c", "echo 1 > out").EndAsync());
        Assert.Contains("does not take this token", pod.Message()!.Error, StringComparison.Ordinal);
        Assert.Empty(agent.Hub.Artifacts);
    }

    [Fact]
    public async Task TokenThatWasRenewed_IsShown()
    {
        await using var agent = await AgentInSmall.StartAsync();
        using var pod = Uploading(agent, out _);
        await File.WriteAllTextAsync(pod["token"], "of yesterday", TestContext.Current.CancellationToken);

        Assert.Equal(0, await pod.Run("main", "sh", "-c", $"echo 1 > out; echo \"{AgentInSmall.Token}\" > token").EndAsync());
    }

    [Fact]
    public async Task AgentThatStoredSomethingElse_IsNotBelieved()
    {
        await using var agent = await AgentInSmall.StartAsync();
        using var pod = Uploading(agent, out _);
        agent.Hub.Says = stored => new StoredArtifact(stored) { Digest = new string('0', 64) };

        Assert.Equal(64, await pod.Run("main", "sh", "-c", "echo 1 > out").EndAsync());
        Assert.Contains("were sent, but 2 with sha256 0000", pod.Message()!.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(200, "")]
    [InlineData(404, "<html>not here</html>")]
    [InlineData(302, "")]
    public async Task WhoeverElseListensAtAnAddress_IsPassedOver(int status, string body)
    {
        await using var stranger = await AgentInSmall.StartAsync();
        stranger.Before = async http =>
        {
            http.Response.StatusCode = status;
            http.Response.Headers.Location = "http://127.0.0.1:1/";
            await http.Response.WriteAsync(body);
            return true;
        };
        await using var agent = await AgentInSmall.StartAsync();
        using var pod = Uploading(agent, out _, stranger.Url, "gateway:1");

        Assert.Equal(0, await pod.Run("main", "sh", "-c", "echo 1 > out").EndAsync());
    }

    [Fact]
    public async Task AnswerWithoutEnd_OrSense_IsNotTakenForOne()
    {
        await using var agent = await AgentInSmall.StartAsync();
        using var pod = Uploading(agent, out _);
        var times = 0;
        agent.Before = async http =>
        {
            if (!http.Request.Path.StartsWithSegments("/v1") || Interlocked.Increment(ref times) > 2)
            {
                return false;
            }

            http.Response.Headers["Argosy-Agent"] = "executors";
            await http.Response.WriteAsync(times == 1 ? "{" : "null");
            return true;
        };

        Assert.Equal(0, await pod.Run("main", "sh", "-c", "echo 1 > out").EndAsync());
        Assert.Single(agent.Hub.Artifacts);
    }

    [Fact]
    public async Task FileThatCannotBePacked_IsTheFilesFault_AndNotTriedAgain()
    {
        await using var agent = await AgentInSmall.StartAsync();
        using var pod = Uploading(agent, out _);

        Assert.Equal(64, await pod.Run("main", "mkfifo", "out").EndAsync());
        Assert.Contains("is a pipe, socket or device", pod.Message()!.Error, StringComparison.Ordinal);
        Assert.Empty(agent.Hub.Artifacts);
        Assert.Single(agent.Requests, request => request.StartsWith("PUT", StringComparison.Ordinal));
    }

    private static PodInSmall Uploading(AgentInSmall agent, out ArtifactTransfer promised, params string[] others)
    {
        promised = agent.Promises("out");
        var pod = new PodInSmall(PodInSmall.Plan());
        var plan = PodInSmall.Plan([.. others, agent.Url]) with { Artifacts = [new OutputPlan { Name = "out", Path = pod["out"], Archive = "none" }] };
        File.WriteAllText(pod["shared/plan.json"], plan.ToJson());
        return pod;
    }
}
