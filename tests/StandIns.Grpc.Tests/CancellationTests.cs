using Argosy.StandIns.Grpc.Tests.Link;
using Argosy.StandIns.Grpc.Tests.Servers;
using Google.Protobuf;
using Grpc.Core;

namespace Argosy.StandIns.Grpc.Tests;

/// <summary>Either side can give up, and the other is told.</summary>
public sealed class CancellationTests
{
    private readonly TaskCompletionSource running = new();
    private readonly TaskCompletionSource told = new();

    [Fact]
    public async Task Token_OfAUnaryCall_CancelsItOnBothSides()
    {
        await using var server = await Hanging();
        using var cancellation = new CancellationTokenSource();
        using var call = server.Client.AskAsync(new Question(), cancellationToken: cancellation.Token);
        await running.Task;

        await cancellation.CancelAsync();

        Assert.Equal(StatusCode.Cancelled, (await Assert.ThrowsAsync<RpcException>(async () => await call)).StatusCode);
        Assert.Equal(StatusCode.Cancelled, call.GetStatus().StatusCode);
        await told.Task;
    }

    [Fact]
    public async Task Token_CancelledBefore_SendsNothing()
    {
        await using var server = await LinkServer.StartAsync();
        server.Script.Ask = (_, _) => throw new InvalidOperationException("was asked");

        var failure = await Assert.ThrowsAsync<RpcException>(async () =>
            await server.Client.AskAsync(new Question(), cancellationToken: new CancellationToken(canceled: true)));

        Assert.Equal(StatusCode.Cancelled, failure.StatusCode);
    }

    [Fact]
    public async Task Call_Disposed_IsCancelledOnBothSides()
    {
        await using var server = await Hanging();
        var call = server.Client.Talk();
        await running.Task;
        var read = call.ResponseStream.MoveNext();

        call.Dispose();

        Assert.Equal(StatusCode.Cancelled, (await Assert.ThrowsAsync<RpcException>(() => read)).StatusCode);
        Assert.Equal(StatusCode.Cancelled, (await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext())).StatusCode);
        await told.Task;
    }

    [Fact]
    public async Task ServerStream_DisposedHalfRead_StopsTheServer()
    {
        await using var server = await LinkServer.StartAsync();
        server.Script.Produce = async (_, chunks, context) =>
        {
            context.CancellationToken.Register(told.SetResult);
            while (!context.CancellationToken.IsCancellationRequested)
            {
                await chunks.WriteAsync(new Chunk { Data = ByteString.CopyFrom(new byte[10_000]) });
            }
        };
        using (var call = server.Client.Produce(new Order()))
        {
            Assert.True(await call.ResponseStream.MoveNext());
        }

        await told.Task;
    }

    [Fact]
    public async Task Token_OfARead_CancelsTheCall()
    {
        await using var server = await Hanging();
        using var call = server.Client.Talk();
        await running.Task;
        using var cancellation = new CancellationTokenSource();
        var read = call.ResponseStream.MoveNext(cancellation.Token);

        await cancellation.CancelAsync();

        Assert.Equal(StatusCode.Cancelled, (await Assert.ThrowsAsync<RpcException>(() => read)).StatusCode);
        await told.Task;
    }

    [Fact]
    public async Task Channel_Disposed_CancelsItsCallsAndTakesNoMore()
    {
        await using var server = await Hanging();
        var channel = server.OpenChannel();
        var client = new Link.Link.LinkClient(channel);
        using var call = client.AskAsync(new Question());
        await running.Task;

        channel.Dispose();

        Assert.Equal(StatusCode.Cancelled, (await Assert.ThrowsAsync<RpcException>(async () => await call)).StatusCode);
        Assert.Throws<ObjectDisposedException>(() => { client.AskAsync(new Question()); });
        await told.Task;
    }

    [Fact]
    public async Task Handler_ReadingFromACancelledCall_IsInterrupted_AndDoesNotTakeItForTheEnd()
    {
        await using var server = await LinkServer.StartAsync();
        var interrupted = new TaskCompletionSource<Exception>();
        server.Script.Collect = async (chunks, _) =>
        {
            var reading = chunks.MoveNext();
            running.SetResult(); // not before: who begins to read from a call that is over is told so in other words
            try
            {
                await reading;
                return new Total();
            }
            catch (Exception problem)
            {
                interrupted.SetResult(problem);
                throw;
            }
        };
        var call = server.Client.Collect();
        await running.Task;

        call.Dispose();

        Assert.IsAssignableFrom<IOException>(await interrupted.Task);
    }

    private async Task<LinkServer> Hanging()
    {
        var server = await LinkServer.StartAsync();
        server.Script.Ask = (_, context) => Hang<Answer>(context);
        server.Script.Talk = (_, _, context) => Hang<Answer>(context);
        return server;
    }

    private Task<T> Hang<T>(ServerCallContext context)
    {
        running.SetResult();
        return LinkScript.HangAsync<T>(context, told);
    }
}
