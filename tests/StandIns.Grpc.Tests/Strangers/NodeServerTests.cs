using System.Diagnostics;
using System.Globalization;
using Argosy.StandIns.Grpc.Tests.Link;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;

namespace Argosy.StandIns.Grpc.Tests.Strangers;

/// <summary>Our client calls gRPC for Node.</summary>
[Collection(nameof(NodePeer))]
public sealed class NodeServerTests(NodePeer node) : IAsyncDisposable
{
    private const int ChunkBytes = 64 * 1024;
    private const int Chunks = 1600; // 100 MB

    private Process? server;
    private GrpcChannel? channel;

    public async ValueTask DisposeAsync()
    {
        channel?.Dispose();
        if (server is not null)
        {
            server.StandardInput.Close();
            await server.WaitForExitAsync();
            server.Dispose();
        }
    }

    [Fact]
    public async Task UnaryCall_IsAnswered_WithHeadersAndTrailers()
    {
        var client = await ServeAsync();
        using var call = client.AskAsync(
            new Question { Text = "who?" }, new Metadata { { "x-text", "plain" }, { "x-bytes-bin", [0, 255, 128] }, { "x-bytes-bin", [1] } });

        Assert.Equal("who?", (await call).Text);
        var headers = await call.ResponseHeadersAsync;
        Assert.Equal("plain", headers.GetValue("header-x-text"));
        Assert.Equal<byte[]>([[0, 255, 128], [1]], headers.GetAll("header-x-bytes-bin").Select(entry => entry.ValueBytes));
        Assert.Equal("plain", call.GetTrailers().GetValue("trailer-x-text"));
        Assert.Equal<byte[]>([[0, 255, 128], [1]], call.GetTrailers().GetAll("trailer-x-bytes-bin").Select(entry => entry.ValueBytes));
    }

    [Fact]
    public async Task Failures_OfEveryCode_Arrive()
    {
        var client = await ServeAsync();
        for (var code = 1; code <= 16; code++)
        {
            var failure = await Assert.ThrowsAsync<RpcException>(async () =>
                await client.AskAsync(new Question { FailWith = code, Text = $"100 % für 猫 🐈 {code}" }));

            Assert.Equal(new Status((StatusCode)code, $"100 % für 猫 🐈 {code}"), failure.Status);
        }
    }

    [Fact]
    public async Task CompressedMessages_GoBothWays()
    {
        var client = await ServeAsync();
        var text = new string('x', 100_000);

        Assert.Equal(text, (await client.AskAsync(new Question { Text = text }, new Metadata { { "grpc-internal-encoding-request", "gzip" } })).Text);
    }

    [Fact]
    public async Task Message_AboveTheServersLimit_IsResourceExhausted()
    {
        var client = await ServeAsync();
        var failure = await Assert.ThrowsAsync<RpcException>(async () => await client.AskAsync(new Question { Text = new string('x', 5_000_000) }));

        Assert.Equal(StatusCode.ResourceExhausted, failure.StatusCode);
    }

    [Fact]
    public async Task UnknownMethod_IsUnimplemented()
    {
        await ServeAsync();
        var unknown = new Method<string, string>(
            MethodType.Unary, "argosy.tests.link.Link", "Nothing", Marshallers.StringMarshaller, Marshallers.StringMarshaller);

        var failure = await Assert.ThrowsAsync<RpcException>(async () =>
            await channel!.CreateCallInvoker().AsyncUnaryCall(unknown, null, default, ""));

        Assert.Equal(StatusCode.Unimplemented, failure.StatusCode);
    }

    [Fact]
    public async Task Deadline_Passing_TellsTheServer()
    {
        var client = await ServeAsync();
        var failure = await Assert.ThrowsAsync<RpcException>(async () =>
            await client.AskAsync(new Question { Hang = true }, deadline: DateTime.UtcNow.AddMilliseconds(300)));

        Assert.Equal(StatusCode.DeadlineExceeded, failure.StatusCode);
        await ServerSaysCancelled();
    }

    [Fact]
    public async Task Stream_Cancelled_TellsTheServer()
    {
        var client = await ServeAsync();
        using (var call = client.Produce(new Order { Chunks = 1_000_000, ChunkBytes = ChunkBytes }))
        {
            Assert.True(await call.ResponseStream.MoveNext());
        }

        await ServerSaysCancelled();
    }

    [Fact]
    public async Task Duplex_Cancelled_TellsTheServer()
    {
        var client = await ServeAsync();
        using var cancellation = new CancellationTokenSource();
        using var call = client.Talk(cancellationToken: cancellation.Token);
        await call.RequestStream.WriteAsync(new Question { Text = "first" });
        Assert.True(await call.ResponseStream.MoveNext());
        var read = call.ResponseStream.MoveNext();

        await cancellation.CancelAsync();

        Assert.Equal(StatusCode.Cancelled, (await Assert.ThrowsAsync<RpcException>(() => read)).StatusCode);
        await ServerSaysCancelled();
    }

    [Fact]
    public async Task ClientStream_OfAHundredMegabytes_Arrives()
    {
        var client = await ServeAsync();
        using var call = client.Collect();
        var chunk = new Chunk { Data = ByteString.CopyFrom(new byte[ChunkBytes]) };

        for (var count = 0; count < Chunks; count++)
        {
            await call.RequestStream.WriteAsync(chunk);
        }

        await call.RequestStream.CompleteAsync();

        Assert.Equal(new Total { Bytes = (long)Chunks * ChunkBytes, Chunks = Chunks }, await call);
    }

    [Fact]
    public async Task ServerStream_OfAHundredMegabytes_Arrives()
    {
        var client = await ServeAsync();
        using var call = client.Produce(new Order { Chunks = Chunks, ChunkBytes = ChunkBytes });

        Assert.Equal((long)Chunks * ChunkBytes, await call.ResponseStream.ReadAllAsync().Select(chunk => (long)chunk.Data.Length).SumAsync());
        Assert.Equal(StatusCode.OK, call.GetStatus().StatusCode);
    }

    [Fact]
    public async Task Duplex_QuestionByQuestion_IsAnswered()
    {
        var client = await ServeAsync();
        using var call = client.Talk();

        for (var count = 0; count < 100; count++)
        {
            await call.RequestStream.WriteAsync(new Question { Text = $"{count}" });
            Assert.True(await call.ResponseStream.MoveNext());
            Assert.Equal($"{count}", call.ResponseStream.Current.Text);
        }

        await call.RequestStream.CompleteAsync();
        Assert.False(await call.ResponseStream.MoveNext());
    }

    [Fact]
    public async Task Failure_AfterMessages_FollowsThem()
    {
        var client = await ServeAsync();
        using var call = client.Talk();
        await call.RequestStream.WriteAsync(new Question { Text = "fine" });
        Assert.True(await call.ResponseStream.MoveNext());
        await call.RequestStream.WriteAsync(new Question { FailWith = (int)StatusCode.DataLoss, Text = "überall" });

        var failure = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext());

        Assert.Equal(new Status(StatusCode.DataLoss, "überall"), failure.Status);
    }

    private async Task<Link.Link.LinkClient> ServeAsync()
    {
        server = node.Start("server.js", NodePeer.Proto, "gzip");
        var port = await server.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException(await server.StandardError.ReadToEndAsync());
        channel = GrpcChannel.ForAddress($"http://127.0.0.1:{int.Parse(port, CultureInfo.InvariantCulture)}");
        return new Link.Link.LinkClient(channel);
    }

    private async Task ServerSaysCancelled() => Assert.Equal("cancelled", await server!.StandardOutput.ReadLineAsync());
}
