using System.Text.Json.Nodes;
using Argosy.Cli.Client;
using Argosy.Engine.Cron;

namespace Argosy.Cli.Output;

/// <summary>Cron workflows as people read them.</summary>
internal sealed class CronTexts() : StoredManifestTexts(TemplateScope.Cron)
{
    private const string Never = "N/A";

    protected override IReadOnlyList<string> Columns => ["AGE", "LAST RUN", "NEXT RUN", "SCHEDULES", "TIMEZONE", "SUSPENDED"];

    protected override IReadOnlyList<string> Cells(JsonObject manifest, DateTimeOffset now)
    {
        var cron = new CronWorkflow(manifest);
        return
        [
            Durations.Short(now - cron.Created),
            cron.Status.LastScheduledTime is { } last ? Durations.Short(now - last) : Never,
            Next(cron, now) is { } next ? Durations.Short(next - now) : Never,
            string.Join(',', cron.Spec.Schedules),
            cron.Spec.Timezone,
            cron.Spec.Suspended ? "true" : "false",
        ];
    }

    protected override IEnumerable<(string Label, string Text)> Facts(JsonObject manifest, DateTimeOffset now)
    {
        var cron = new CronWorkflow(manifest);
        var (spec, status) = (cron.Spec, cron.Status);
        yield return ("Schedules", string.Join(',', spec.Schedules));
        yield return ("Suspended", spec.Suspended ? "true" : "false");
        if (spec.Timezone.Length > 0)
        {
            yield return ("Timezone", spec.Timezone);
        }

        if (spec.StartingDeadlineSeconds is { } deadline)
        {
            yield return ("StartingDeadlineSeconds", $"{deadline}");
        }

        yield return ("ConcurrencyPolicy", $"{spec.Concurrency}");
        if (status.LastScheduledTime is { } last)
        {
            yield return ("LastScheduledTime", Durations.Timestamp(last, now));
        }

        if (Next(cron, now) is { } next)
        {
            yield return ("NextScheduledTime", Durations.Timestamp(next, now));
        }

        if (status.Stopped)
        {
            yield return ("Phase", "Stopped");
        }

        if (status.Active.Count > 0)
        {
            yield return ("Active Workflows", string.Join(", ", status.Active.Select(run => run.Name)));
        }

        foreach (var (type, message) in status.Conditions)
        {
            yield return ("Conditions", $"{type} {message}");
        }
    }

    private static DateTimeOffset? Next(CronWorkflow cron, DateTimeOffset now) => cron.Spec.Suspended ? null : cron.Next(now);
}
