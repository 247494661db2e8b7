using System.Reflection;
using Argosy.ClusterAgent.Pods;
using Argosy.Contracts.Agents;
using Microsoft.Extensions.Logging;

namespace Argosy.ClusterAgent.Connection;

/// <summary>
/// One cluster's agent: keeps a session with the hub, hands its intents to the runtime and carries the runtime's reports back. Pods
/// live on while the connection is down; they end with <see cref="RunAsync"/>.
/// </summary>
public sealed class ClusterAgentHost(
    ClusterAgentOptions options, IHubLink hub, IPodRuntime runtime, TimeProvider time, ILogger<ClusterAgentHost> logger) : IAgentServices
{
    private static readonly string Version =
        typeof(ClusterAgentHost).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    private readonly ReportOutbox _outbox = new();

    /// <summary>Serves the cluster until cancelled, or until another agent of the same cluster took over.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            await runtime.StartAsync(_outbox, cancellationToken);
            await StayConnectedAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The host shuts down; what is on disk tells the next life where this one stopped.
        }
        finally
        {
            await runtime.StopAsync();
        }
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<LogLine> ReadLogAsync(LogRequest request, CancellationToken cancellationToken) =>
        runtime.ReadLogAsync(request, cancellationToken);

    private async Task StayConnectedAsync(CancellationToken cancellationToken)
    {
        var pause = options.FirstReconnectPause;
        while (true)
        {
            Exception? reason = null;
            try
            {
                await using var link = await hub.ConnectAsync(Introduce(), this, cancellationToken);
                var session = new AgentSession(link, options, runtime, _outbox, time, logger);
                session.Welcomed += () => pause = options.FirstReconnectPause;
                if (await session.LiveAsync(cancellationToken) == SessionEnd.Superseded)
                {
                    return;
                }
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                reason = e;
            }

            logger.Disconnected(options.Cluster, pause, reason);
            await Task.Delay(Jitter.About(pause), time, cancellationToken);
            pause = TimeSpan.FromTicks(Math.Min(pause.Ticks * 2, options.LongestReconnectPause.Ticks));
        }
    }

    private Hello Introduce()
    {
        var hello = new Hello { Cluster = options.Cluster, AgentVersion = Version, Runtime = runtime.Kind };
        hello.Facts.Add(new Dictionary<string, string>(options.Facts));
        hello.Inventory.Add(runtime.Inventory());
        return hello;
    }
}
