using System.Threading.Channels;
using Argosy.Contracts.Agents;
using Argosy.ControlPlane.Workflows;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans;

namespace Argosy.ControlPlane.Dispatch;

/// <summary>
/// Brings reports to their workflows, all of one agent that wait for one workflow together, and tells agents up to which number they are
/// durable. A report that cannot be made durable ends its session: the agent comes back and repeats everything from there on, so that no later
/// acknowledgement can cover it.
/// </summary>
internal sealed class ReportIntake(IGrainFactory grains, ILogger<ReportIntake> log) : BackgroundService
{
    private const int MostAtOnce = 4096;

    private readonly Channel<Pending> queue = Channel.CreateBounded<Pending>(new BoundedChannelOptions(65_536) { SingleReader = true });

    private readonly record struct Pending(AgentSession Session, ulong Number, NodeReport Report);

    /// <summary>Takes one report; waits while the hub is behind.</summary>
    public ValueTask TakeAsync(AgentSession session, ulong number, NodeReport report, CancellationToken cancellationToken) =>
        queue.Writer.WriteAsync(new Pending(session, number, report), cancellationToken);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        List<Pending> batch = [];
        try
        {
            while (await queue.Reader.WaitToReadAsync(stoppingToken))
            {
                batch.Clear();
                while (batch.Count < MostAtOnce && queue.Reader.TryRead(out var pending))
                {
                    batch.Add(pending);
                }

                await TryDeliverAsync(batch);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // What was not delivered is not acknowledged: the agents report it again to the next process.
        }
    }

    // One agent's word must not end what all agents report to.
    private async Task TryDeliverAsync(List<Pending> batch)
    {
        try
        {
            await DeliverAsync(batch);
        }
        catch (Exception failure)
        {
            DispatchLog.BatchFailed(log, failure, batch.Count);
            foreach (var session in batch.Select(pending => pending.Session).Distinct())
            {
                session.HangUp();
            }
        }
    }

    private async Task DeliverAsync(List<Pending> batch)
    {
        batch.RemoveAll(pending => pending.Session.HungUp); // its agent repeats them in the next session
        var deliveries = batch.GroupBy(pending => (pending.Session, pending.Report.Key.WorkflowUid))
            .Select(group => DeliverAsync(group.Key.Session, group.Key.WorkflowUid, [.. group]));
        var refused = (await Task.WhenAll(deliveries)).OfType<AgentSession>().ToHashSet();
        foreach (var session in batch.GroupBy(pending => pending.Session))
        {
            if (refused.Contains(session.Key))
            {
                session.Key.HangUp();
            }
            else
            {
                await session.Key.SendAsync(new HubMessage { ReportsDurable = session.Max(pending => pending.Number) });
            }
        }
    }

    /// <returns>The session, when its reports could not be made durable.</returns>
    private async Task<AgentSession?> DeliverAsync(AgentSession session, string workflowUid, IReadOnlyList<Pending> reports)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                await grains.GetGrain<IWorkflowGrain>(workflowUid).Report(session.Cluster, [.. reports.Select(pending => pending.Report)]);
                return null;
            }
            catch (Exception failure)
            {
                // A grain that lost its journal to another writer, or failed to load, starts afresh on the next call.
                DispatchLog.ReportNotTaken(log, failure, workflowUid, reports.Count, attempt);
                if (attempt >= 2)
                {
                    return session;
                }
            }
        }
    }
}

internal static partial class DispatchLog
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "workflow {WorkflowUid}: {Count} reports were not taken (attempt {Attempt})")]
    public static partial void ReportNotTaken(ILogger log, Exception failure, string workflowUid, int count, int attempt);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Count} reports were not taken; their agents are asked to come back and repeat them")]
    public static partial void BatchFailed(ILogger log, Exception failure, int count);

    [LoggerMessage(Level = LogLevel.Warning, Message = "cluster {Cluster}: an artifact could not be passed on, the agent will try again: {Reason}")]
    public static partial void StoreFailed(ILogger log, string cluster, string reason);
}
