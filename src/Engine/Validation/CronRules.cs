using System.Text.Json.Nodes;
using Argosy.Engine.Manifests;

namespace Argosy.Engine.Validation;

/// <summary>The fields of a cron workflow around its workflow.</summary>
internal static class CronRules
{
    public static void Check(Problems problems, JsonObject spec)
    {
        var schedules = spec.TextsAt("schedules").ToList();
        if (spec.TextAt("schedule") is { Length: > 0 } only)
        {
            schedules.Add(only);
        }

        if (schedules.Count == 0)
        {
            problems.Add("spec.schedules", "cron workflow must have at least one schedule");
        }

        foreach (var schedule in schedules)
        {
            if (CronSyntax.Problem(schedule) is { } why)
            {
                problems.Add("spec.schedules", $"cron schedule {schedule} is malformed: {why}");
            }
        }

        var timezone = spec.TextAt("timezone") ?? "";
        if (timezone is not ("" or "UTC" or "Local") && !TimeZoneInfo.TryFindSystemTimeZoneById(timezone, out _))
        {
            problems.Add("spec.timezone", $"invalid timezone \"{timezone}\": unknown time zone {timezone}");
        }

        if (spec.TextAt("concurrencyPolicy") is { } policy && policy is not ("" or "Allow" or "Forbid" or "Replace"))
        {
            problems.Add("spec.concurrencyPolicy", $"'{policy}' is not a valid concurrencyPolicy");
        }

        if (spec["startingDeadlineSeconds"].AnyText() is ['-', ..])
        {
            problems.Add("spec.startingDeadlineSeconds", "startingDeadlineSeconds must be positive");
        }
    }
}
