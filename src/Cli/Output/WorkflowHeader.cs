using System.Text;
using System.Text.Json.Nodes;
using Argosy.Cli.Client;

namespace Argosy.Cli.Output;

/// <summary>The block of facts above the tree.</summary>
internal static class WorkflowHeader
{
    private const int LabelWidth = 20;

    public static string Write(Workflow workflow, DateTimeOffset now)
    {
        var text = new StringBuilder();
        Line(text, "Name:", workflow.Name);
        Line(text, "Namespace:", workflow.Namespace);
        Line(text, "ServiceAccount:", ServiceAccount(workflow));
        Line(text, "Status:", Phases.Describe(workflow));
        LineIfAny(text, "Message:", workflow.Message);
        WriteConditions(text, workflow);
        WriteTimes(text, workflow, now);
        Line(text, "Progress:", workflow.Progress);
        LineIfAny(text, "ResourcesDuration:", Resources(workflow.Json.At("status", "resourcesDuration")));
        Section(text, "Parameters:", workflow.Arguments);
        Section(text, "Output Parameters:", workflow.OutputParameters);
        Section(text, "Output Artifacts:", workflow.OutputArtifacts.Select(artifact => (artifact.Text("name") ?? "", ArtifactPlace.Describe(artifact))));
        return text.ToString();
    }

    /// <summary>What was used for how long: <c>4s*(1 cpu),2s*(100Mi memory)</c>.</summary>
    public static string Resources(JsonNode? durations) => durations is JsonObject used
        ? string.Join(',', used.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair =>
            $"{pair.Value}s*({(pair.Key == "memory" ? "100Mi" : "1")} {pair.Key})"))
        : "";

    private static string ServiceAccount(Workflow workflow) => workflow.Spec.Text("serviceAccountName") switch
    {
        { Length: > 0 } name => name,
        _ when workflow.Json.At("spec", "workflowTemplateRef") is not null => "unset",
        _ => "unset (will run with the default ServiceAccount)",
    };

    private static void WriteConditions(StringBuilder text, Workflow workflow)
    {
        var conditions = workflow.Json.Objects("status", "conditions").ToList();
        if (conditions.Count == 0)
        {
            return;
        }

        Line(text, "Conditions:", "");
        foreach (var condition in conditions)
        {
            var type = condition.Text("type") ?? "";
            var icon = type.EndsWith("Error", StringComparison.Ordinal) ? "✖" : type.EndsWith("Warning", StringComparison.Ordinal) ? "⚠" : "";
            Line(text, $"{icon} {type}", condition.Text("message") is { Length: > 0 } message ? message : condition.Text("status") ?? "");
        }
    }

    private static void WriteTimes(StringBuilder text, Workflow workflow, DateTimeOffset now)
    {
        if (workflow.CreatedAt is { } created)
        {
            Line(text, "Created:", Durations.Timestamp(created, now));
        }

        if (workflow.StartedAt is not { } started)
        {
            return;
        }

        Line(text, "Started:", Durations.Timestamp(started, now));
        if (workflow.FinishedAt is { } finished)
        {
            Line(text, "Finished:", Durations.Timestamp(finished, now));
        }

        Line(text, "Duration:", Durations.Long((workflow.FinishedAt ?? now) - started));
        if (workflow.Phase == "Running" && workflow.Json.At("status", "estimatedDuration") is JsonValue estimate
            && estimate.TryGetValue<long>(out var seconds) && seconds > 0)
        {
            Line(text, "EstimatedDuration:", Durations.Long(TimeSpan.FromSeconds(seconds)));
        }
    }

    private static void Section(StringBuilder text, string title, IEnumerable<(string Name, string Value)> lines)
    {
        var listed = lines.ToList();
        if (listed.Count > 0)
        {
            Line(text, title, "");
            listed.ForEach(line => Line(text, $"  {line.Name}:", line.Value));
        }
    }

    private static void LineIfAny(StringBuilder text, string label, string value)
    {
        if (value.Length > 0)
        {
            Line(text, label, value);
        }
    }

    private static void Line(StringBuilder text, string label, string value) => text.AppendLine($"{label.PadRight(LabelWidth)} {value}".TrimEnd());
}
