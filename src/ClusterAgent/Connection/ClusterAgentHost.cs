using System.Reflection;
using Argosy.ClusterAgent.Pods;
using Argosy.Contracts.Agents;
using Google.Protobuf.WellKnownTypes;
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
    private TimeSpan _pause;

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
        _pause = options.FirstReconnectPause;
        while (true)
        {
            Exception? reason = null;
            try
            {
                var session = new AgentSession(this);
                if (await session.LiveAsync(cancellationToken) == SessionEnd.Superseded)
                {
                    return;
                }
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                reason = e;
            }

            logger.Disconnected(options.Cluster, _pause, reason);
            await Task.Delay(Jittered(_pause), time, cancellationToken);
            _pause = TimeSpan.FromTicks(Math.Min(_pause.Ticks * 2, options.LongestReconnectPause.Ticks));
        }
    }

    /// <summary>Agents that lost the same hub must not all come back, or beat, at the same instant.</summary>
    private static TimeSpan Jittered(TimeSpan about) => about * (0.8 + (0.4 * Random.Shared.NextDouble()));

    private enum SessionEnd
    {
        HungUp,
        Superseded,
    }

    /// <summary>The three conversations of one session: hearing, telling, and showing a pulse. The first to end ends all.</summary>
    private sealed class AgentSession(ClusterAgentHost host)
    {
        private SessionEnd _end = SessionEnd.HungUp;

        public async Task<SessionEnd> LiveAsync(CancellationToken cancellationToken)
        {
            await using var session = await host.hub.ConnectAsync(host.Introduce(), host, cancellationToken);
            using var life = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var welcomed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            Task[] conversations =
            [
                HearAsync(session, welcomed, life.Token),
                TellAsync(session, welcomed.Task, life.Token),
                BeatAsync(welcomed.Task, life.Token),
            ];
            var first = await Task.WhenAny(conversations);
            await life.CancelAsync();
            await Task.WhenAll(conversations).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            await first;
            return _end;
        }

        private async Task HearAsync(IAgentSession session, TaskCompletionSource welcomed, CancellationToken cancellationToken)
        {
            await foreach (var message in session.ReceiveAsync(cancellationToken))
            {
                switch (message.BodyCase)
                {
                    case HubMessage.BodyOneofCase.Welcome:
                        host._outbox.BeginSession(message.Welcome.Epoch);
                        host._pause = host.options.FirstReconnectPause;
                        host.logger.Connected(host.options.Cluster, message.Welcome.Epoch);
                        welcomed.TrySetResult();
                        break;
                    case HubMessage.BodyOneofCase.ReportsDurable:
                        host._outbox.Acknowledge(message.ReportsDurable);
                        break;
                    case HubMessage.BodyOneofCase.Superseded:
                        host.logger.Superseded(host.options.Cluster, message.Superseded);
                        _end = SessionEnd.Superseded;
                        return;
                    case HubMessage.BodyOneofCase.Run:
                        await host.ObeyAsync(message.Run.Key, () => host.AcceptAsync(message.Run, cancellationToken));
                        break;
                    case HubMessage.BodyOneofCase.Cancel:
                        await host.ObeyAsync(message.Cancel.Key, () => host.runtime.CancelAsync(message.Cancel, cancellationToken));
                        break;
                    case HubMessage.BodyOneofCase.Release:
                        await host.ObeyAsync(message.Release, () => host.runtime.ReleaseAsync(message.Release, cancellationToken));
                        break;
                    case HubMessage.BodyOneofCase.None:
                        // A newer hub says something this agent does not know; fields are only ever added.
                        break;
                }
            }
        }

        private async Task TellAsync(IAgentSession session, Task welcomed, CancellationToken cancellationToken)
        {
            await welcomed.WaitAsync(cancellationToken);
            while (true)
            {
                var message = await host._outbox.TakeAsync(cancellationToken);
                await session.SendAsync(message, cancellationToken);
            }
        }

        private async Task BeatAsync(Task welcomed, CancellationToken cancellationToken)
        {
            await welcomed.WaitAsync(cancellationToken);
            while (true)
            {
                host._outbox.Beat(new Heartbeat
                {
                    Sent = Timestamp.FromDateTimeOffset(host.time.GetUtcNow()),
                    Running = (uint)host.runtime.RunningPods,
                });
                await Task.Delay(Jittered(host.options.HeartbeatInterval), host.time, cancellationToken);
            }
        }
    }

    private Hello Introduce()
    {
        var hello = new Hello { Cluster = options.Cluster, AgentVersion = Version, Runtime = runtime.Kind };
        hello.Facts.Add(new Dictionary<string, string>(options.Facts));
        hello.Inventory.Add(runtime.Inventory());
        return hello;
    }

    private async Task AcceptAsync(PodIntent intent, CancellationToken cancellationToken)
    {
        await runtime.AcceptAsync(intent, cancellationToken);
        _outbox.Accepted(intent.Key);
    }

    /// <summary>One order that cannot be carried out must not cost the session; the hub repeats what it does not see happen.</summary>
    private async Task ObeyAsync(AttemptKey key, Func<Task> order)
    {
        try
        {
            await order();
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            logger.OrderFailed(options.Cluster, key.Workflow, key.NodeId, e);
        }
    }
}
