using System.Threading.Channels;
using Argosy.Contracts.Agents;
using Argosy.ControlPlane.Workflows;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans;

namespace Argosy.ControlPlane.Dispatch;

/// <summary>
/// Brings reports to their workflows, all that wait for one workflow together, and tells agents up to which number they are durable.
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

                await DeliverAsync(batch);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // What was not delivered is not acknowledged: the agents report it again to the next process.
        }
    }

    private async Task DeliverAsync(List<Pending> batch)
    {
        var deliveries = batch.GroupBy(pending => pending.Report.Key.WorkflowUid).Select(group => DeliverAsync(group.Key, [.. group]));
        var outcomes = await Task.WhenAll(deliveries);
        var failed = outcomes.SelectMany(outcome => outcome).ToHashSet();

        // An acknowledgement covers everything before it, so it stops at the first report that did not become durable.
        foreach (var session in batch.GroupBy(pending => pending.Session))
        {
            ulong durable = 0;
            foreach (var pending in session.OrderBy(pending => pending.Number))
            {
                if (failed.Contains(pending))
                {
                    break;
                }

                durable = pending.Number;
            }

            if (durable > 0)
            {
                await session.Key.SendAsync(new HubMessage { ReportsDurable = durable });
            }
        }
    }

    private async Task<IReadOnlyList<Pending>> DeliverAsync(string workflowUid, IReadOnlyList<Pending> reports)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                await grains.GetGrain<IWorkflowGrain>(workflowUid).Report([.. reports.Select(pending => pending.Report)]);
                return [];
            }
            catch (Exception failure)
            {
                // A grain that lost its journal to another writer, or failed to load, starts afresh on the next call.
                DispatchLog.ReportNotTaken(log, failure, workflowUid, reports.Count, attempt);
                if (attempt >= 2)
                {
                    return reports;
                }
            }
        }
    }
}

internal static partial class DispatchLog
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "workflow {WorkflowUid}: {Count} reports were not taken (attempt {Attempt})")]
    public static partial void ReportNotTaken(ILogger log, Exception failure, string workflowUid, int count, int attempt);
}
