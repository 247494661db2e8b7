using Argosy.StandIns.Grpc.Tests.Link;
using Google.Protobuf;
using Grpc.Core;

namespace Argosy.StandIns.Grpc.Tests.Servers;

/// <summary>What a test's server does with each kind of call. As it stands it answers; a test replaces what it is about.</summary>
internal sealed class LinkScript
{
    public Func<Question, ServerCallContext, Task<Answer>> Ask { get; set; } = async (question, context) =>
    {
        if (question.Hang)
        {
            await Task.Delay(Timeout.Infinite, context.CancellationToken);
        }

        return Answered(question);
    };

    public Func<IAsyncStreamReader<Chunk>, ServerCallContext, Task<Total>> Collect { get; set; } = async (chunks, _) =>
    {
        var total = new Total();
        await foreach (var chunk in chunks.ReadAllAsync())
        {
            total.Bytes += chunk.Data.Length;
            total.Chunks++;
        }

        return total;
    };

    public Func<Order, IServerStreamWriter<Chunk>, ServerCallContext, Task> Produce { get; set; } = async (order, chunks, _) =>
    {
        var chunk = new Chunk { Data = ByteString.CopyFrom(new byte[order.ChunkBytes]) };
        for (var count = 0; count < order.Chunks; count++)
        {
            await chunks.WriteAsync(chunk);
        }
    };

    public Func<IAsyncStreamReader<Question>, IServerStreamWriter<Answer>, ServerCallContext, Task> Talk { get; set; } =
        async (questions, answers, context) =>
        {
            await foreach (var question in questions.ReadAllAsync())
            {
                if (question.Hang)
                {
                    await Task.Delay(Timeout.Infinite, context.CancellationToken);
                }

                await answers.WriteAsync(Answered(question));
            }
        };

    /// <summary>Waits until the call's token fires, and tells the test.</summary>
    public static async Task<T> HangAsync<T>(ServerCallContext context, TaskCompletionSource cancelled)
    {
        context.CancellationToken.Register(cancelled.SetResult);
        await Task.Delay(Timeout.Infinite, context.CancellationToken);
        throw new InvalidOperationException("nobody gave up");
    }

    private static Answer Answered(Question question) => question.FailWith == 0
        ? new Answer { Text = question.Text }
        : throw new RpcException(new Status((StatusCode)question.FailWith, question.Text));
}
