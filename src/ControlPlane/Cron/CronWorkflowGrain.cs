using System.Text.Json.Nodes;
using Argosy.ControlPlane.Resources;
using Argosy.ControlPlane.Workflows;
using Argosy.Engine.Cron;
using Microsoft.Extensions.Logging;
using Orleans;
using Orleans.Runtime;

namespace Argosy.ControlPlane.Cron;

/// <summary>
/// Keeps the books of a cron workflow, decides about the instants that have come, and waits for the next one. The child of an instant is
/// created before the status says so; its name is that of the instant, so doing it again does it once.
/// </summary>
internal sealed class CronWorkflowGrain(CronObject objects, IWorkflowVerbs verbs, TimeProvider time, ILogger<CronWorkflowGrain> log)
    : Grain, ICronWorkflowGrain
{
    /// <summary>The system's clock may be set meanwhile, and timers do not know.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(1);

    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LastRetry = TimeSpan.FromSeconds(30);

    private ResourceKey? key;
    private IGrainTimer? alarm;
    private TimeSpan retry = FirstRetry;
    private string? schedule;
    private DateTimeOffset watchedSince;
    private long checkedGeneration;

    private string Uid => this.GetPrimaryKeyString();

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        DelayDeactivation(TimeSpan.MaxValue);
        return Task.CompletedTask;
    }

    public Task Look(string @namespace, string name)
    {
        key = new ResourceKey(Kinds.CronWorkflow, @namespace, name);
        alarm ??= RegisterGrainTimer(_ => CareAsync(null), new GrainTimerCreationOptions(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan));
        return CareAsync(null);
    }

    public Task ChildChanged() => CareAsync(null);

    public Task ChildGone(string workflow) => CareAsync((JsonObject)JsonNode.Parse(workflow)!);

    public Task Forget()
    {
        key = null;
        alarm?.Dispose();
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    private async Task CareAsync(JsonObject? gone)
    {
        if (key is null)
        {
            return;
        }

        try
        {
            Wait(await ActAsync(key, gone));
            retry = FirstRetry;
        }
        catch (Exception failure)
        {
            CronLog.Failed(log, failure, key.Namespace!, key.Name, Uid, retry);
            alarm!.Change(retry, Timeout.InfiniteTimeSpan);
            retry = retry * 2 < LastRetry ? retry * 2 : LastRetry;
        }
    }

    /// <summary>Answers the next instant.</summary>
    private async Task<DateTimeOffset?> ActAsync(ResourceKey cronKey, JsonObject? gone)
    {
        if (await objects.FindAsync(cronKey, Uid) is not { } cron)
        {
            return null;
        }

        var now = time.GetUtcNow();
        if (schedule != cron.Spec.ScheduleText)
        {
            (schedule, watchedSince) = (cron.Spec.ScheduleText, now); // instants that the new schedule names in the past never were
        }

        cron = await CheckAsync(cron, cronKey);
        cron = await KeepBooksAsync(cron, cronKey, gone, now);
        await CarryOutAsync(CronDecision.Of(cron, watchedSince, now), cron, cronKey);
        watchedSince = now;
        return cron.Next(now);
    }

    /// <summary>A spec that someone has just written is looked at once before its time comes.</summary>
    private async Task<CronWorkflow> CheckAsync(CronWorkflow cron, ResourceKey cronKey)
    {
        var generation = cron.Manifest.Generation();
        if (generation == checkedGeneration)
        {
            return cron;
        }

        var problem = await objects.ProblemAsync(cron);
        checkedGeneration = generation;
        return await StoreConditionAsync(cron, cronKey, CronStatus.SpecError, problem, looked: false);
    }

    private async Task<CronWorkflow> KeepBooksAsync(CronWorkflow cron, ResourceKey cronKey, JsonObject? gone, DateTimeOffset now)
    {
        var children = await objects.ChildrenAsync(cron, gone is null ? null : CronChild.Read(gone, cron, isGone: true));
        var books = CronBookkeeping.Of(cron, children, now);
        if (!ReferenceEquals(books.Status, cron.Status))
        {
            cron = await objects.StoreAsync(cronKey, Uid, stored => CronBookkeeping.Of(stored, children, now).Status) ?? cron;
        }

        foreach (var child in books.Expired)
        {
            await objects.DeleteChildAsync(cron, child);
        }

        return cron;
    }

    private async Task CarryOutAsync(CronDecision decision, CronWorkflow cron, ResourceKey cronKey)
    {
        switch (decision)
        {
            case CronDecision.Submit due:
                await SubmitAsync(due, cron, cronKey);
                break;
            case CronDecision.Skip skip:
                CronLog.Skipped(log, cron.Namespace, cron.Name, skip.Instant, skip.Reason);
                await objects.StoreAsync(cronKey, Uid, stored => stored.Status, looked: true);
                break;
            case CronDecision.Stop:
                await objects.StoreAsync(cronKey, Uid, stored => stored.Status with { Stopped = true }, looked: true);
                break;
            case CronDecision.Confusion confusion:
                await StoreConditionAsync(cron, cronKey, confusion.Condition, confusion.Message, looked: true);
                break;
        }
    }

    private async Task SubmitAsync(CronDecision.Submit due, CronWorkflow cron, ResourceKey cronKey)
    {
        if (await objects.ProblemAsync(cron) is { } problem)
        {
            await StoreConditionAsync(cron, cronKey, CronStatus.SpecError, problem, looked: true);
            return;
        }

        foreach (var active in due.Replaced)
        {
            await TerminateAsync(cron, active);
        }

        try
        {
            var submitted = await objects.SubmitAsync(cron, due.Instant);
            CronLog.Submitted(log, cron.Namespace, cron.Name, submitted.Name);
            await objects.StoreAsync(cronKey, Uid, stored => Submitted(stored.Status, submitted.Reference, due.Instant), looked: true);
        }
        catch (ApiException refusal) when (refusal.Code < 500)
        {
            var message = $"Failed to submit Workflow: {refusal.Message}";
            CronLog.Condition(log, cron.Namespace, cron.Name, CronStatus.SubmissionError, message);
            await objects.StoreAsync(cronKey, Uid, stored => Refused(stored.Status, message, due.Instant), looked: true);
        }
    }

    private async Task TerminateAsync(CronWorkflow cron, ChildReference child)
    {
        try
        {
            await verbs.TerminateAsync(cron.Namespace, child.Name, CancellationToken.None);
        }
        catch (ApiException refusal)
        {
            CronLog.NotTerminated(log, cron.Namespace, cron.Name, child.Name, refusal.Message); // it has ended, or is gone
        }
    }

    private async Task<CronWorkflow> StoreConditionAsync(CronWorkflow cron, ResourceKey cronKey, string type, string? message, bool looked)
    {
        var known = cron.Status.Conditions.FirstOrDefault(condition => condition.Type == type).Message;
        if (known == message && !looked)
        {
            return cron;
        }

        if (message is not null && known != message)
        {
            CronLog.Condition(log, cron.Namespace, cron.Name, type, message);
        }

        return await objects.StoreAsync(
            cronKey, Uid,
            stored => known == message ? stored.Status : message is null ? stored.Status.Without(type) : stored.Status.With(type, message),
            looked) ?? cron;
    }

    private static CronStatus Submitted(CronStatus status, ChildReference child, DateTimeOffset instant) =>
        status.Without(CronStatus.SubmissionError).Without(CronStatus.SpecError) with
        {
            Active = status.Active.Contains(child) ? status.Active : [.. status.Active, child],
            LastScheduledTime = instant,
        };

    private static CronStatus Refused(CronStatus status, string message, DateTimeOffset instant) =>
        status.With(CronStatus.SubmissionError, message) with { Failed = status.Failed + 1, LastScheduledTime = instant };

    private void Wait(DateTimeOffset? next)
    {
        var wait = next is { } instant ? instant - time.GetUtcNow() : Timeout.InfiniteTimeSpan;
        alarm!.Change(
            next is null ? Timeout.InfiniteTimeSpan : wait < TimeSpan.Zero ? TimeSpan.Zero : wait < LongestWait ? wait : LongestWait,
            Timeout.InfiniteTimeSpan);
    }
}
