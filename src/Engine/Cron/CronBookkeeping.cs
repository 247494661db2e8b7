using Argosy.Engine.Expressions;

namespace Argosy.Engine.Cron;

/// <summary>What the children of a cron workflow make of its status.</summary>
/// <param name="Status">The status as it should be.</param>
/// <param name="Expired">Names of ended children that the history has no room for; they are deleted after the status is stored.</param>
public sealed record CronBookkeeping(CronStatus Status, IReadOnlyList<string> Expired)
{
    /// <summary>
    /// Takes up what has begun, counts what has ended, once each, and forgets what is gone. A child that was submitted without a trace in the
    /// status (the hub died in between) is known by the instant in its name.
    /// </summary>
    /// <param name="cron">The cron workflow with its status as it is stored.</param>
    /// <param name="children">All workflows with its label, and those that have just gone.</param>
    /// <param name="now">The time.</param>
    public static CronBookkeeping Of(CronWorkflow cron, IReadOnlyCollection<CronChild> children, DateTimeOffset now)
    {
        var status = TakeUp(cron.Status, children);
        var before = (status.Succeeded, status.Failed);
        status = Count(status, children);
        if ((status.Succeeded, status.Failed) != before && !status.Stopped)
        {
            status = CheckEnd(cron, status, now);
        }

        return new CronBookkeeping(status, [.. ExpiredOf(cron, children)]);
    }

    private static CronStatus TakeUp(CronStatus status, IReadOnlyCollection<CronChild> children)
    {
        var known = status.Active.Select(child => child.Uid).ToHashSet(StringComparer.Ordinal);
        var begun = children.Where(child => !known.Contains(child.Uid) && ((!child.HasEnded && !child.IsGone) || IsUnrecorded(child, status))).ToList();
        return begun.Count == 0 ? status : status with
        {
            Active = [.. status.Active, .. begun.OrderBy(child => child.Instant).Select(child => child.Reference)],
            LastScheduledTime = begun.Where(child => child.IsOwned).Select(child => child.Instant).Append(status.LastScheduledTime).Max(),
        };
    }

    private static bool IsUnrecorded(CronChild child, CronStatus status) =>
        child.IsOwned && child.Instant is { } instant && (status.LastScheduledTime is not { } last || instant > last);

    private static CronStatus Count(CronStatus status, IReadOnlyCollection<CronChild> children)
    {
        var byUid = children.ToDictionary(child => child.Uid, StringComparer.Ordinal);
        var over = status.Active
            .Where(reference => !byUid.TryGetValue(reference.Uid, out var child) || child.HasEnded || child.IsGone)
            .ToList();
        if (over.Count == 0)
        {
            return status;
        }

        var ended = over.Select(reference => byUid.GetValueOrDefault(reference.Uid)).Where(child => child is { HasEnded: true }).ToList();
        return status with
        {
            Active = [.. status.Active.Except(over)],
            Succeeded = status.Succeeded + ended.Count(child => child!.HasSucceeded),
            Failed = status.Failed + ended.Count(child => !child!.HasSucceeded),
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

    private static IEnumerable<string> ExpiredOf(CronWorkflow cron, IReadOnlyCollection<CronChild> children)
    {
        var ended = children.Where(child => child.HasEnded && !child.IsGone).OrderByDescending(child => child.FinishedAt).ThenByDescending(child => child.Instant).ToList();
        return ended.Where(child => child.HasSucceeded).Skip(cron.Spec.SuccessfulHistory)
            .Concat(ended.Where(child => !child.HasSucceeded).Skip(cron.Spec.FailedHistory))
            .Where(child => !child.IsKept)
            .Select(child => child.Name);
    }
}
