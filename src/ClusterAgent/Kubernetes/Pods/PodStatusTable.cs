using System.Text.Json.Nodes;
using Argosy.ClusterAgent.Executors;
using Argosy.Contracts.Agents;

namespace Argosy.ClusterAgent.Kubernetes.Pods;

/// <summary>
/// From a pod's status to its node's phase: upstream's order of questions and its words (inferFailedReason, getPendingReason), and what it cannot know:
/// why the agent itself ended a pod. The first row that fits decides.
/// </summary>
internal static class PodStatusTable
{
    /// <summary>A pod that was deleted and whose containers nobody has reported dead for this long will not be heard of any more.</summary>
    public static readonly TimeSpan SilenceAfterDeletion = TimeSpan.FromSeconds(60);

    private const string Deleted = "pod deleted";

    // The command went well, but the executor around it did not.
    private const int ExecutorFailed = 64;

    // The kubelet refused the pod: nothing of it ever ran, through no fault of the step.
    private static readonly string[] Refused = ["NodeAffinity", "UnexpectedAdmissionError", "OutOfcpu", "OutOfmemory", "OutOfpods", "OutOfephemeral-storage"];

    // Reasons for which a kubelet refuses pods and also ends running ones; how it says that it refuses.
    private static readonly string[] RefusedOrEnded = ["Evicted", "NodeShutdown", "Terminated", "Preempting"];
    private static readonly string[] Refusals = ["The node had condition", "Pod was rejected"];

    // SIGKILL and SIGTERM: how sidecars end when they are told to.
    private static readonly int[] Told = [137, 143];

    /// <param name="pod">As <see cref="PodFields.Keep"/> leaves it.</param>
    /// <param name="now">To tell a pod that is being deleted from one of which nothing more will be heard.</param>
    public static PodReading Read(JsonObject pod, DateTimeOffset now)
    {
        var containers = new ContainerStatuses(pod);
        var reading = Decide(pod, containers, now);
        return reading with
        {
            ExitCode = containers.Main?.ExitCode,
            Started = containers.Mains.Select(main => main.StartedAt).Where(at => at is not null).Min(),
            Finished = reading.IsOver ? containers.Mains.Select(main => main.FinishedAt).Where(at => at is not null).Max() : null,
            Left = containers.Left,
            Containers = containers.Reports(),
        };
    }

    private static PodReading Decide(JsonObject pod, ContainerStatuses containers, DateTimeOffset now)
    {
        var phase = pod.Text("status", "phase");
        var deletedAt = pod.Time("metadata", "deletionTimestamp");
        if (containers.MainsAreOver && !MayBeItsDeadline(pod, containers, phase))
        {
            return OfMains(pod, containers, deletedAt is not null) with { LeavesOthersRunning = containers.OthersRun && phase is not ("Succeeded" or "Failed") };
        }

        // Some kubelets leave containers "running" in the status of a pod that they have ended.
        var hasEnded = phase is "Succeeded" or "Failed";
        if (deletedAt is not null || pod.Annotation(PodMarks.Cancelled) is not null)
        {
            return hasEnded || (deletedAt is not null && !containers.AnyRuns) ? Ended(pod)
                : deletedAt + SilenceAfterDeletion < now ? new PodReading(PodPhase.PodError, Unconfirmed(pod))
                : Going(pod, containers, phase);
        }

        return hasEnded ? OfPod(pod, containers) : Going(pod, containers, phase);
    }

    /// <summary>Not over.</summary>
    private static PodReading Going(JsonObject pod, ContainerStatuses containers, string? phase) => phase == "Running"
        ? new PodReading(PodPhase.PodRunning, pod.Text("status", "reason") == "NodeLost" ? Silent(pod) : "") { Ready = containers.AllReady }
        : new PodReading(PodPhase.PodPending, PendingReason(pod, containers));

    /// <summary>Ended before its work was over, because somebody wanted it to.</summary>
    private static PodReading Ended(JsonObject pod) => pod.Annotation(PodMarks.DaemonDone) is not null
        ? new PodReading(PodPhase.PodSucceeded, "")
        : pod.Annotation(PodMarks.Cancelled) is { } reason
            ? new PodReading(PodPhase.PodFailed, reason)
            : new PodReading(PodPhase.PodError, Deleted + Disruption(pod));

    private static PodReading OfMains(JsonObject pod, ContainerStatuses containers, bool deleted)
    {
        // What the kubelet ended did not end by itself, whatever it made of the signal.
        if (pod.Text("status", "phase") == "Failed" && pod.Text("status", "message") is { Length: > 0 } why && !IsEndedByAgent(pod))
        {
            return new PodReading(PodPhase.PodFailed, why);
        }

        if (FirstFailed(containers) is not { } failed)
        {
            return containers.Others.FirstOrDefault(other => other.ExitCode is { } code && code != 0 && !Told.Contains(code)) is { } sidecar
                && pod.Annotation(PodMarks.Tidied) is null
                ? new PodReading(PodPhase.PodFailed, sidecar.Describe())
                : new PodReading(PodPhase.PodSucceeded, "");
        }

        if (pod.Annotation(PodMarks.DaemonDone) is not null || pod.Annotation(PodMarks.Cancelled) is not null || deleted)
        {
            return Ended(pod);
        }

        if (pod.Text("status", "message") is { Length: > 0 } said && pod.Annotation(PodMarks.Tidied) is null)
        {
            return new PodReading(PodPhase.PodFailed, said);
        }

        return failed.Left is { Error: { Length: > 0 } error } && failed.ExitCode == ExecutorFailed
            ? new PodReading(PodPhase.PodError, error)
            : new PodReading(PodPhase.PodFailed, failed.Describe());
    }

    /// <summary>The pod ended without all of its main containers.</summary>
    private static PodReading OfPod(JsonObject pod, ContainerStatuses containers)
    {
        var (reason, said) = (pod.Text("status", "reason"), pod.Text("status", "message"));
        if (NeverStarted(reason, said, containers))
        {
            return new PodReading(PodPhase.PodLost, said ?? reason!);
        }

        if (said is { Length: > 0 })
        {
            return new PodReading(PodPhase.PodFailed, said);
        }

        if (containers.Init.FirstOrDefault(init => init.ExitCode is not (null or 0)) is { } init)
        {
            return new PodReading(PodPhase.PodError, init.Left?.Error is { Length: > 0 } error ? error : init.Describe());
        }

        if (FirstFailed(containers) is { } failed)
        {
            return new PodReading(PodPhase.PodFailed, failed.Describe());
        }

        if (containers.All.FirstOrDefault(container => container.WaitsFor is not null) is { } waiting)
        {
            return new PodReading(PodPhase.PodError, $"Pod failed before {waiting.Name} container starts due to {waiting.WaitsFor}");
        }

        return new PodReading(
            PodPhase.PodFailed,
            containers.All.Any() ? "pod failed: main container did not complete successfully" : $"can't find failed message for pod {pod.Name()}");
    }

    private static bool IsEndedByAgent(JsonObject pod) =>
        pod.Annotation(PodMarks.Tidied) is not null || pod.Annotation(PodMarks.Cancelled) is not null || pod.Annotation(PodMarks.DaemonDone) is not null;

    // Newer kubelets show the ends of containers before they say that it was the pod's deadline that ended them.
    private static bool MayBeItsDeadline(JsonObject pod, ContainerStatuses containers, string? phase) =>
        phase is not ("Succeeded" or "Failed")
        && pod.Time("metadata", "deletionTimestamp") is null
        && !IsEndedByAgent(pod)
        && pod.Number("spec", "activeDeadlineSeconds") is { } seconds
        && pod.Time("status", "startTime")?.AddSeconds(seconds) <= containers.Mains.Max(main => main.FinishedAt);

    // A container of a set that waited for one that failed has failed by that alone.
    private static ContainerStatus? FirstFailed(ContainerStatuses containers)
    {
        var failed = containers.Mains.Where(main => main.ExitCode is not (null or 0)).ToList();
        return failed.Find(main => main.Left is not { Skipped: true }) ?? failed.FirstOrDefault();
    }

    // Only what surely never started is attempted again without being asked.
    private static bool NeverStarted(string? reason, string? said, ContainerStatuses containers) =>
        Refused.Contains(reason)
        || (RefusedOrEnded.Contains(reason)
            && (Refusals.Any(refusal => said?.StartsWith(refusal, StringComparison.Ordinal) ?? false)
                || (containers.Mains.Count > 0 && containers.Mains.All(main => main.WaitsFor is not null))));

    private static string PendingReason(JsonObject pod, ContainerStatuses containers)
    {
        var unscheduled = pod.Items("status", "conditions").FirstOrDefault(condition =>
            condition.Text("type") == "PodScheduled" && condition.Text("status") == "False" && condition.Text("reason") == "Unschedulable");
        if (unscheduled is not null)
        {
            return $"Unschedulable: {unscheduled.Text("message")}";
        }

        return containers.All.Select(container => container.WaitsFor).FirstOrDefault(reason => reason is not null and not ("PodInitializing" or "ContainerCreating")) ?? "";
    }

    // Newer clusters say in a condition who disrupted the pod: preemption, a drained kube node, a taint.
    private static string Disruption(JsonObject pod) =>
        pod.Items("status", "conditions").FirstOrDefault(condition => condition.Text("type") == "DisruptionTarget" && condition.Text("status") == "True") is { } target
            ? $": {target.Text("reason")}: {target.Text("message")}"
            : "";

    private static string Silent(JsonObject pod) => $"kube node {pod.Text("spec", "nodeName")} is unreachable: whether the pod still runs is not known";

    private static string Unconfirmed(JsonObject pod) =>
        $"{Deleted}{Disruption(pod)}; kube node {pod.Text("spec", "nodeName")} has not confirmed it: whether its containers still run is not known";
}
