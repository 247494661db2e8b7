using Argosy.StandIns.Grpc.Tests.Link;
using Argosy.StandIns.Grpc.Tests.Servers;
using Google.Protobuf;
using Grpc.Core;

namespace Argosy.StandIns.Grpc.Tests;

/// <summary>The four kinds of call, our client to our server.</summary>
public sealed class CallTests
{
    [Fact]
    public async Task UnaryCall_Answered_BringsTheAnswerAndOk()
    {
        await using var server = await LinkServer.StartAsync();

        using var call = server.Client.AskAsync(new Question { Text = "who?" });

        Assert.Equal("who?", (await call).Text);
        Assert.Equal(StatusCode.OK, call.GetStatus().StatusCode);
        Assert.Empty(call.GetTrailers());
    }

    [Fact]
    public async Task BlockingCall_Answered_BringsTheAnswer()
    {
        await using var server = await LinkServer.StartAsync();

        Assert.Equal("who?", (await Task.Run(() => server.Client.Ask(new Question { Text = "who?" }))).Text);
    }

    [Fact]
    public async Task EmptyMessage_TakesNoBytes_AndIsAMessageAllTheSame()
    {
        await using var server = await LinkServer.StartAsync();

        Assert.Equal(new Answer(), await server.Client.AskAsync(new Question()));
    }

    [Fact]
    public async Task ClientStream_Completed_IsAnsweredOnce()
    {
        await using var server = await LinkServer.StartAsync();
        using var call = server.Client.Collect();

        for (var count = 0; count < 10; count++)
        {
            await call.RequestStream.WriteAsync(new Chunk { Data = ByteString.CopyFrom(new byte[1000]) });
        }

        await call.RequestStream.CompleteAsync();

        Assert.Equal(new Total { Bytes = 10_000, Chunks = 10 }, await call);
    }

    [Fact]
    public async Task ClientStream_AnsweredEarly_NeedsNoFurtherRequests()
    {
        await using var server = await LinkServer.StartAsync();
        server.Script.Collect = async (chunks, _) =>
        {
            await chunks.MoveNext();
            return new Total { Chunks = 1 };
        };
        using var call = server.Client.Collect();
        await call.RequestStream.WriteAsync(new Chunk());

        Assert.Equal(1, (await call).Chunks);
        Assert.Equal(StatusCode.OK, call.GetStatus().StatusCode);
    }

    [Fact]
    public async Task ServerStream_Read_BringsAllMessagesInOrder()
    {
        await using var server = await LinkServer.StartAsync();
        server.Script.Produce = async (order, chunks, _) =>
        {
            for (var count = 0; count < order.Chunks; count++)
            {
                await chunks.WriteAsync(new Chunk { Data = ByteString.CopyFromUtf8($"{count}") });
            }
        };
        using var call = server.Client.Produce(new Order { Chunks = 1000 });

        var read = await call.ResponseStream.ReadAllAsync().Select(chunk => chunk.Data.ToStringUtf8()).ToListAsync();

        Assert.Equal(Enumerable.Range(0, 1000).Select(count => $"{count}"), read);
        Assert.Equal(StatusCode.OK, call.GetStatus().StatusCode);
    }

    [Fact]
    public async Task ServerStream_OfNothing_EndsOk()
    {
        await using var server = await LinkServer.StartAsync();
        using var call = server.Client.Produce(new Order());

        Assert.False(await call.ResponseStream.MoveNext());
        Assert.Equal(StatusCode.OK, call.GetStatus().StatusCode);
    }

    [Fact]
    public async Task Duplex_QuestionByQuestion_IsAnsweredWhileItGoesOn()
    {
        await using var server = await LinkServer.StartAsync();
        using var call = server.Client.Talk();

        for (var count = 0; count < 100; count++)
        {
            await call.RequestStream.WriteAsync(new Question { Text = $"{count}" });
            Assert.True(await call.ResponseStream.MoveNext());
            Assert.Equal($"{count}", call.ResponseStream.Current.Text);
        }

        await call.RequestStream.CompleteAsync();
        Assert.False(await call.ResponseStream.MoveNext());
        Assert.Equal(StatusCode.OK, call.GetStatus().StatusCode);
    }

    [Fact]
    public async Task Duplex_ServerSpeaksFirst_IsHeardBeforeAnyRequest()
    {
        await using var server = await LinkServer.StartAsync();
        server.Script.Talk = async (questions, answers, _) =>
        {
            await answers.WriteAsync(new Answer { Text = "welcome" });
            await questions.MoveNext();
        };
        using var call = server.Client.Talk();

        Assert.True(await call.ResponseStream.MoveNext());
        Assert.Equal("welcome", call.ResponseStream.Current.Text);
        await call.RequestStream.CompleteAsync();
        Assert.False(await call.ResponseStream.MoveNext());
    }

    [Fact]
    public async Task ManyCalls_AtOnce_AreEachAnsweredTheirOwn()
    {
        await using var server = await LinkServer.StartAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 1000).Select(async count =>
            (await server.Client.AskAsync(new Question { Text = $"{count}" })).Text));

        Assert.Equal(Enumerable.Range(0, 1000).Select(count => $"{count}"), answers);
    }

    [Fact]
    public async Task ManyStreams_AtOnce_DoNotWaitForEachOther()
    {
        await using var server = await LinkServer.StartAsync();
        var calls = Enumerable.Range(0, 250).Select(_ => server.Client.Talk()).ToList();

        // All are open before the first is answered: more than one connection allows.
        foreach (var call in calls)
        {
            await call.RequestStream.WriteAsync(new Question { Text = "here?" });
        }

        foreach (var call in calls)
        {
            Assert.True(await call.ResponseStream.MoveNext());
            await call.RequestStream.CompleteAsync();
            Assert.False(await call.ResponseStream.MoveNext());
            call.Dispose();
        }
    }

    [Fact]
    public async Task Writes_TwoAtOnce_AreRefused()
    {
        await using var server = await LinkServer.StartAsync();
        server.Script.Collect = async (_, context) => await LinkScript.HangAsync<Total>(context, new TaskCompletionSource());
        using var call = server.Client.Collect();
        var large = new Chunk { Data = ByteString.CopyFrom(new byte[3_000_000]) };

        var first = call.RequestStream.WriteAsync(large);

        await Assert.ThrowsAsync<InvalidOperationException>(() => call.RequestStream.WriteAsync(large));
        call.Dispose();
        await Assert.ThrowsAsync<RpcException>(() => first);
    }

    [Fact]
    public async Task Write_AfterComplete_IsRefused()
    {
        await using var server = await LinkServer.StartAsync();
        using var call = server.Client.Collect();
        await call.RequestStream.CompleteAsync();

        await Assert.ThrowsAsync<InvalidOperationException>(() => call.RequestStream.WriteAsync(new Chunk()));
        Assert.Equal(0, (await call).Chunks);
    }

    [Fact]
    public async Task UnfinishedCall_AskedForItsEnd_SaysThatThereIsNone()
    {
        await using var server = await LinkServer.StartAsync();
        using var call = server.Client.AskAsync(new Question { Hang = true });

        Assert.Throws<InvalidOperationException>(() => call.GetStatus());
        Assert.Throws<InvalidOperationException>(() => call.GetTrailers());
    }

    [Fact]
    public async Task Context_OfACall_SaysWhoCallsWhat()
    {
        await using var server = await LinkServer.StartAsync();
        var peers = new List<string>();
        server.Script.Ask = (question, context) =>
        {
            peers.Add(context.Peer);
            Assert.Equal("/argosy.tests.link.Link/Ask", context.Method);
            Assert.Equal(server.Address.Authority, context.Host);
            Assert.Same(context.GetHttpContext().Items, context.UserState);
            return Task.FromResult(new Answer());
        };

        await server.Client.AskAsync(new Question());

        Assert.Matches(@"^ipv4:127\.0\.0\.1:\d+$", Assert.Single(peers));
    }
}
