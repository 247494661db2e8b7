using Argosy.StandIns.Grpc.Tests.Link;
using Argosy.StandIns.Grpc.Tests.Servers;
using Google.Protobuf;
using Grpc.Core;

namespace Argosy.StandIns.Grpc.Tests;

/// <summary>A reader that does not read stops its writer, long before the stream is in memory.</summary>
public sealed class FlowTests
{
    private const int ChunkBytes = 64 * 1024;
    private const int Chunks = 1600; // 100 MB

    // More than the windows of either side ever grow to, and far less than the stream.
    private const int MostInFlight = 40 * 1024 * 1024;

    private static readonly Chunk Chunk = new() { Data = ByteString.CopyFrom(new byte[ChunkBytes]) };

    [Fact]
    public async Task Stream_OfAHundredMegabytesUp_Arrives()
    {
        await using var server = await LinkServer.StartAsync();
        using var call = server.Client.Collect();

        for (var count = 0; count < Chunks; count++)
        {
            await call.RequestStream.WriteAsync(Chunk);
        }

        await call.RequestStream.CompleteAsync();

        Assert.Equal(new Total { Bytes = (long)Chunks * ChunkBytes, Chunks = Chunks }, await call);
    }

    [Fact]
    public async Task Stream_OfAHundredMegabytesDown_Arrives()
    {
        await using var server = await LinkServer.StartAsync();
        using var call = server.Client.Produce(new Order { Chunks = Chunks, ChunkBytes = ChunkBytes });

        var bytes = await call.ResponseStream.ReadAllAsync().Select(chunk => (long)chunk.Data.Length).SumAsync();

        Assert.Equal((long)Chunks * ChunkBytes, bytes);
    }

    [Fact]
    public async Task Client_ThatDoesNotRead_StopsTheServersWrites()
    {
        await using var server = await LinkServer.StartAsync();
        var stalled = new Stall();
        server.Script.Produce = async (_, chunks, _) => await stalled.WriteUntilStalledAsync(() => chunks.WriteAsync(Chunk));
        using var call = server.Client.Produce(new Order());
        await call.ResponseHeadersAsync;

        await stalled.Seen;
        var written = stalled.Written;
        Assert.InRange(written * ChunkBytes, 0, MostInFlight);

        // It goes on where it stopped.
        for (var count = 0; count < written; count++)
        {
            Assert.True(await call.ResponseStream.MoveNext());
        }

        await stalled.Over;
    }

    [Fact]
    public async Task Server_ThatDoesNotRead_StopsTheClientsWrites()
    {
        await using var server = await LinkServer.StartAsync();
        var go = new TaskCompletionSource();
        var count = server.Script.Collect;
        server.Script.Collect = async (chunks, context) =>
        {
            await go.Task;
            return await count(chunks, context);
        };
        using var call = server.Client.Collect();
        var stalled = new Stall();
        var writing = stalled.WriteUntilStalledAsync(() => call.RequestStream.WriteAsync(Chunk));

        await stalled.Seen;
        Assert.InRange(stalled.Written * ChunkBytes, 0, MostInFlight);

        go.SetResult();
        await writing;
        await call.RequestStream.CompleteAsync();
        Assert.Equal(stalled.Written, (await call).Chunks);
    }

    /// <summary>Writes until a write waits for the reader, tells so, and ends when that write has gone through.</summary>
    private sealed class Stall
    {
        private readonly TaskCompletionSource seen = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource over = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int written;

        public Task Seen => seen.Task;

        public Task Over => over.Task;

        public int Written => Volatile.Read(ref written);

        public async Task WriteUntilStalledAsync(Func<Task> write)
        {
            while (true)
            {
                var writing = write();

                // A write that nothing holds back takes microseconds; only one that waits for the reader is still going on after this.
                var stalled = await Task.WhenAny(writing, Task.Delay(TimeSpan.FromMilliseconds(500))) != writing;
                if (stalled)
                {
                    seen.TrySetResult();
                }

                await writing;
                Interlocked.Increment(ref written);
                if (stalled)
                {
                    over.TrySetResult();
                    return;
                }
            }
        }
    }
}
