using System.Text.Json.Nodes;
using Argosy.Engine.Cron;
using Argosy.Engine.Manifests;

namespace Argosy.Engine.Validation;

/// <summary>The fields of a cron workflow around its workflow.</summary>
internal static class CronRules
{
    public static void Check(Problems problems, JsonObject spec)
    {
        var cron = CronSpec.Read(spec);
        if (cron.Schedules.Count == 0)
        {
            problems.Add("spec.schedules", "cron workflow must have at least one schedule");
        }

        var isZone = CronTimeZone.Find(cron.Timezone) is not null;
        if (!isZone)
        {
            problems.Add("spec.timezone", $"invalid timezone \"{cron.Timezone}\": unknown time zone {cron.Timezone}");
        }

        foreach (var schedule in cron.Schedules)
        {
            if (CronSchedule.TryParse(isZone ? cron.InZone(schedule) : schedule, out var why) is null)
            {
                problems.Add("spec.schedules", $"cron schedule {schedule} is malformed: {why}");
            }
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
