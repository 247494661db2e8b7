using System.Globalization;
using System.Text.Json.Nodes;
using Argosy.Engine.Manifests;

namespace Argosy.Engine.Cron;

/// <summary>What happens at an instant when a child of an earlier one is still active.</summary>
public enum ConcurrencyPolicy
{
    /// <summary>Both run.</summary>
    Allow,

    /// <summary>The instant is skipped.</summary>
    Forbid,

    /// <summary>The active ones are terminated.</summary>
    Replace,
}

/// <summary>When a cron workflow submits its workflow. Fields of another type count as not set.</summary>
public sealed record CronSpec
{
    public IReadOnlyList<string> Schedules { get; private init; } = [];

    /// <summary>IANA name; empty for UTC.</summary>
    public string Timezone { get; private init; } = "";

    public bool Suspended { get; private init; }

    public ConcurrencyPolicy Concurrency { get; private init; }

    /// <summary>How late a missed instant may still be made up for; null: never.</summary>
    public long? StartingDeadlineSeconds { get; private init; }

    /// <summary>Succeeded children to keep.</summary>
    public int SuccessfulHistory { get; private init; } = 3;

    /// <summary>Children to keep that did not succeed.</summary>
    public int FailedHistory { get; private init; } = 1;

    /// <summary>Expression that, once true, stops the cron workflow for good.</summary>
    public string? StopExpression { get; private init; }

    /// <summary>Condition that must hold at an instant, with tags.</summary>
    public string? When { get; private init; }

    /// <summary>Everything that tells when it runs, in one text: whether it is another than before tells whether the schedule was changed.</summary>
    public string ScheduleText => string.Join(',', Schedules.Select(InZone));

    public static CronSpec Read(JsonObject spec)
    {
        var schedules = spec.TextsAt("schedules").ToList();
        if (spec.TextAt("schedule") is { Length: > 0 } only)
        {
            schedules.Add(only);
        }

        var stop = spec.ObjectAt("stopStrategy");
        return new CronSpec
        {
            Schedules = schedules,
            Timezone = spec.TextAt("timezone") ?? "",
            Suspended = spec.FlagAt("suspend"),
            Concurrency = Enum.TryParse<ConcurrencyPolicy>(spec.TextAt("concurrencyPolicy"), out var policy) ? policy : ConcurrencyPolicy.Allow,
            StartingDeadlineSeconds = Number(spec["startingDeadlineSeconds"]),
            SuccessfulHistory = Limit(spec["successfulJobsHistoryLimit"], 3),
            FailedHistory = Limit(spec["failedJobsHistoryLimit"], 1),
            StopExpression = NotEmpty(stop?.TextAt("expression")) ?? NotEmpty(stop?.TextAt("condition")),
            When = NotEmpty(spec.TextAt("when")),
        };
    }

    /// <summary>One of its schedules with its zone before it.</summary>
    public string InZone(string schedule) => Timezone.Length == 0 ? schedule : $"CRON_TZ={Timezone} {schedule}";

    /// <summary>Its schedules; those that cannot be read are left out. Intervals are counted from the origin.</summary>
    public IReadOnlyList<CronSchedule> ReadSchedules(DateTimeOffset origin) =>
        [.. Schedules.Select(InZone).Select(text => CronSchedule.TryParse(text, out _)?.CountedFrom(origin)).OfType<CronSchedule>()];

    private static int Limit(JsonNode? node, int usual) => Number(node) is >= 0 and var limit ? (int)Math.Min(limit, int.MaxValue) : usual;

    private static long? Number(JsonNode? node) =>
        long.TryParse(node.AnyText(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static string? NotEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
