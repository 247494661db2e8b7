using System.Reflection;
using Argosy.ClusterAgent.Pods;
using Argosy.Contracts.Agents;
using Microsoft.Extensions.Logging;

namespace Argosy.ClusterAgent.Connection;

/// <summary>Why an agent has stopped serving.</summary>
public enum AgentEnd
{
    /// <summary>It was told to.</summary>
    Stopped,

    /// <summary>Another agent of the same cluster has taken over.</summary>
    Superseded,
}

/// <summary>
/// One cluster's agent: keeps a session with the hub, hands its intents to the runtime and carries the runtime's reports back. Pods
/// live on while the connection is down; embedded ones end with <see cref="RunAsync"/>.
/// </summary>
public sealed class ClusterAgentHost(
    ClusterAgentOptions options, IHubLink hub, IPodRuntime runtime, TimeProvider time, ILogger<ClusterAgentHost> logger) : IAgentServices
{
    private static readonly string Version =
        typeof(ClusterAgentHost).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    private readonly ReportOutbox _outbox = new();
    private volatile bool _connected;

    /// <summary>What the cluster has and what its pods ask for; null as long as nobody knows, and where nobody counts.</summary>
    public Func<Capacity?> Capacity { get; init; } = () => null;

    /// <summary>Whether the hub has welcomed the agent and the session goes on.</summary>
    public bool IsConnected => _connected;

    /// <summary>Serves the cluster until cancelled, or until another agent of the same cluster took over.</summary>
    public async Task<AgentEnd> RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            await runtime.StartAsync(_outbox, cancellationToken);
            await StayConnectedAsync(cancellationToken);
            return AgentEnd.Superseded;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The host shuts down; what is on disk, or in the cluster, tells the next life where this one stopped.
            return AgentEnd.Stopped;
        }
        finally
        {
            await runtime.StopAsync();
        }
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<LogLine> ReadLogAsync(LogRequest request, CancellationToken cancellationToken) =>
        runtime.ReadLogAsync(request, cancellationToken);

    /// <summary>Returns when another agent took over.</summary>
    private async Task StayConnectedAsync(CancellationToken cancellationToken)
    {
        var pause = options.FirstReconnectPause;
        while (true)
        {
            long? welcomed = null;
            Exception? reason = null;
            try
            {
                if (await ServeSessionAsync(() => welcomed = time.GetTimestamp(), cancellationToken) == SessionEnd.Superseded)
                {
                    return;
                }
            }
            catch (Exception e)
            {
                cancellationToken.ThrowIfCancellationRequested();
                reason = e;
            }

            // A hub that welcomes and hangs up at once is not asked ten times a second.
            if (welcomed is { } since && time.GetElapsedTime(since) > options.LongestReconnectPause)
            {
                pause = options.FirstReconnectPause;
            }

            var wait = reason is HubRefusedException ? options.RefusedPause : pause;
            Tell(reason, wait);
            await Task.Delay(Jitter.About(wait), time, cancellationToken);
            pause = TimeSpan.FromTicks(Math.Min(pause.Ticks * 2, options.LongestReconnectPause.Ticks));
        }
    }

    private async Task<SessionEnd> ServeSessionAsync(Action welcomed, CancellationToken cancellationToken)
    {
        try
        {
            await using var link = await hub.ConnectAsync(Introduce(), this, cancellationToken);
            var session = new AgentSession(link, options, runtime, Capacity, _outbox, time, logger);
            session.Welcomed += () =>
            {
                _connected = true;
                welcomed();
            };
            return await session.LiveAsync(cancellationToken);
        }
        finally
        {
            _connected = false;
        }
    }

    private void Tell(Exception? reason, TimeSpan pause)
    {
        switch (reason)
        {
            case null:
                logger.SessionEnded(options.Cluster);
                break;
            case HubRefusedException:
                logger.Refused(options.Cluster, pause, reason.Message);
                break;
            case IOException or TimeoutException:
                logger.Disconnected(options.Cluster, pause, reason.Message, null);
                break;
            default:
                logger.Disconnected(options.Cluster, pause, reason.Message, reason);
                break;
        }
    }

    private Hello Introduce()
    {
        var hello = new Hello { Cluster = options.Cluster, AgentVersion = Version, Runtime = runtime.Kind };
        hello.Facts.Add(new Dictionary<string, string>(options.Facts));
        hello.Inventory.Add(runtime.Inventory());
        hello.Workflows.Add(runtime.Workflows());
        return hello;
    }
}
