using Argosy.Engine.Expressions;

namespace Argosy.Engine.Cron;

/// <summary>What is to be done about the instants up to now.</summary>
public abstract record CronDecision
{
    /// <summary>There is none.</summary>
    public sealed record Nothing : CronDecision;

    /// <summary>The instant comes to nothing, for a reason that is not a mistake.</summary>
    public sealed record Skip(DateTimeOffset Instant, string Reason) : CronDecision;

    /// <summary>The cron workflow has reached its end: it never runs again.</summary>
    public sealed record Stop(DateTimeOffset Instant) : CronDecision;

    /// <summary>Whether it should run cannot be told.</summary>
    public sealed record Confusion(DateTimeOffset Instant, string Condition, string Message) : CronDecision;

    /// <summary>A child is to be submitted, after these active ones were terminated.</summary>
    public sealed record Submit(DateTimeOffset Instant, IReadOnlyList<ChildReference> Replaced) : CronDecision;

    /// <summary>
    /// Decides. However many instants have gone by, only the latest may run. It is one that came while somebody watched, or a missed one:
    /// that needs a starting deadline that has not passed, an earlier child, and a schedule that has not changed since.
    /// </summary>
    /// <param name="cron">The cron workflow with its status as it is.</param>
    /// <param name="watchedSince">Instants after this one are not missed.</param>
    /// <param name="now">The time.</param>
    public static CronDecision Of(CronWorkflow cron, DateTimeOffset watchedSince, DateTimeOffset now)
    {
        if (cron.Status.Stopped || Due(cron, watchedSince, now) is not { } instant)
        {
            return new Nothing();
        }

        try
        {
            if (IsAtEnd(cron, now))
            {
                return new Stop(instant);
            }
        }
        catch (ExpressionException mistake)
        {
            return new Confusion(
                instant, CronStatus.SpecError, $"failed to check CronWorkflow '{cron.Name}' stopping condition: {mistake.Message}");
        }

        if (cron.Spec.Suspended)
        {
            return new Skip(instant, "suspended");
        }

        try
        {
            if (!Holds(cron, now))
            {
                return new Skip(instant, "its condition does not hold");
            }
        }
        catch (ExpressionException mistake)
        {
            return new Confusion(instant, CronStatus.SubmissionError, $"run policy error: {mistake.Message}");
        }

        return (cron.Spec.Concurrency, cron.Status.Active.Count) switch
        {
            (ConcurrencyPolicy.Forbid, > 0) => new Skip(instant, "another child is active"),
            (ConcurrencyPolicy.Replace, _) => new Submit(instant, cron.Status.Active),
            (ConcurrencyPolicy.Allow or ConcurrencyPolicy.Forbid, _) => new Submit(instant, []),
        };
    }

    /// <summary>Whether the stop strategy says that it is over.</summary>
    /// <exception cref="ExpressionException">The expression is wrong.</exception>
    internal static bool IsAtEnd(CronWorkflow cron, DateTimeOffset now) =>
        cron.Spec.StopExpression is { } expression
        && Expression.Parse(expression).EvaluateBoolean(new CronVariables(cron, now).Environment);

    private static DateTimeOffset? Due(CronWorkflow cron, DateTimeOffset watchedSince, DateTimeOffset now)
    {
        var after = watchedSince;
        var last = cron.Status.LastScheduledTime;
        if (last is not null
            && cron.Spec.StartingDeadlineSeconds is > 0 and var deadline
            && cron.Annotations.GetValueOrDefault(CronWorkflow.LastScheduleAnnotation) == cron.Spec.ScheduleText)
        {
            // An instant at the very end of its deadline is too late.
            var allowed = now.AddSeconds(-Math.Min(deadline, (now - DateTimeOffset.UnixEpoch).TotalSeconds));
            after = allowed < after ? allowed : after;
        }

        return cron.Latest(last > after ? last.Value : after, now);
    }

    private static bool Holds(CronWorkflow cron, DateTimeOffset now)
    {
        if (cron.Spec.When is not { } when)
        {
            return true;
        }

        var rendered = TagText.Parse(when).Render(new CronVariables(cron, now));
        return rendered.Unresolved.Concat(rendered.Absent).FirstOrDefault() is { } open
            ? throw new ExpressionException($"failed to resolve {{{{{open}}}}}")
            : WhenCondition.Evaluate(rendered.Text);
    }
}
