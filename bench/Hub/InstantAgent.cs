using System.Diagnostics;
using Argosy.Contracts.Agents;
using Google.Protobuf.WellKnownTypes;

namespace Argosy.Hub.Bench;

/// <summary>An agent whose pods succeed the moment they are asked for. It keeps its own count of them, for the audit.</summary>
internal sealed class InstantAgent : IAsyncDisposable
{
    private static readonly TimeSpan HeartbeatInterval = TimeSpan.FromSeconds(5);

    private readonly IAgentSession session;
    private readonly CancellationTokenSource stopping = new();
    private readonly SemaphoreSlim speaking = new(1);
    private readonly Dictionary<AttemptKey, int> dispatched = [];
    private readonly List<TimeSpan> gaps = [];
    private Task working = Task.CompletedTask;
    private ulong number;
    private long firstIntent;
    private long lastIntent;
    private long lastReport;

    private InstantAgent(IAgentSession session) => this.session = session;

    public static async Task<InstantAgent> ConnectAsync(IHubLink hub, string cluster)
    {
        var session = await hub.ConnectAsync(
            new Hello { Cluster = cluster, AgentVersion = "bench", Runtime = "embedded" }, new NoLogs(), CancellationToken.None);
        var agent = new InstantAgent(session);
        agent.working = Task.WhenAll(agent.AnswerAsync(), agent.BeatAsync());
        return agent;
    }

    /// <summary>How often each pod was asked for since the last <see cref="Reset"/>. Read it only when nothing runs.</summary>
    public IReadOnlyDictionary<AttemptKey, int> Dispatched => dispatched;

    /// <summary>From one report to the next intent; says something where pods run one after another. Read it only when nothing runs.</summary>
    public List<TimeSpan> Gaps => gaps;

    /// <summary>When the first and the last intent came, as stopwatch timestamps.</summary>
    public (long First, long Last) Intents => (firstIntent, lastIntent);

    public void Reset()
    {
        firstIntent = 0;
        dispatched.Clear();
        gaps.Clear();
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await working.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await session.DisposeAsync();
        speaking.Dispose();
        stopping.Dispose();
    }

    private async Task AnswerAsync()
    {
        await foreach (var message in session.ReceiveAsync(stopping.Token))
        {
            if (message.BodyCase != HubMessage.BodyOneofCase.Run)
            {
                continue;
            }

            var intent = message.Run;
            lastIntent = Stopwatch.GetTimestamp();
            firstIntent = firstIntent == 0 ? lastIntent : firstIntent;
            gaps.Add(Stopwatch.GetElapsedTime(lastReport, lastIntent));
            dispatched[intent.Key] = dispatched.GetValueOrDefault(intent.Key) + 1;
            lastReport = Stopwatch.GetTimestamp();
            var report = new NodeReport { Key = intent.Key, Epoch = intent.Epoch, Phase = PodPhase.PodSucceeded, HasExitCode = true, Host = "bench" };
            await SayAsync(new AgentMessage { Report = report });
        }
    }

    private async Task BeatAsync()
    {
        using var timer = new PeriodicTimer(HeartbeatInterval);
        while (await timer.WaitForNextTickAsync(stopping.Token))
        {
            await SayAsync(new AgentMessage { Heartbeat = new Heartbeat { Sent = Timestamp.FromDateTimeOffset(TimeProvider.System.GetUtcNow()) } });
        }
    }

    private async Task SayAsync(AgentMessage message)
    {
        await speaking.WaitAsync(stopping.Token);
        try
        {
            message.Number = ++number;
            await session.SendAsync(message, stopping.Token);
        }
        finally
        {
            speaking.Release();
        }
    }

    private sealed class NoLogs : IAgentServices
    {
        public IAsyncEnumerable<LogLine> ReadLogAsync(LogRequest request, CancellationToken cancellationToken) =>
            AsyncEnumerable.Empty<LogLine>();
    }
}
