using System.Text.Json.Nodes;
using Argosy.Engine.Manifests;

namespace Argosy.Engine.Cron;

/// <summary>A CronWorkflow object as decisions read it.</summary>
public sealed class CronWorkflow
{
    /// <summary>On a child: the name of its cron workflow.</summary>
    public const string ChildLabel = "workflows.argoproj.io/cron-workflow";

    /// <summary>On a child: the instant it was submitted for, which is its <c>workflow.scheduledTime</c>.</summary>
    public const string ScheduledTimeAnnotation = "workflows.argoproj.io/scheduled-time";

    /// <summary>On a cron workflow: the schedule at the last instant it was looked at.</summary>
    public const string LastScheduleAnnotation = "cronworkflows.argoproj.io/last-used-schedule";

    /// <summary>On a cron workflow that has stopped for good.</summary>
    public const string CompletedLabel = "cronworkflows.argoproj.io/completed";

    public CronWorkflow(JsonObject manifest)
    {
        Manifest = manifest;
        var metadata = manifest.ObjectAt("metadata") ?? [];
        Name = metadata.TextAt("name") ?? "";
        Namespace = metadata.TextAt("namespace") ?? "default";
        Uid = metadata.TextAt("uid") ?? "";
        Created = CronStatus.Time(metadata.TextAt("creationTimestamp")) ?? DateTimeOffset.UnixEpoch;
        Labels = Texts(metadata.ObjectAt("labels"));
        Annotations = Texts(metadata.ObjectAt("annotations"));
        Spec = CronSpec.Read(manifest.ObjectAt("spec") ?? []);
        Status = CronStatus.Read(manifest.ObjectAt("status"));
    }

    public JsonObject Manifest { get; }

    public string Name { get; }

    public string Namespace { get; }

    public string Uid { get; }

    /// <summary>Also the origin of its intervals.</summary>
    public DateTimeOffset Created { get; }

    public IReadOnlyDictionary<string, string> Labels { get; }

    public IReadOnlyDictionary<string, string> Annotations { get; }

    public CronSpec Spec { get; }

    public CronStatus Status { get; init; }

    /// <summary>The first instant after this one; null when it does not run any more.</summary>
    public DateTimeOffset? Next(DateTimeOffset after) => Status.Stopped ? null : NextOfSchedules(after);

    /// <summary>The same, whether it still runs or not.</summary>
    public DateTimeOffset? NextOfSchedules(DateTimeOffset after) =>
        Spec.ReadSchedules(Created).Select(schedule => schedule.Next(after)).Where(next => next is not null).Min();

    /// <summary>The latest instant after the one and not after the other.</summary>
    public DateTimeOffset? Latest(DateTimeOffset after, DateTimeOffset until) =>
        Spec.ReadSchedules(Created).Select(schedule => schedule.Latest(after, until)).Where(latest => latest is not null).Max();

    private static Dictionary<string, string> Texts(JsonObject? map) =>
        (map ?? []).Where(entry => entry.Value.Text() is not null).ToDictionary(entry => entry.Key, entry => entry.Value.Text()!, StringComparer.Ordinal);
}
