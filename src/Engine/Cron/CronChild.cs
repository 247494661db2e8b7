using System.Globalization;
using System.Text.Json.Nodes;
using Argosy.Engine.Manifests;

namespace Argosy.Engine.Cron;

/// <summary>A workflow with the cron workflow's label, as it is now or, when it is gone, as it was last.</summary>
/// <param name="IsOwned">Whether the cron workflow itself submitted it; a resubmitted copy of a child is not by its own name.</param>
/// <param name="Instant">The instant in its name; null when its name holds none.</param>
/// <param name="IsKept">Nobody may delete it yet: its archiving is under way.</param>
public sealed record CronChild(
    string Name, string Uid, bool IsOwned, DateTimeOffset? Instant, bool HasEnded, bool HasSucceeded, DateTimeOffset? FinishedAt, bool IsGone, bool IsKept)
{
    private const string ArchivingLabel = "workflows.argoproj.io/workflow-archiving-status";

    private static readonly string[] CreatorLabels =
    [
        "workflows.argoproj.io/creator", "workflows.argoproj.io/creator-email", "workflows.argoproj.io/creator-preferred-username",
        "workflows.argoproj.io/controller-instanceid",
    ];

    public ChildReference Reference => new(Name, Uid);

    public static CronChild Read(JsonObject workflow, CronWorkflow cron, bool isGone = false)
    {
        var metadata = workflow.ObjectAt("metadata") ?? [];
        var status = workflow.ObjectAt("status") ?? [];
        var (name, phase) = (metadata.TextAt("name") ?? "", status.TextAt("phase"));
        return new CronChild(
            name,
            metadata.TextAt("uid") ?? "",
            metadata.ObjectsAt("ownerReferences").Any(owner => owner.Value.TextAt("uid") == cron.Uid),
            InstantOf(name, cron),
            phase is "Succeeded" or "Failed" or "Error",
            phase == "Succeeded",
            CronStatus.Time(status.TextAt("finishedAt")),
            isGone,
            metadata.ObjectAt("labels")?.TextAt(ArchivingLabel) == "Pending");
    }

    /// <summary>The name of the child of an instant: the same whoever submits it, so that there is only one.</summary>
    public static string NameOf(CronWorkflow cron, DateTimeOffset instant) =>
        string.Create(CultureInfo.InvariantCulture, $"{cron.Name}-{instant.ToUnixTimeSeconds()}");

    /// <summary>The manifest of the child of an instant.</summary>
    public static JsonObject ManifestOf(CronWorkflow cron, DateTimeOffset instant)
    {
        var workflow = ManifestOf(cron, CronStatus.Text(instant));
        ((JsonObject)workflow["metadata"]!)["name"] = NameOf(cron, instant);
        return workflow;
    }

    /// <summary>The manifest of a child that someone submits by hand: its name is still to be given.</summary>
    public static JsonObject ManifestOf(CronWorkflow cron, string scheduledTime)
    {
        var spec = cron.Manifest.ObjectAt("spec") ?? [];
        var wanted = spec.ObjectAt("workflowMetadata");
        var labels = new JsonObject { [CronWorkflow.ChildLabel] = cron.Name };
        foreach (var label in CreatorLabels.Where(cron.Labels.ContainsKey))
        {
            labels[label] = cron.Labels[label];
        }

        var annotations = new JsonObject { [CronWorkflow.ScheduledTimeAnnotation] = scheduledTime };
        Overlay(labels, wanted?.ObjectAt("labels"));
        Overlay(annotations, wanted?.ObjectAt("annotations"));
        var metadata = new JsonObject
        {
            ["labels"] = labels,
            ["annotations"] = annotations,
            ["ownerReferences"] = new JsonArray(Owner(cron)),
        };
        if (wanted?["finalizers"] is JsonArray finalizers)
        {
            metadata["finalizers"] = finalizers.DeepClone();
        }

        return new JsonObject
        {
            ["apiVersion"] = "argoproj.io/v1alpha1",
            ["kind"] = "Workflow",
            ["metadata"] = metadata,
            ["spec"] = spec["workflowSpec"]?.DeepClone() ?? new JsonObject(),
        };
    }

    private static JsonObject Owner(CronWorkflow cron) => new()
    {
        ["apiVersion"] = "argoproj.io/v1alpha1",
        ["kind"] = "CronWorkflow",
        ["name"] = cron.Name,
        ["uid"] = cron.Uid,
        ["controller"] = true,
        ["blockOwnerDeletion"] = true,
    };

    // Digits that a name was generated with are no instant: it would lie before the cron workflow's own beginning.
    private static DateTimeOffset? InstantOf(string child, CronWorkflow cron) =>
        child.Length > cron.Name.Length + 1 && child.StartsWith(cron.Name, StringComparison.Ordinal) && child[cron.Name.Length] == '-'
        && long.TryParse(child.AsSpan(cron.Name.Length + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
        && seconds >= cron.Created.ToUnixTimeSeconds() && seconds <= DateTimeOffset.MaxValue.ToUnixTimeSeconds()
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : null;

    private static void Overlay(JsonObject target, JsonObject? source)
    {
        foreach (var (key, value) in source ?? [])
        {
            target[key] = value?.DeepClone();
        }
    }
}
