using System.IO.Compression;
using System.Net.Http.Headers;
using Argosy.StandIns.Grpc.Tests.Link;
using Argosy.StandIns.Grpc.Tests.Servers;
using Google.Protobuf;
using Grpc.Core;

namespace Argosy.StandIns.Grpc.Tests;

/// <summary>Messages on their way: how large they may be, and how they are made smaller.</summary>
public sealed class MessageTests
{
    private const int DefaultLimit = 4 * 1024 * 1024;

    private static readonly Metadata Gzip = new() { { "grpc-internal-encoding-request", "gzip" } };

    [Fact]
    public async Task Message_AboveTheServersLimit_IsResourceExhausted()
    {
        await using var server = await LinkServer.StartAsync();
        using var call = server.Client.Collect();

        await Assert.ThrowsAsync<RpcException>(async () =>
        {
            await call.RequestStream.WriteAsync(Bytes(DefaultLimit));
            await call.RequestStream.CompleteAsync();
            await call;
        });

        Assert.Equal(StatusCode.ResourceExhausted, call.GetStatus().StatusCode);
    }

    [Fact]
    public async Task Message_AtTheLimit_Passes()
    {
        var message = Bytes(DefaultLimit - 5);
        Assert.Equal(DefaultLimit, message.CalculateSize());
        await using var server = await LinkServer.StartAsync();
        using var call = server.Client.Collect();

        await call.RequestStream.WriteAsync(message);
        await call.RequestStream.CompleteAsync();

        Assert.Equal(message.Data.Length, (await call).Bytes);
    }

    [Fact]
    public async Task Message_AboveTheClientsLimit_IsResourceExhausted()
    {
        await using var server = await LinkServer.StartAsync();
        using var call = server.Client.Produce(new Order { Chunks = 1, ChunkBytes = DefaultLimit });

        var failure = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext());

        Assert.Equal(StatusCode.ResourceExhausted, failure.StatusCode);
    }

    [Fact]
    public async Task Limits_Lifted_LetLargeMessagesThrough()
    {
        await using var server = await LinkServer.StartAsync(options => options.MaxReceiveMessageSize = null);
        using var channel = server.OpenChannel(options => options.MaxReceiveMessageSize = null);
        using var call = new Link.Link.LinkClient(channel).Talk();
        await call.RequestStream.WriteAsync(new Question { Text = new string('x', 3 * DefaultLimit) });

        Assert.True(await call.ResponseStream.MoveNext());
        Assert.Equal(3 * DefaultLimit, call.ResponseStream.Current.Text.Length);
    }

    [Fact]
    public async Task Message_AboveTheLimitOfSending_IsNotSent()
    {
        await using var server = await LinkServer.StartAsync(options => options.MaxSendMessageSize = 100);
        using var channel = server.OpenChannel(options => options.MaxSendMessageSize = 1000);
        var client = new Link.Link.LinkClient(channel);

        var ofClient = await Assert.ThrowsAsync<RpcException>(async () => await client.AskAsync(new Question { Text = new string('x', 1001) }));
        var ofServer = await Assert.ThrowsAsync<RpcException>(async () => await client.AskAsync(new Question { Text = new string('x', 101) }));

        Assert.Equal(StatusCode.ResourceExhausted, ofClient.StatusCode);
        Assert.Equal(StatusCode.ResourceExhausted, ofServer.StatusCode);
    }

    [Fact]
    public async Task Gzip_AskedForByBothSides_ShrinksBothWays()
    {
        await using var server = await LinkServer.StartAsync(options =>
        {
            options.ResponseCompressionAlgorithm = "gzip";
            options.ResponseCompressionLevel = CompressionLevel.Optimal;
        });
        var text = new string('x', 100_000);
        string? encoding = null;
        server.Script.Ask = (question, context) =>
        {
            encoding = context.GetHttpContext().Request.Headers["grpc-encoding"];
            return Task.FromResult(new Answer { Text = question.Text });
        };
        using var counted = new CountingHandler();
        using var channel = server.OpenChannel(options => options.HttpHandler = counted);

        var answer = await new Link.Link.LinkClient(channel).AskAsync(new Question { Text = text }, Gzip);

        Assert.Equal(text, answer.Text);
        Assert.Equal("gzip", encoding);
        Assert.InRange(counted.Sent, 1, 2000);
        Assert.InRange(counted.Received, 1, 2000);
    }

    [Fact]
    public async Task Gzip_OfAStream_CanBeLeftOutMessageByMessage()
    {
        await using var server = await LinkServer.StartAsync();
        using var call = server.Client.Collect(Gzip);

        await call.RequestStream.WriteAsync(Bytes(1000));
        call.RequestStream.WriteOptions = new WriteOptions(WriteFlags.NoCompress | WriteFlags.BufferHint);
        await call.RequestStream.WriteAsync(Bytes(1000));
        await call.RequestStream.CompleteAsync();

        Assert.Equal(new Total { Bytes = 2000, Chunks = 2 }, await call);
    }

    [Fact]
    public async Task Gzip_ChosenByTheHandler_IsUndoneByTheClient()
    {
        await using var server = await LinkServer.StartAsync();
        server.Script.Ask = async (question, context) =>
        {
            await context.WriteResponseHeadersAsync(Gzip);
            return new Answer { Text = question.Text };
        };

        Assert.Equal("hello", (await server.Client.AskAsync(new Question { Text = "hello" })).Text);
    }

    [Fact]
    public async Task Gzip_OfAnEmptyMessage_IsNone()
    {
        await using var server = await LinkServer.StartAsync(options => options.ResponseCompressionAlgorithm = "gzip");
        using var http = server.Http();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/argosy.tests.link.Link/Ask")
        {
            Content = new ByteArrayContent(new byte[5]) { Headers = { ContentType = new MediaTypeHeaderValue("application/grpc") } },
            Version = http.DefaultRequestVersion,
            VersionPolicy = http.DefaultVersionPolicy,
            Headers = { { "grpc-accept-encoding", "gzip" } },
        };

        using var response = await http.SendAsync(request);

        Assert.Equal(["gzip"], response.Headers.GetValues("grpc-encoding"));
        Assert.Equal(new byte[5], await response.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task Gzip_ThatSwellsPastTheLimit_IsResourceExhausted()
    {
        await using var server = await LinkServer.StartAsync();
        using var call = server.Client.Collect(Gzip);

        // A few kilobytes on the wire.
        await call.RequestStream.WriteAsync(Bytes(2 * DefaultLimit));
        await call.RequestStream.CompleteAsync();

        Assert.Equal(StatusCode.ResourceExhausted, (await Assert.ThrowsAsync<RpcException>(async () => await call)).StatusCode);
    }

    [Fact]
    public async Task Encoding_NobodyKnows_IsRefusedBeforeItIsSent()
    {
        await using var server = await LinkServer.StartAsync();

        Assert.Throws<InvalidOperationException>(() =>
        {
            server.Client.AskAsync(new Question(), new Metadata { { "grpc-internal-encoding-request", "zip" } });
        });
    }

    private static Chunk Bytes(int count) => new() { Data = UnsafeByteOperations.UnsafeWrap(new byte[count]) };

    /// <summary>Counts the bytes of messages on the wire.</summary>
    private sealed class CountingHandler : DelegatingHandler
    {
        public CountingHandler()
            : base(new SocketsHttpHandler())
        {
        }

        public long Sent { get; private set; }

        public long Received { get; private set; }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var sent = await request.Content!.ReadAsByteArrayAsync(cancellationToken);
            Sent += sent.Length;
            request.Content = With(request.Content, sent);
            var response = await base.SendAsync(request, cancellationToken);
            var received = await response.Content.ReadAsByteArrayAsync(cancellationToken);
            Received += received.Length;
            response.Content = With(response.Content, received);
            return response;
        }

        private static ByteArrayContent With(HttpContent like, byte[] bytes)
        {
            var content = new ByteArrayContent(bytes);
            content.Headers.ContentType = like.Headers.ContentType;
            return content;
        }
    }
}
