using System.Globalization;
using System.Text.Json.Nodes;
using Argosy.ControlPlane.Resources;
using Argosy.ControlPlane.Synchronization;
using Argosy.Engine.Synchronization;
using Argosy.Engine.Workflows;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans;

namespace Argosy.ControlPlane.Workflows;

/// <summary>
/// Which workflows may run, and which wait because too many do. Nothing of it is stored: at the start every workflow that has not ended counts
/// as running until its grain says how it is, so a limit is never exceeded because of a restart.
/// </summary>
internal sealed class WorkflowQueue(IResources resources, IGrainFactory grains, IOptions<WorkflowOptions> options, TimeProvider time, ILogger<WorkflowQueue> log)
    : BackgroundService
{
    private const string NamespaceLabel = "workflows.argoproj.io/parallelism-limit";
    private const string NotCompleted = "workflows.argoproj.io/completed!=true";

    private readonly Lock gate = new();
    private readonly WorkflowSlots slots = new(options.Value.Parallelism, options.Value.NamespaceParallelism);
    private CancellationToken stopping;

    /// <summary>Wants to run.</summary>
    /// <returns>Whether it may at once; else its grain is told when it may.</returns>
    public bool Ask(string uid, string @namespace, int priority, DateTimeOffset createdAt)
    {
        Change(() => slots.Ask(uid, @namespace, priority, createdAt), except: uid);
        lock (gate)
        {
            return slots.Runs(uid);
        }
    }

    /// <summary>Has been running since before a restart.</summary>
    public void Keep(string uid, string @namespace) => Change(() => slots.Keep(uid, @namespace));

    /// <summary>Ended, or is gone. Repeating it changes nothing.</summary>
    public void Leave(string uid) => Change(() => slots.Leave(uid));

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var @namespace in await resources.ListAsync(Kinds.Namespace, null, null, cancellationToken))
        {
            slots.SetNamespaceLimit(NameOf(@namespace), LimitOf(@namespace));
        }

        foreach (var workflow in await resources.ListAsync(Kinds.Workflow, null, NotCompleted, cancellationToken))
        {
            slots.Presume(workflow["metadata"]!["uid"]!.GetValue<string>(), workflow["metadata"]!["namespace"]!.GetValue<string>());
        }

        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        stopping = stoppingToken;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await foreach (var change in resources.ObserveAsync(Kinds.Namespace, stoppingToken))
                {
                    var limit = change.Type == ResourceChangeType.Deleted ? null : LimitOf(change.Object);
                    Change(() => slots.SetNamespaceLimit(change.Key.Name, limit));
                }
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                // The hub is stopping.
            }
            catch (ApiException fallenBehind) when (fallenBehind.Code == 410)
            {
                // Too far behind the changes: every namespace is looked at again.
            }
        }
    }

    private void Change(Action change, string? except = null)
    {
        IReadOnlyList<string> admitted;
        lock (gate)
        {
            change();
            admitted = slots.Grant();
        }

        foreach (var uid in admitted.Where(uid => uid != except))
        {
            UntilHeard.SayAsync(() => grains.GetGrain<IWorkflowGrain>(uid).Ask(new Admitted()), time, log, stopping).Ignore();
        }
    }

    private static string NameOf(JsonObject @namespace) => @namespace["metadata"]!["name"]!.GetValue<string>();

    private static int? LimitOf(JsonObject @namespace) =>
        int.TryParse(@namespace["metadata"]?["labels"]?[NamespaceLabel]?.ToString(), NumberStyles.Integer, CultureInfo.InvariantCulture, out var limit) ? limit : null;
}
