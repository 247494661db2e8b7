using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Argosy.Contracts.Agents;
using Google.Protobuf;

namespace Argosy.ClusterAgent.Kubernetes.Pods;

/// <summary>From an intent to the pod that is sent to the API server: the hub's manifest, the agent's marks, the executor where it is needed.</summary>
internal sealed class PodBuilder(PodOptions options, FindImageCommand findCommand, TimeProvider time)
{
    private static readonly JsonFormatter Formatter = new(JsonFormatter.Settings.Default);

    /// <exception cref="PodRefusedException">There is no such pod.</exception>
    public async Task<JsonObject> BuildAsync(PodIntent intent, CancellationToken cancellationToken)
    {
        var (pod, template) = Parse(intent);
        var mains = Mains(template);
        var needsExecutor = ExecutorNeed.Of(intent, template);
        Mark(pod, intent, mains, needsExecutor);
        var spec = Child(pod, "spec");
        Bound(spec, intent);
        if (needsExecutor)
        {
            await new ExecutorInjection(options, findCommand).AddAsync(spec, intent, template, mains, cancellationToken);
        }

        return pod;
    }

    /// <summary>The intent as a pod remembers it.</summary>
    public static PodIntent? Remembered(JsonObject pod) => pod.Annotation(PodMarks.Intent) is { } json ? PodIntent.Parser.ParseJson(json) : null;

    internal static JsonObject Child(JsonObject parent, string field)
    {
        if (parent[field] is not JsonObject child)
        {
            parent[field] = child = [];
        }

        return child;
    }

    private static (JsonObject Pod, JsonObject Template) Parse(PodIntent intent)
    {
        if (intent.PodError.Length > 0)
        {
            throw new PodRefusedException(intent.PodError);
        }

        try
        {
            if (JsonNode.Parse(intent.PodJson) is JsonObject pod && JsonNode.Parse(intent.TemplateJson) is JsonObject template)
            {
                return (pod, template);
            }
        }
        catch (JsonException malformed)
        {
            throw new PodRefusedException($"the hub sent no pod for node {intent.NodeName}: {malformed.Message}", malformed);
        }

        throw new PodRefusedException($"the hub sent no pod for node {intent.NodeName}");
    }

    private static IReadOnlyList<string> Mains(JsonObject template) => template["containerSet"] is JsonObject set
        ? [.. set.Items("containers").Select(container => container.Text("name") ?? "")]
        : ["main"];

    private static void Mark(JsonObject pod, PodIntent intent, IReadOnlyList<string> mains, bool executor)
    {
        var metadata = Child(pod, "metadata");
        metadata["name"] = PodMarks.NameOf(intent);
        metadata["finalizers"] = new JsonArray(PodMarks.Finalizer);
        var labels = Child(metadata, "labels");
        labels[PodMarks.Managed] = "true";
        labels[PodMarks.State] = PodMarks.Held;
        labels[PodMarks.WorkflowUid] = intent.Key.WorkflowUid;
        labels[PodMarks.Attempt] = PodMarks.HashOf(intent.Key);
        labels[PodMarks.Completed] = "false";
        var annotations = Child(metadata, "annotations");
        annotations[PodMarks.Intent] = Formatter.Format(Essence(intent));
        annotations[PodMarks.Mains] = string.Join(',', mains);
        if (executor)
        {
            annotations[PodMarks.Executor] = "true";
        }
    }

    /// <summary>What is needed of an intent once its pod is made.</summary>
    public static PodIntent Essence(PodIntent intent)
    {
        var essence = new PodIntent
        {
            Key = intent.Key,
            PodName = intent.PodName,
            NodeName = intent.NodeName,
            CaptureResult = intent.CaptureResult,
            Daemon = intent.Daemon,
            Deadline = intent.Deadline,
            TerminationGraceSeconds = intent.TerminationGraceSeconds,
            ServiceAccount = intent.ServiceAccount,
        };
        essence.InputArtifacts.Add(intent.InputArtifacts);
        essence.OutputArtifacts.Add(intent.OutputArtifacts);
        essence.OutputParameters.Add(intent.OutputParameters);
        essence.OwnedClaims.Add(intent.OwnedClaims);
        return essence;
    }

    /// <summary>The deadline is a moment, the pod's field a time from its start; a moment in the past leaves it the shortest there is.</summary>
    private void Bound(JsonObject spec, PodIntent intent)
    {
        if (intent.Deadline is null)
        {
            return;
        }

        var left = Math.Ceiling((intent.Deadline.ToDateTimeOffset() - time.GetUtcNow()).TotalSeconds);
        var seconds = (int)Math.Clamp(left, 1, int.MaxValue);
        spec["activeDeadlineSeconds"] = Math.Min(seconds, spec.Number("activeDeadlineSeconds") ?? int.MaxValue);
    }
}
