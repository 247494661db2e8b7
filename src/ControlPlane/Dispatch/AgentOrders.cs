using System.Globalization;
using System.Text.Json.Nodes;
using Argosy.Contracts.Agents;
using Argosy.Engine.Expressions;
using Argosy.Engine.Workflows;
using Google.Protobuf.WellKnownTypes;

namespace Argosy.ControlPlane.Dispatch;

/// <summary>Writes the engine's orders as what agents understand.</summary>
internal static class AgentOrders
{
    private static readonly string[] Drivers =
        ["s3", "gcs", "azure", "oss", "git", "http", "artifactory", "hdfs", "raw", "plugin", "embedded"];

    // What Kubernetes gives a pod that says nothing.
    private const uint UsualGraceSeconds = 30;

    private static readonly string[] Podless = ["resource", "data", "http", "plugin"];

    /// <param name="isEmbedded">Whether a cluster is embedded: its agent makes no use of Kubernetes' own form of a pod.</param>
    /// <returns>The cluster and what it is told; null when the order concerns no cluster any more.</returns>
    public static (string Cluster, HubMessage Message)? Write(WorkflowState state, WorkflowOrder order, Predicate<string> isEmbedded)
    {
        switch (order)
        {
            case RunNode run when state.At(run.Node) is { Cluster: { } cluster } node && !node.Phase.IsEnd():
                var intent = Intent(state, node);
                if (!isEmbedded(cluster))
                {
                    AddKubernetesObjects(intent, state, node);
                }

                return (cluster, new HubMessage { Run = intent });
            case CancelNode cancel when state.At(cancel.Node) is { Cluster: { } cluster } node:
                return (cluster, new HubMessage
                {
                    Cancel = new CancelIntent { Key = KeyOf(state, node), Reason = cancel.Reason, DaemonDone = cancel.DaemonDone },
                });
            case ReleaseNode release when state.At(release.Node) is { Cluster: { } cluster } node:
                return (cluster, new HubMessage { Release = KeyOf(state, node) });
            default:
                return null;
        }
    }

    public static AttemptKey KeyOf(WorkflowState state, Node node) => new()
    {
        Namespace = state.Namespace,
        Workflow = state.Name,
        WorkflowUid = state.Uid,
        NodeId = state.IdOf(node),
        Generation = (uint)node.Generation,
        Attempt = (uint)node.Attempt,
    };

    private static PodIntent Intent(WorkflowState state, Node node)
    {
        var pod = PodRequests.Of(state, node);
        var intent = new PodIntent
        {
            Key = KeyOf(state, node),
            PodName = pod.PodName,
            NodeName = pod.NodeName,
            TemplateJson = pod.Template.ToJsonString(),
            CaptureResult = pod.CaptureResult,
            Daemon = pod.Daemon,
            Deadline = pod.Deadline is { } deadline ? Timestamp.FromDateTimeOffset(deadline) : null,
            TerminationGraceSeconds = UsualGraceSeconds,
            VolumesJson = pod.Volumes.Count > 0 ? pod.Volumes.ToJsonString() : "",
            ServiceAccount = pod.ServiceAccount,
        };
        intent.Labels.Add(new Dictionary<string, string>(pod.Labels));
        intent.Annotations.Add(new Dictionary<string, string>(pod.Annotations));
        foreach (var (container, artifact) in pod.Logs)
        {
            var log = Output(artifact);
            log.LogOf = container;
            intent.OutputArtifacts.Add(log);
        }

        intent.OwnedClaims.AddRange(Claims.Mounted(state, node).Select(claim => claim.ClaimName));
        foreach (var artifact in pod.Inputs.Artifacts)
        {
            intent.InputArtifacts.Add(Input(artifact.Json));
        }

        // An optional input that was not supplied is simply not there.
        var outputs = pod.Template["outputs"] as JsonObject;
        foreach (var parameter in outputs?["parameters"] as JsonArray ?? [])
        {
            if (parameter?["valueFrom"]?["path"] is { } path)
            {
                var fallback = Text(parameter["valueFrom"]?["default"]);
                intent.OutputParameters.Add(new OutputParameter
                {
                    Name = Text(parameter["name"]) ?? "", Path = Text(path) ?? "", HasDefault = fallback is not null, Default = fallback ?? "",
                });
            }
        }

        foreach (var artifact in outputs?["artifacts"] as JsonArray ?? [])
        {
            if (artifact is JsonObject json && json.ContainsKey("path"))
            {
                intent.OutputArtifacts.Add(Output(json));
            }
        }

        return intent;
    }

    private static void AddKubernetesObjects(PodIntent intent, WorkflowState state, Node node)
    {
        if (node.Type != NodeType.Pod || Podless.Any(PodRequests.Of(state, node).Template.ContainsKey))
        {
            return; // its agent does the work itself
        }

        try
        {
            var pod = PodManifest.Of(state, node);
            intent.PodJson = pod.ToJsonString();
            intent.TerminationGraceSeconds = GraceOf(pod) ?? UsualGraceSeconds;
            intent.ClaimsJson = PodManifest.ClaimsOf(state, node) is { Count: > 0 } claims ? claims.ToJsonString() : "";
            intent.DisruptionBudgetJson = PodManifest.DisruptionBudgetOf(state, node)?.ToJsonString() ?? "";
        }
        catch (ExpressionException failure)
        {
            intent.PodError = failure.Message;
        }
    }

    // What is no number the API server refuses with its reason.
    private static uint? GraceOf(JsonObject pod) => long.TryParse(
        Text(pod["spec"]?["terminationGracePeriodSeconds"]), NumberStyles.Integer, CultureInfo.InvariantCulture, out var seconds)
        ? (uint)Math.Clamp(seconds, 0, int.MaxValue)
        : null;

    private static ArtifactTransfer Input(JsonObject artifact) => new()
    {
        Name = Text(artifact["name"]) ?? "",
        Path = Text(artifact["path"]) ?? "",
        LocationJson = Location(artifact)?.ToJsonString() ?? "",
        Archive = artifact["raw"] is not null || Strategy(artifact) == "none" ? "none" : "",
        Optional = artifact["optional"]?.GetValue<bool>() ?? false,
        Digest = Text(artifact["digest"]) ?? "",
        Mode = int.TryParse(Text(artifact["mode"]), CultureInfo.InvariantCulture, out var mode) ? mode : -1,
        RecurseMode = artifact["recurseMode"]?.GetValue<bool>() ?? false,
        SubPath = Text(artifact["subPath"]) ?? "",
    };

    private static ArtifactTransfer Output(JsonObject artifact)
    {
        var location = Location(artifact) ?? [];
        if (artifact["archive"] is { } declared)
        {
            location["archive"] = declared.DeepClone();
        }

        return new ArtifactTransfer
        {
            Name = Text(artifact["name"]) ?? "",
            Path = Text(artifact["path"]) ?? "",
            LocationJson = location.ToJsonString(),
            Archive = Strategy(artifact),
            Optional = artifact["optional"]?.GetValue<bool>() ?? false,
            Mode = -1,
            CompressionLevel = int.TryParse(Text(artifact["archive"]?["tar"]?["compressionLevel"]), CultureInfo.InvariantCulture, out var level) ? level : -1,
        };
    }

    private static string Strategy(JsonObject artifact) => artifact["archive"] switch
    {
        JsonObject archive when archive.ContainsKey("none") => "none",
        JsonObject archive when archive.ContainsKey("zip") => "zip",
        _ => "tar",
    };

    /// <summary>The driver's part of an artifact's location, and nothing else of the artifact; null when it names no storage.</summary>
    internal static JsonObject? Location(JsonObject artifact)
    {
        foreach (var driver in Drivers)
        {
            if (artifact[driver] is { } location)
            {
                return new JsonObject { [driver] = location.DeepClone() };
            }
        }

        return null;
    }

    private static string? Text(JsonNode? node) => node is null ? null : node is JsonValue value && value.TryGetValue(out string? text) ? text : node.ToJsonString();
}
