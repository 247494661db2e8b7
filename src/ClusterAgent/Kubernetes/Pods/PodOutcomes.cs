using Argosy.ClusterAgent.Executors;
using Argosy.ClusterAgent.Kubernetes.Api;
using Argosy.Contracts.Agents;
using Google.Protobuf.WellKnownTypes;
using System.Text.Json.Nodes;

namespace Argosy.ClusterAgent.Kubernetes.Pods;

/// <summary>Makes reports of readings; at the end with outputs, and with logs that are to be kept.</summary>
internal sealed class PodOutcomes(KubernetesClient client, IHubLink hub)
{
    // A log that cannot be read for so long is not worth a node without an end: its kube node is gone, most often.
    private const int MostFailures = 5;

    public static NodeReport Report(HeldAttempt attempt, JsonObject pod, PodReading reading)
    {
        var report = new NodeReport
        {
            Key = attempt.Key,
            Phase = reading.Phase,
            Message = reading.Message,
            Ready = reading.Ready,
            PodIp = pod.Text("status", "podIP") ?? "",
            Host = pod.Text("spec", "nodeName") ?? "",
            Started = Stamp(reading.Started),
            Progress = attempt.Progress.Length > 0 ? attempt.Progress : pod.Annotation(PodFields.ProgressAnnotation) ?? "",
        };
        report.Containers.Add(reading.Containers);
        return report;
    }

    /// <summary>
    /// The last report of an attempt. Fails when the hub or the API server cannot be reached: everything is where it was, and it can be asked for
    /// again.
    /// </summary>
    public async Task<NodeReport> FinalAsync(HeldAttempt attempt, JsonObject pod, PodReading reading, CancellationToken cancellationToken)
    {
        var report = Report(attempt, pod, reading);
        report.Ready = false;
        report.Finished = Stamp(reading.Finished);
        report.HasExitCode = reading.ExitCode is not null;
        report.ExitCode = reading.ExitCode ?? 0;
        await KeepLogsAsync(attempt, pod, report, cancellationToken);
        if (reading.Left is { } left)
        {
            await AddOutputsAsync(attempt.Intent, left, report, cancellationToken);
        }
        else if (reading.Phase == PodPhase.PodSucceeded && pod.Annotation(PodMarks.Executor) is not null && PromisesOutputs(attempt.Intent) && !attempt.Intent.Daemon)
        {
            (report.Phase, report.Message) = (PodPhase.PodError, $"pod {pod.Name()} ended well, but what its executor had to say of the outputs is not there");
        }

        return report;
    }

    private static bool PromisesOutputs(PodIntent intent) =>
        intent.CaptureResult || intent.OutputParameters.Count > 0 || intent.OutputArtifacts.Any(artifact => artifact.LogOf.Length == 0);

    private async Task AddOutputsAsync(PodIntent intent, TerminationMessage left, NodeReport report, CancellationToken cancellationToken)
    {
        var outputs = await ExecutorOutputs.ResolveAsync(left, intent.Key, [.. intent.OutputArtifacts], hub, cancellationToken);
        report.HasResult = outputs.Result is not null;
        report.Result = outputs.Result ?? "";
        report.Parameters.Add(new Dictionary<string, string>(outputs.Parameters));
        report.Artifacts.Add(outputs.Artifacts);
        report.Progress = outputs.Progress ?? report.Progress;
        if (report.Phase == PodPhase.PodSucceeded && outputs.Problem is { } problem)
        {
            (report.Phase, report.Message) = (PodPhase.PodError, problem);
        }
    }

    /// <summary>Stores the logs that are wanted as artifacts; a container that never ran has none.</summary>
    private async Task KeepLogsAsync(HeldAttempt attempt, JsonObject pod, NodeReport report, CancellationToken cancellationToken)
    {
        foreach (var log in attempt.Intent.OutputArtifacts.Where(artifact => artifact.LogOf.Length > 0))
        {
            if (!report.Containers.Any(container => container.Name == log.LogOf))
            {
                continue;
            }

            try
            {
                await using var text = await client.ReadLogAsync(pod.Namespace(), pod.Name(), new PodLogQuery(log.LogOf), cancellationToken);
                report.Artifacts.Add(await hub.StoreArtifactAsync(attempt.Key, log, text, cancellationToken));
            }
            catch (Exception gone) when (IsFinal(gone, attempt.Failures))
            {
                report.Message = report.Message.Length > 0 ? report.Message : $"the log of container {log.LogOf} could not be kept: {gone.Message}";
            }
        }
    }

    private static bool IsFinal(Exception failure, int failuresBefore) => failure switch
    {
        KubernetesException unread => !unread.IsTransient || failuresBefore >= MostFailures,
        _ => failure is ArtifactLocationException or ArtifactMissingException or ArtifactDigestException or HubRefusedException,
    };

    private static Timestamp? Stamp(DateTimeOffset? at) => at is { } time ? Timestamp.FromDateTimeOffset(time) : null;
}
