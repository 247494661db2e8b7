using System.Text.Json.Nodes;
using Argosy.ClusterAgent.Kubernetes.Pods;
using Argosy.Contracts.Agents;

namespace Argosy.ClusterAgent.Tests.Kubernetes.Pods;

/// <summary>The table row by row, on statuses that real kubelets wrote (<c>Statuses/</c>) and on variations of them that cannot be provoked at will.</summary>
public sealed class PodStatusTableTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 25, 23, 2, 10, TimeSpan.Zero);

    [Theory]
    [InlineData("image-not-found", PodPhase.PodPending, "ErrImagePull: rpc error: code = NotFound desc = failed to pull and unpack image")]
    [InlineData("image-name-invalid", PodPhase.PodPending, "InvalidImageName: Failed to apply default image tag")]
    [InlineData("configmap-missing", PodPhase.PodPending, "CreateContainerConfigError: configmap \"nosuch\" not found")]
    [InlineData("unschedulable", PodPhase.PodPending, "Unschedulable: 0/1 nodes are available")]
    [InlineData("out-of-memory", PodPhase.PodFailed, "main: OOMKilled (exit code 137)")]
    [InlineData("exit-code", PodPhase.PodFailed, "main: Error (exit code 3)")]
    [InlineData("command-not-found", PodPhase.PodFailed, "main: StartError (exit code 128): failed to create containerd task")]
    [InlineData("init-failed", PodPhase.PodError, "input artifact a is not there")]
    [InlineData("deadline", PodPhase.PodFailed, "Pod was active on the node longer than the specified deadline")]
    [InlineData("evicted", PodPhase.PodFailed, "Pod ephemeral local storage usage exceeds the total limit of containers 5Mi.")]
    [InlineData("deleted-while-running", PodPhase.PodError, "pod deleted")]
    [InlineData("deleted-while-pending", PodPhase.PodError, "pod deleted")]
    [InlineData("sidecar-left-running", PodPhase.PodSucceeded, "")]
    public void Status_OfARealPod_IsReadAsUpstreamReadsIt(string status, PodPhase phase, string message)
    {
        var reading = PodStatusTable.Read(Recorded(status), Now);

        Assert.Equal(phase, reading.Phase);
        Assert.StartsWith(message, reading.Message, StringComparison.Ordinal);
        Assert.True(message.Length > 0 || reading.Message.Length == 0, reading.Message);
    }

    [Fact]
    public void Sidecar_LeftRunning_HasToBeEnded()
    {
        Assert.True(PodStatusTable.Read(Recorded("sidecar-left-running"), Now).LeavesOthersRunning);
        Assert.False(PodStatusTable.Read(Recorded("exit-code"), Now).LeavesOthersRunning);
    }

    [Fact]
    public void Sidecar_FailedByItself_FailsTheNode()
    {
        var pod = Recorded("sidecar-left-running");
        Container(pod, 1)["state"] = Terminated(2);
        pod["status"]!["phase"] = "Failed";

        var reading = PodStatusTable.Read(pod, Now);

        Assert.Equal((PodPhase.PodFailed, "web: Error (exit code 2)"), (reading.Phase, reading.Message));
    }

    [Theory]
    [InlineData(137)]
    [InlineData(143)]
    public void Sidecar_ThatWasTold_IsNoFailure(int code)
    {
        var pod = Recorded("sidecar-left-running");
        Container(pod, 1)["state"] = Terminated(code);
        pod["status"]!["phase"] = "Failed";

        Assert.Equal(PodPhase.PodSucceeded, PodStatusTable.Read(pod, Now).Phase);
    }

    [Fact]
    public void Pod_ThatTheAgentTidied_IsJudgedByItsWork()
    {
        var pod = Recorded("sidecar-left-running");
        Annotate(pod, PodMarks.Tidied, "true");
        (pod["status"]!["phase"], pod["status"]!["reason"], pod["status"]!["message"]) = ("Failed", "DeadlineExceeded", "Pod was active on the node longer");

        Assert.Equal(PodPhase.PodSucceeded, PodStatusTable.Read(pod, Now).Phase);
    }

    [Theory]
    [InlineData("deadline", 0, "Pod was active on the node longer than the specified deadline")]
    [InlineData("deadline", 143, "Pod was active on the node longer than the specified deadline")]
    [InlineData("evicted", 0, "Pod ephemeral local storage usage exceeds the total limit of containers 5Mi. ")]
    public void Step_ThatEndedWellWhenTheKubeletEndedItsPod_HasFailed(string status, int code, string message)
    {
        var pod = Recorded(status);
        pod["status"]!["containerStatuses"] = new JsonArray(new JsonObject { ["name"] = "main", ["state"] = Terminated(code) });

        var reading = PodStatusTable.Read(pod, Now);

        Assert.Equal((PodPhase.PodFailed, message), (reading.Phase, reading.Message));
    }

    [Theory]
    [InlineData(PodMarks.Cancelled, "stopped", PodPhase.PodSucceeded)]
    [InlineData(PodMarks.DaemonDone, "true", PodPhase.PodSucceeded)]
    [InlineData(PodMarks.Tidied, "true", PodPhase.PodSucceeded)]
    public void Step_ThatEndedWellWhenTheAgentEndedItsPod_IsJudgedByItsWork(string mark, string value, PodPhase phase)
    {
        var pod = Recorded("deadline");
        Container(pod, 0)["state"] = Terminated(0);
        Annotate(pod, mark, value);

        Assert.Equal(phase, PodStatusTable.Read(pod, Now).Phase);
    }

    [Theory]
    [InlineData(4, PodPhase.PodRunning)]
    [InlineData(5, PodPhase.PodSucceeded)]
    public void Step_ThatEndsAtItsDeadline_IsNotJudgedBeforeItsPod(int deadline, PodPhase phase)
    {
        var pod = Recorded("deadline"); // started at 23:01:51, and its step ends at 23:01:55
        Container(pod, 0)["state"] = Terminated(0);
        pod["status"]!["phase"] = "Running";
        pod["status"]!.AsObject().Remove("message");
        pod["spec"]!["activeDeadlineSeconds"] = deadline;

        Assert.Equal(phase, PodStatusTable.Read(pod, Now).Phase);

        pod["status"]!["phase"] = "Succeeded";
        Assert.Equal(PodPhase.PodSucceeded, PodStatusTable.Read(pod, Now).Phase);
    }

    [Fact]
    public void TidiedPod_WithTheDeadlineThatTidiedIt_IsNotWaitedFor()
    {
        var pod = Recorded("sidecar-left-running");
        pod["spec"]!["activeDeadlineSeconds"] = 1;
        Annotate(pod, PodMarks.Tidied, "true");

        Assert.Equal(PodPhase.PodSucceeded, PodStatusTable.Read(pod, Now).Phase);
    }

    [Theory]
    [InlineData("deadline")]
    [InlineData("deleted-while-running")]
    [InlineData("deleted-while-pending")]
    public void Pod_ThatTheHubCancelled_FailsWithTheHubsReason(string status)
    {
        var pod = Recorded(status);
        Annotate(pod, PodMarks.Cancelled, "workflow shutdown with strategy:  Stop");

        var reading = PodStatusTable.Read(pod, Now);

        Assert.Equal((PodPhase.PodFailed, "workflow shutdown with strategy:  Stop"), (reading.Phase, reading.Message));
    }

    [Fact]
    public void Daemon_ThatIsDone_Succeeds()
    {
        var pod = Recorded("deadline");
        Annotate(pod, PodMarks.Cancelled, "cancelled");
        Annotate(pod, PodMarks.DaemonDone, "true");

        Assert.Equal(PodPhase.PodSucceeded, PodStatusTable.Read(pod, Now).Phase);
    }

    [Fact]
    public void CancelledPod_ThatStillRuns_IsNotOver()
    {
        var pod = Recorded("sidecar-left-running");
        Container(pod, 0)["state"] = Running();
        Annotate(pod, PodMarks.Cancelled, "stopped");

        Assert.Equal(PodPhase.PodRunning, PodStatusTable.Read(pod, Now).Phase);
    }

    [Fact]
    public void DeletedPod_OnAKubeNodeThatIsSilent_IsNotSaidToBeDeadBeforeItsTime()
    {
        var pod = Recorded("deleted-while-running");
        (pod["status"]!["phase"], Container(pod, 0)["state"]) = ("Running", Running());

        Assert.Equal(PodPhase.PodRunning, PodStatusTable.Read(pod, Now).Phase);

        var later = PodStatusTable.Read(pod, Now + PodStatusTable.SilenceAfterDeletion);
        Assert.Equal(PodPhase.PodError, later.Phase);
        Assert.Contains("kube node worker-1 has not confirmed it", later.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Pod_OnALostKubeNode_GoesOnAndSaysSo()
    {
        var pod = Recorded("sidecar-left-running");
        Container(pod, 0)["state"] = Running();
        pod["status"]!["reason"] = "NodeLost";

        var reading = PodStatusTable.Read(pod, Now);

        Assert.Equal(PodPhase.PodRunning, reading.Phase);
        Assert.Contains("worker-1 is unreachable", reading.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("UnexpectedAdmissionError", "Pod was rejected: no room", PodPhase.PodLost)]
    [InlineData("OutOfcpu", "Node didn't have enough resource: cpu", PodPhase.PodLost)]
    [InlineData("Evicted", "The node had condition: [DiskPressure].", PodPhase.PodLost)]
    [InlineData("Evicted", "The node was low on resource: memory.", PodPhase.PodFailed)]
    [InlineData("NodeShutdown", "Node is shutting down, evicting pods", PodPhase.PodFailed)]
    public void Pod_WithoutContainers_IsAttemptedAgainOnlyIfItSurelyNeverStarted(string reason, string message, PodPhase phase)
    {
        var pod = Recorded("evicted");
        (pod["status"]!["reason"], pod["status"]!["message"]) = (reason, message);

        Assert.Equal(phase, PodStatusTable.Read(pod, Now).Phase);
    }

    [Fact]
    public void Preempted_PodSaysByWhom()
    {
        var pod = Recorded("deleted-while-running");
        pod["status"]!["conditions"] = new JsonArray(new JsonObject
        {
            ["type"] = "DisruptionTarget", ["status"] = "True", ["reason"] = "PreemptionByScheduler", ["message"] = "preempting to accommodate a higher priority pod",
        });

        Assert.Equal(
            "pod deleted: PreemptionByScheduler: preempting to accommodate a higher priority pod", PodStatusTable.Read(pod, Now).Message);
    }

    [Fact]
    public void Executor_ThatFailed_IsAnError_ItsCommandsFailureIsNot()
    {
        var pod = Recorded("exit-code");
        var terminated = Terminated(64);
        terminated["terminated"]!["message"] = """{"v":1,"error":"output parameter x: no file at /tmp/x"}""";
        Container(pod, 0)["state"] = terminated;

        var failed = PodStatusTable.Read(pod, Now);
        terminated["terminated"]!["exitCode"] = 1;
        var step = PodStatusTable.Read(pod, Now);

        Assert.Equal((PodPhase.PodError, "output parameter x: no file at /tmp/x"), (failed.Phase, failed.Message));
        Assert.Equal((PodPhase.PodFailed, "main: Error (exit code 1)"), (step.Phase, step.Message));
    }

    [Theory]
    [InlineData("Running")]
    [InlineData("Failed")]
    public void ContainerOfASet_ThatWaitedForOneThatFailed_IsNotWhyTheNodeFails(string phase)
    {
        var pod = Recorded("exit-code");
        Annotate(pod, PodMarks.Mains, "main,setup");
        pod["status"]!["phase"] = phase;
        var skipped = Terminated(64);
        skipped["terminated"]!["message"] = """{"v":1,"error":"container 'setup', on which 'main' depends, ended with exit code 1","skipped":true}""";
        Container(pod, 0)["state"] = skipped;
        pod["status"]!["containerStatuses"]!.AsArray().Add(new JsonObject { ["name"] = "setup", ["state"] = Terminated(1) });

        var reading = PodStatusTable.Read(pod, Now);

        Assert.Equal((PodPhase.PodFailed, "setup: Error (exit code 1)"), (reading.Phase, reading.Message));
    }

    [Fact]
    public void PodWithoutAnyStatus_FailsWithUpstreamsWords()
    {
        var pod = Recorded("evicted");
        var status = pod["status"]!.AsObject();
        status.Remove("reason");
        status.Remove("message");

        Assert.Equal("can't find failed message for pod evict", PodStatusTable.Read(pod, Now).Message);
    }

    private static JsonObject Recorded(string name)
    {
        var text = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Kubernetes", "Pods", "Statuses", $"{name}.json"));
        return PodFields.Keep(JsonNode.Parse(text)!.AsObject());
    }

    private static JsonObject Container(JsonObject pod, int index) => pod["status"]!["containerStatuses"]![index]!.AsObject();

    private static void Annotate(JsonObject pod, string name, string value) => pod["metadata"]!["annotations"]![name] = value;

    private static JsonObject Terminated(int code) => new()
    {
        ["terminated"] = new JsonObject { ["exitCode"] = code, ["reason"] = "Error", ["startedAt"] = "2026-11-25T23:01:54Z", ["finishedAt"] = "2026-11-25T23:01:55Z" },
    };

    private static JsonObject Running() => new() { ["running"] = new JsonObject { ["startedAt"] = "2026-11-25T23:01:54Z" } };
}
