using System.Text;
using System.Text.Json.Nodes;
using Argosy.ClusterAgent.Kubernetes.Api;
using Argosy.ClusterAgent.Kubernetes.Pods;
using Argosy.Contracts.Agents;

namespace Argosy.ClusterAgent.Tests.Kubernetes.Pods;

/// <summary>A container's log, read through whatever the connection does.</summary>
public sealed class PodLogReaderTests : IAsyncLifetime
{
    private static readonly JsonObject Running = Pod("Running"), Ended = Pod("Succeeded");

    private ScriptedApiServer _server = null!;
    private KubernetesClient _client = null!;

    private static CancellationToken Patience => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _server = await ScriptedApiServer.StartAsync();
        _client = new KubernetesClient(_server.Connection, TimeProvider.System);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task FollowedLog_ThatBreaksOffWhileTheContainerEnds_IsReadToItsEnd()
    {
        _server.ThenBreakOff("2026-01-01T00:00:01.1Z one\n2026-01-01T00:00:01.2Z two\n2026-01-01T00:00:01.2Z two, t")
            .Then(401, "restarting")
            .Then(200, "2026-01-01T00:00:01.1Z one\n2026-01-01T00:00:01.2Z two\n2026-01-01T00:00:01.2Z two, too\n");

        Assert.Equal(["one", "two", "two, too"], await ReadAsync(Running, Ended));
    }

    [Fact]
    public async Task FollowedLog_OfAReadingThatBeganBeforeTheEnd_IsReadOnceMore()
    {
        _server.Then(200, "2026-01-01T00:00:01.1Z one\n").Then(200, "2026-01-01T00:00:01.1Z one\n2026-01-01T00:00:01.2Z two\n");

        Assert.Equal(["one", "two"], await ReadAsync(Running, Ended));
    }

    [Fact]
    public async Task LogOfAnEndedContainer_ThatNobodyCanRead_IsGivenUpInTheEnd()
    {
        foreach (var _ in Enumerable.Range(0, 20))
        {
            _server.Then(401, "restarting");
        }

        await Assert.ThrowsAsync<KubernetesException>(() => ReadAsync(Ended));
    }

    [Theory]
    [InlineData(LogLines.LongestPart)]
    [InlineData(LogLines.LongestPart * 2)]
    [InlineData((LogLines.LongestPart * 2) + 1)]
    public async Task LineWithoutEnd_ComesInParts_AndTheNextLineAfterIt(int length)
    {
        using var lines = new LogLines(new MemoryStream(Encoding.UTF8.GetBytes(new string('x', length) + "\n\nnext")));
        List<(bool GoesOn, string Text)> all = [];
        while (await lines.NextAsync(Patience) is { } part)
        {
            all.Add(part);
        }

        Assert.All(all, part => Assert.InRange(part.Text.Length, 0, LogLines.LongestPart));
        Assert.Equal([(false, ""), (false, "next")], all.TakeLast(2));
        Assert.Equal(length, all.Sum(part => part.Text.Length) - 4);
        Assert.Equal([false, .. Enumerable.Repeat(true, all.Count - 3)], all.SkipLast(2).Select(part => part.GoesOn));
    }

    /// <param name="pods">How the pod is found, one time after another; the last one stands.</param>
    private async Task<IReadOnlyList<string>> ReadAsync(params JsonObject[] pods)
    {
        var at = 0;
        return await new PodLogReader(_client, new HurriedTime())
            .ReadAsync(new LogRequest { Follow = true, TailLines = -1 }, _ => Task.FromResult<JsonObject?>(pods[Math.Min(at++, pods.Length - 1)]), Patience)
            .Select(line => line.Text).ToListAsync(Patience);
    }

    private static JsonObject Pod(string phase) =>
        new() { ["metadata"] = new JsonObject { ["name"] = "p", ["namespace"] = "argo" }, ["status"] = new JsonObject { ["phase"] = phase } };
}
