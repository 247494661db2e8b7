using System.Text.Json.Nodes;
using Argosy.ControlPlane.Resources;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Argosy.ControlPlane.Archive;

/// <summary>
/// Archives every workflow that has ended: the label <c>workflow-archiving-status</c> says Pending from its end on, and Archived when it is
/// safe. What a killed hub left Pending is archived by the next one.
/// </summary>
internal sealed class ArchiveController(
    IResources resources, WorkflowArchive archive, NodeStore nodes, IOptions<ArchiveOptions> options, TimeProvider time, ILogger<ArchiveController> log)
    : BackgroundService
{
    public const string StatusLabel = "workflows.argoproj.io/workflow-archiving-status";

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan BetweenSweeps = TimeSpan.FromHours(1);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(ArchiveAsync(stoppingToken), SweepAsync(stoppingToken));

    private async Task ArchiveAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await foreach (var change in resources.ObserveAsync(Kinds.Workflow, stoppingToken))
                {
                    await HandleAsync(change, stoppingToken);
                }
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return; // what is Pending is archived when the hub starts again
            }
            catch (Exception failure)
            {
                if (failure is not ApiException { Code: 410 })
                {
                    ArchiveLog.NotArchived(log, failure);
                }

                await Task.Delay(Pause, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task HandleAsync(ResourceChange change, CancellationToken stoppingToken)
    {
        if (change.Type == ResourceChangeType.Deleted)
        {
            await CloseAsync(change, stoppingToken);
        }
        else if (ArchivingStatus(change.Object) == "Pending")
        {
            await archive.KeepAsync(change.Object, stoppingToken);
            await resources.ModifyAsync(change.Key, workflow => MarkArchived(workflow, change.Uid), stoppingToken);
        }
    }

    /// <summary>The object is gone: what was not archived yet is, and nodes that nobody can ask for any more go.</summary>
    private async Task CloseAsync(ResourceChange change, CancellationToken stoppingToken)
    {
        if (ArchivingStatus(change.Object) == "Pending")
        {
            await archive.KeepAsync(change.Object, stoppingToken);
        }
        else if (await archive.FindLightAsync(change.Uid, stoppingToken) is null)
        {
            await nodes.DeleteAsync(change.Uid, stoppingToken);
        }
    }

    private async Task SweepAsync(CancellationToken stoppingToken)
    {
        while (options.Value.TimeToLiveDays > 0 && !stoppingToken.IsCancellationRequested)
        {
            try
            {
                var live = (await resources.ListAsync(Kinds.Workflow, null, null, stoppingToken)).Select(UidOf).ToHashSet(StringComparer.Ordinal);
                foreach (var uid in await archive.EndedBeforeAsync(time.GetUtcNow().AddDays(-options.Value.TimeToLiveDays), stoppingToken))
                {
                    await archive.DeleteAsync(uid, keepsNodes: live.Contains(uid), stoppingToken);
                }
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                ArchiveLog.NotArchived(log, failure);
            }

            await Task.Delay(BetweenSweeps, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static bool MarkArchived(JsonObject workflow, string uid)
    {
        if (UidOf(workflow) != uid || ArchivingStatus(workflow) != "Pending")
        {
            return false; // it was retried, or replaced, meanwhile
        }

        workflow["metadata"]!["labels"]![StatusLabel] = "Archived";
        return true;
    }

    private static string? ArchivingStatus(JsonObject workflow) => workflow["metadata"]?["labels"]?[StatusLabel]?.GetValue<string>();

    private static string UidOf(JsonObject workflow) => workflow["metadata"]?["uid"]?.GetValue<string>() ?? "";
}

internal static partial class ArchiveLog
{
    [LoggerMessage(Level = LogLevel.Error, Message = "ended workflows could not be archived; they are looked at again")]
    public static partial void NotArchived(ILogger log, Exception failure);
}
