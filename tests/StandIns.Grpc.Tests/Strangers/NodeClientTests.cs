using System.Text.Json;
using Argosy.StandIns.Grpc.Tests.Link;
using Argosy.StandIns.Grpc.Tests.Servers;
using Grpc.Core;

namespace Argosy.StandIns.Grpc.Tests.Strangers;

/// <summary>gRPC for Node calls our server.</summary>
[Collection(nameof(NodePeer))]
public sealed class NodeClientTests(NodePeer node)
{
    [Fact]
    public async Task NodeClient_OfOurServer_SeesAllItsStoriesEndWell()
    {
        await using var server = await LinkServer.StartAsync(options => options.ResponseCompressionAlgorithm = "gzip");
        using var cancelled = new SemaphoreSlim(0);
        Teach(server.Script, () => cancelled.Release());
        using var client = node.Start("client.js", NodePeer.Proto, server.Address.Authority);
        client.StandardInput.Close();
        var errors = client.StandardError.ReadToEndAsync();
        var stories = new List<string>();

        while (await client.StandardOutput.ReadLineAsync() is { } line)
        {
            using var told = JsonDocument.Parse(line);
            stories.Add(told.RootElement.GetProperty("story").GetString()!);
            Assert.Equal($"{stories[^1]}: ", $"{stories[^1]}: {told.RootElement.GetProperty("problem").GetString()}");
        }

        await client.WaitForExitAsync();
        Assert.True(client.ExitCode == 0 && stories.Count == 14, $"{client.ExitCode} after {stories.Count} stories: {await errors}");

        // Our handlers were told of both deadlines and both cancellations.
        for (var calls = 0; calls < 4; calls++)
        {
            await cancelled.WaitAsync();
        }
    }

    private static void Teach(LinkScript script, Action cancelled)
    {
        var (ask, produce, talk) = (script.Ask, script.Produce, script.Talk);
        script.Ask = async (question, context) =>
        {
            using var registration = context.CancellationToken.Register(cancelled);
            if (Echoed(context, "header-") is { Count: > 0 } headers)
            {
                await context.WriteResponseHeadersAsync(headers);
            }

            foreach (var entry in Echoed(context, "trailer-"))
            {
                context.ResponseTrailers.Add(entry);
            }

            return await ask(question, context);
        };
        script.Produce = async (order, chunks, context) =>
        {
            using var registration = context.CancellationToken.Register(cancelled);
            await produce(order, chunks, context);
        };
        script.Talk = async (questions, answers, context) =>
        {
            using var registration = context.CancellationToken.Register(cancelled);
            await talk(questions, answers, context);
        };
    }

    private static Metadata Echoed(ServerCallContext context, string prefix)
    {
        var metadata = new Metadata();
        foreach (var entry in context.RequestHeaders.Where(entry => entry.Key.StartsWith("x-", StringComparison.Ordinal)))
        {
            metadata.Add(entry.IsBinary ? new Metadata.Entry(prefix + entry.Key, entry.ValueBytes) : new Metadata.Entry(prefix + entry.Key, entry.Value));
        }

        return metadata;
    }
}
