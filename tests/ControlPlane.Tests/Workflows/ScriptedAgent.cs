using System.Threading.Channels;
using Argosy.Contracts.Agents;
using Argosy.ControlPlane.Hosting;

namespace Argosy.ControlPlane.Tests.Workflows;

/// <summary>An agent whose every word the test says.</summary>
internal sealed class ScriptedAgent : IAgentServices, IAsyncDisposable
{
    private readonly IAgentSession session;
    private readonly Channel<HubMessage> heard = Channel.CreateUnbounded<HubMessage>();
    private readonly List<HubMessage> passedOver = [];
    private readonly CancellationTokenSource ends = new();
    private readonly Task listening;
    private ulong number;

    private ScriptedAgent(IAgentSession session)
    {
        this.session = session;
        listening = ListenAsync();
    }

    public static async Task<ScriptedAgent> ConnectAsync(RunningHub hub, string cluster, params AttemptKey[] inventory)
    {
        var hello = new Hello { Cluster = cluster, Runtime = "scripted" };
        hello.Inventory.Add(inventory);
        return new ScriptedAgent(await hub.AgentLink.ConnectAsync(hello, new NoLogs(), CancellationToken.None));
    }

    /// <summary>What the hub has said that no test has asked for yet.</summary>
    public IReadOnlyList<HubMessage> PassedOver => passedOver;

    /// <summary>Speaks over a session that someone else opened.</summary>
    public static ScriptedAgent Over(IAgentSession session) => new(session);

    /// <summary>Says whatever the test likes.</summary>
    public ValueTask SaysAsync(AgentMessage message) => session.SendAsync(message, TestContext.Current.CancellationToken);

    /// <summary>The next message of the hub that is of this kind; others are kept for later.</summary>
    public async Task<HubMessage> HearsAsync(HubMessage.BodyOneofCase kind)
    {
        if (passedOver.Find(message => message.BodyCase == kind) is { } earlier)
        {
            passedOver.Remove(earlier);
            return earlier;
        }

        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(60));
        await foreach (var message in heard.Reader.ReadAllAsync(patience.Token))
        {
            if (message.BodyCase == kind)
            {
                return message;
            }

            passedOver.Add(message);
        }

        throw new InvalidOperationException($"the hub hung up before it said {kind}");
    }

    public async Task<PodIntent> IsAskedToRunAsync() => (await HearsAsync(HubMessage.BodyOneofCase.Run)).Run;

    /// <summary>Reports and waits until the hub says that the report is durable.</summary>
    public async Task ReportsAsync(AttemptKey key, PodPhase phase, string message = "")
    {
        await session.SendAsync(
            new AgentMessage { Number = ++number, Report = new NodeReport { Key = key, Phase = phase, Message = message } }, CancellationToken.None);
        await HearsAsync(HubMessage.BodyOneofCase.ReportsDurable);
    }

    /// <summary>Reports success with artifacts where the intent wants them.</summary>
    public async Task SucceedsWithAsync(PodIntent intent, params StoredArtifact[] artifacts)
    {
        var report = new NodeReport { Key = intent.Key, Phase = PodPhase.PodSucceeded };
        report.Artifacts.Add(artifacts);
        await session.SendAsync(new AgentMessage { Number = ++number, Report = report }, CancellationToken.None);
        await HearsAsync(HubMessage.BodyOneofCase.ReportsDurable);
    }

    public IAsyncEnumerable<LogLine> ReadLogAsync(LogRequest request, CancellationToken cancellationToken) =>
        new NoLogs().ReadLogAsync(request, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await ends.CancelAsync();
        await session.DisposeAsync();
        await listening;
        ends.Dispose();
    }

    private async Task ListenAsync()
    {
        try
        {
            await foreach (var message in session.ReceiveAsync(ends.Token))
            {
                heard.Writer.TryWrite(message);
            }
        }
        catch (OperationCanceledException) when (ends.IsCancellationRequested)
        {
            // The test is over.
        }

        heard.Writer.TryComplete();
    }

    private sealed class NoLogs : IAgentServices
    {
        public IAsyncEnumerable<LogLine> ReadLogAsync(LogRequest request, CancellationToken cancellationToken) => AsyncEnumerable.Empty<LogLine>();
    }
}
