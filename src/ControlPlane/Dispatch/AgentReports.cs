using System.Globalization;
using System.Text.Json.Nodes;
using Argosy.Contracts.Agents;
using Argosy.Engine.Workflows;
using PodPhase = Argosy.Engine.Workflows.PodPhase;

namespace Argosy.ControlPlane.Dispatch;

/// <summary>Reads what agents say into the engine's terms.</summary>
internal static class AgentReports
{
    public static bool IsEnd(Contracts.Agents.PodPhase phase) => phase is
        Contracts.Agents.PodPhase.PodSucceeded or Contracts.Agents.PodPhase.PodFailed
        or Contracts.Agents.PodPhase.PodError or Contracts.Agents.PodPhase.PodLost;

    public static NodeReported Read(NodeReport report) => new(report.Key.NodeId, (int)report.Key.Generation, (int)report.Key.Attempt, new PodStatus(PhaseOf(report.Phase))
    {
        Message = report.Message.Length > 0 ? report.Message : null,
        Ready = report.Ready,
        PodIp = report.PodIp,
        Host = report.Host.Length > 0 ? report.Host : null,
        Progress = report.Progress.Length > 0 ? report.Progress : null,
        Outputs = OutputsOf(report),
        Http = report.Http is { } http
            ? new Engine.Workflows.HttpAnswer(http.StatusCode, http.Headers.ToDictionary(header => header.Name, header => (IReadOnlyList<string>)[.. header.Values]))
            : null,
        Files = report.Files is { } files ? [.. files.Paths] : null,
        Resource = report.ResourceJson.Length > 0 ? JsonNode.Parse(report.ResourceJson) as JsonObject : null,
        StartedAt = report.Started?.ToDateTimeOffset(),
        FinishedAt = report.Finished?.ToDateTimeOffset(),
        Containers = [.. report.Containers.Select(container =>
            new ContainerStatus(container.Name, PhaseOf(container.Phase), container.Message.Length > 0 ? container.Message : null)
            {
                StartedAt = container.Started?.ToDateTimeOffset(),
                FinishedAt = container.Finished?.ToDateTimeOffset(),
            })],
    });

    private static NodeOutputs OutputsOf(NodeReport report)
    {
        if (!report.HasResult && !report.HasExitCode && report.Parameters.Count == 0 && report.Artifacts.Count == 0)
        {
            return NodeOutputs.None;
        }

        return new NodeOutputs
        {
            Result = report.HasResult ? report.Result : null,
            ExitCode = report.HasExitCode ? report.ExitCode.ToString(CultureInfo.InvariantCulture) : null,
            Parameters = [.. report.Parameters.Select(parameter => new ParameterValue(parameter.Key, parameter.Value))],
            Artifacts = [.. report.Artifacts.Select(Artifact)],
        };
    }

    private static ArtifactValue Artifact(StoredArtifact stored)
    {
        var json = JsonNode.Parse(stored.LocationJson) as JsonObject ?? [];
        json["name"] = stored.Name;
        if (stored.Digest.Length > 0)
        {
            json["digest"] = stored.Digest; // a folder kept as files has none
        }

        json["size"] = stored.Size;
        return new ArtifactValue(stored.Name, json);
    }

    private static PodPhase PhaseOf(Contracts.Agents.PodPhase phase) => phase switch
    {
        Contracts.Agents.PodPhase.PodRunning => PodPhase.Running,
        Contracts.Agents.PodPhase.PodSucceeded => PodPhase.Succeeded,
        Contracts.Agents.PodPhase.PodFailed => PodPhase.Failed,
        Contracts.Agents.PodPhase.PodError => PodPhase.Error,
        Contracts.Agents.PodPhase.PodLost => PodPhase.Lost,
        Contracts.Agents.PodPhase.Unspecified or Contracts.Agents.PodPhase.PodPending => PodPhase.Pending,
    };
}
