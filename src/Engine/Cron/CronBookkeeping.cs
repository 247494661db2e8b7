using Argosy.Engine.Expressions;

namespace Argosy.Engine.Cron;

/// <summary>What the runs of a cron workflow make of its status.</summary>
/// <param name="Status">The status as it should be.</param>
/// <param name="Expired">Names of ended runs that the history has no room for; they are deleted after the status is stored.</param>
public sealed record CronBookkeeping(CronStatus Status, IReadOnlyList<string> Expired)
{
    /// <summary>
    /// Takes up what has begun, counts what has ended, once each, and forgets what is gone. A run that was submitted without a trace in the
    /// status (the hub died in between) is known by the instant in its name.
    /// </summary>
    /// <param name="cron">The cron workflow with its status as it is stored.</param>
    /// <param name="runs">All workflows with its label, and those that have just gone.</param>
    /// <param name="now">The time.</param>
    public static CronBookkeeping Of(CronWorkflow cron, IReadOnlyCollection<CronRun> runs, DateTimeOffset now)
    {
        var status = TakeUp(cron.Status, runs);
        var before = (status.Succeeded, status.Failed);
        status = Count(status, runs);
        if ((status.Succeeded, status.Failed) != before && !status.Stopped)
        {
            status = CheckEnd(cron, status, now);
        }

        return new CronBookkeeping(status, [.. ExpiredOf(cron, runs)]);
    }

    private static CronStatus TakeUp(CronStatus status, IReadOnlyCollection<CronRun> runs)
    {
        var known = status.Active.Select(run => run.Uid).ToHashSet(StringComparer.Ordinal);
        var begun = runs.Where(run => !known.Contains(run.Uid) && ((!run.HasEnded && !run.IsGone) || IsUnrecorded(run, status))).ToList();
        return begun.Count == 0 ? status : status with
        {
            Active = [.. status.Active, .. begun.OrderBy(run => run.Instant).Select(run => run.Reference)],
            LastScheduledTime = begun.Where(run => run.IsOwned).Select(run => run.Instant).Append(status.LastScheduledTime).Max(),
        };
    }

    private static bool IsUnrecorded(CronRun run, CronStatus status) =>
        run.IsOwned && run.Instant is { } instant && (status.LastScheduledTime is not { } last || instant > last);

    private static CronStatus Count(CronStatus status, IReadOnlyCollection<CronRun> runs)
    {
        var byUid = runs.ToDictionary(run => run.Uid, StringComparer.Ordinal);
        var over = status.Active
            .Where(reference => !byUid.TryGetValue(reference.Uid, out var run) || run.HasEnded || run.IsGone)
            .ToList();
        if (over.Count == 0)
        {
            return status;
        }

        var ended = over.Select(reference => byUid.GetValueOrDefault(reference.Uid)).Where(run => run is { HasEnded: true }).ToList();
        return status with
        {
            Active = [.. status.Active.Except(over)],
            Succeeded = status.Succeeded + ended.Count(run => run!.HasSucceeded),
            Failed = status.Failed + ended.Count(run => !run!.HasSucceeded),
        };
    }

    private static CronStatus CheckEnd(CronWorkflow cron, CronStatus status, DateTimeOffset now)
    {
        try
        {
            return CronDecision.IsAtEnd(new CronWorkflow(cron.Manifest) { Status = status }, now) ? status with { Stopped = true } : status;
        }
        catch (ExpressionException mistake)
        {
            return status.With(CronStatus.SpecError, $"failed to check CronWorkflow '{cron.Name}' stopping condition: {mistake.Message}");
        }
    }

    private static IEnumerable<string> ExpiredOf(CronWorkflow cron, IReadOnlyCollection<CronRun> runs)
    {
        var ended = runs.Where(run => run.HasEnded && !run.IsGone).OrderByDescending(run => run.FinishedAt).ThenByDescending(run => run.Instant).ToList();
        return ended.Where(run => run.HasSucceeded).Skip(cron.Spec.SuccessfulHistory)
            .Concat(ended.Where(run => !run.HasSucceeded).Skip(cron.Spec.FailedHistory))
            .Where(run => !run.IsKept)
            .Select(run => run.Name);
    }
}
