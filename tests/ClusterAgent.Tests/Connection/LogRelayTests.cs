using Argosy.Contracts.Agents;
using Grpc.Core;

namespace Argosy.ClusterAgent.Tests.Connection;

/// <summary>Logs that the hub orders on the session, and gets by calls of their own.</summary>
public sealed class LogRelayTests
{
    private static CancellationToken Patience => TestContext.Current.CancellationToken;

    [Fact]
    public async Task LinesThatAreThere_TravelTogether_AndTheReceiptEndsIt()
    {
        await using var test = await LinkTest.StartAsync();
        var parts = new TaskCompletionSource<List<LogPart>>();
        test.Hub.Script.SendLog = async (requests, _) =>
        {
            parts.SetResult(await requests.ReadAllAsync().ToListAsync(Patience));
            return new LogReceipt();
        };
        foreach (var number in Enumerable.Range(0, 1000))
        {
            test.Services.Lines.Writer.TryWrite(new LogLine { Text = $"line {number}" });
        }

        test.Services.Lines.Writer.Complete();
        await using var session = await test.ConnectAsync();
        var receiving = ReceiveAllAsync(session);

        test.Hub.Script.Say(Order(7));
        var received = await parts.Task.WaitAsync(Patience);

        Assert.Equal(7UL, received[0].Number);
        Assert.Equal(Enumerable.Range(0, 1000).Select(number => $"line {number}"), received.SelectMany(part => part.Lines).Select(line => line.Text));
        Assert.InRange(received.Count, 2, 10);
        test.Hub.Script.EndSession();
        Assert.DoesNotContain(await receiving, message => message.SendLog is not null);
    }

    [Fact]
    public async Task QuietLog_NobodyReadsAnyMore_StopsReadingIt()
    {
        await using var test = await LinkTest.StartAsync();
        var read = new TaskCompletionSource();
        test.Hub.Script.SendLog = async (requests, _) =>
        {
            await requests.MoveNext();
            await requests.MoveNext();
            read.SetResult();
            return new LogReceipt();
        };
        test.Services.Lines.Writer.TryWrite(new LogLine { Text = "the only one" });
        await using var session = await test.ConnectAsync();
        var receiving = ReceiveAllAsync(session);

        test.Hub.Script.Say(Order(1));
        await read.Task.WaitAsync(Patience);

        await test.Services.Cancelled.Task.WaitAsync(TimeSpan.FromSeconds(30), Patience);
        Assert.False(receiving.IsCompleted);
    }

    [Fact]
    public async Task SessionEnds_WhileALogIsFollowed_StopsReadingIt()
    {
        await using var test = await LinkTest.StartAsync();
        var read = new TaskCompletionSource();
        test.Hub.Script.SendLog = async (requests, context) =>
        {
            await requests.MoveNext();
            read.SetResult();
            await requests.MoveNext();
            return new LogReceipt();
        };
        var session = await test.ConnectAsync();
        var receiving = ReceiveAllAsync(session);
        test.Hub.Script.Say(Order(1));
        await read.Task.WaitAsync(Patience);

        test.Hub.Script.EndSession();
        await receiving;
        await session.DisposeAsync();

        Assert.True(test.Services.Cancelled.Task.IsCompleted);
    }

    [Fact]
    public async Task LogsThatTheHubDoesNotRead_FillTheirConnection_AndHoldBackNoReport()
    {
        await using var test = await LinkTest.StartAsync();
        test.Hub.Script.SendLog = async (_, context) =>
        {
            await Task.Delay(Timeout.Infinite, context.CancellationToken);
            return new LogReceipt();
        };
        await using var session = await test.ConnectAsync();
        var receiving = ReceiveAllAsync(session);
        for (var line = 0; line < 8192; line++)
        {
            test.Services.Lines.Writer.TryWrite(new LogLine { Text = new string('x', 1024) });
        }

        test.Hub.Script.Say(Order(1));
        test.Hub.Script.Say(Order(2)); // one alone does not fill a connection
        await test.Services.TakenAsync(1000);

        var report = new NodeReport { Key = new AttemptKey { NodeId = "a" }, Result = new string('x', 512 * 1024) };
        await session.SendAsync(new AgentMessage { Report = report }, Patience).AsTask().WaitAsync(TimeSpan.FromSeconds(30), Patience);

        await test.Hub.Script.HearsAsync(message => message.Report is not null);
        Assert.True(test.Services.Lines.Reader.Count > 4096, "the agent took lines that the hub does not");
        Assert.False(receiving.IsCompleted);
    }

    private static HubMessage Order(ulong number) => new()
    {
        SendLog = new LogOrder { Number = number, Request = new LogRequest { Key = new AttemptKey { NodeId = "a" }, Container = "main", Follow = true } },
    };

    private static async Task<List<HubMessage>> ReceiveAllAsync(IAgentSession session) => await session.ReceiveAsync(Patience).ToListAsync(Patience);
}
