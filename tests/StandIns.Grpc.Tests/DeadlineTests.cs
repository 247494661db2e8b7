using System.Net.Http.Headers;
using Argosy.StandIns.Grpc.Tests.Link;
using Argosy.StandIns.Grpc.Tests.Servers;
using Grpc.Core;

namespace Argosy.StandIns.Grpc.Tests;

/// <summary>Deadlines end calls on both sides.</summary>
public sealed class DeadlineTests
{
    private static DateTime Soon => DateTime.UtcNow.AddMilliseconds(200);

    [Fact]
    public async Task Deadline_Passing_EndsTheCallOnBothSides()
    {
        await using var server = await LinkServer.StartAsync();
        var told = new TaskCompletionSource();
        server.Script.Ask = (_, context) => LinkScript.HangAsync<Answer>(context, told);

        var failure = await Assert.ThrowsAsync<RpcException>(async () => await server.Client.AskAsync(new Question(), deadline: Soon));

        Assert.Equal(StatusCode.DeadlineExceeded, failure.StatusCode);
        await told.Task;
    }

    [Fact]
    public async Task Deadline_PassingInAStream_EndsReadsAndWrites()
    {
        await using var server = await LinkServer.StartAsync();
        var told = new TaskCompletionSource();
        server.Script.Talk = (_, _, context) => LinkScript.HangAsync<Answer>(context, told);
        using var call = server.Client.Talk(deadline: Soon);

        var read = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext());
        var write = await Assert.ThrowsAsync<RpcException>(() => call.RequestStream.WriteAsync(new Question()));

        Assert.Equal(StatusCode.DeadlineExceeded, read.StatusCode);
        Assert.Equal(StatusCode.DeadlineExceeded, write.StatusCode);
        await told.Task;
    }

    [Fact]
    public async Task Deadline_AlreadyPast_SendsNothing()
    {
        await using var server = await LinkServer.StartAsync();
        server.Script.Ask = (_, _) => throw new InvalidOperationException("was asked");

        var failure = await Assert.ThrowsAsync<RpcException>(async () =>
            await server.Client.AskAsync(new Question(), deadline: DateTime.UtcNow.AddSeconds(-1)));

        Assert.Equal(StatusCode.DeadlineExceeded, failure.StatusCode);
    }

    [Fact]
    public async Task Deadline_InLocalTime_IsRefused()
    {
        await using var server = await LinkServer.StartAsync();

        Assert.Throws<InvalidOperationException>(() => { server.Client.AskAsync(new Question(), deadline: new DateTime(2030, 1, 1, 0, 0, 0, DateTimeKind.Local)); });
    }

    [Fact]
    public async Task Handler_ThatIgnoresItsToken_DoesNotHoldTheAnswerBack()
    {
        await using var server = await LinkServer.StartAsync();
        var release = new TaskCompletionSource();
        server.Script.Ask = async (_, _) =>
        {
            await release.Task;
            return new Answer();
        };
        using var http = server.Http();

        // This client has no timer of its own.
        using var request = new HttpRequestMessage(HttpMethod.Post, "/argosy.tests.link.Link/Ask")
        {
            Content = new ByteArrayContent(new byte[5]) { Headers = { ContentType = new MediaTypeHeaderValue("application/grpc") } },
            Version = http.DefaultRequestVersion,
            VersionPolicy = http.DefaultVersionPolicy,
            Headers = { { "grpc-timeout", "50m" } },
        };
        using var response = await http.SendAsync(request);

        Assert.Equal(["4"], response.Headers.GetValues("grpc-status"));
        release.SetResult();
    }

    [Fact]
    public async Task Deadline_OfACall_IsKnownToTheHandler()
    {
        await using var server = await LinkServer.StartAsync();
        DateTime? seen = null;
        server.Script.Ask = (_, context) =>
        {
            seen = context.Deadline;
            return Task.FromResult(new Answer());
        };
        var deadline = DateTime.UtcNow.AddYears(200);

        await server.Client.AskAsync(new Question(), deadline: deadline);
        Assert.InRange(seen!.Value, deadline.AddDays(-1), deadline.AddDays(1));

        await server.Client.AskAsync(new Question());
        Assert.Equal(DateTime.MaxValue, seen);
    }
}
