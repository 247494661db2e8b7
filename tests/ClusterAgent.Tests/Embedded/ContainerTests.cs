using Argosy.ClusterAgent.Embedded.Views;
using Argosy.Contracts.Agents;
using Google.Protobuf.WellKnownTypes;

namespace Argosy.ClusterAgent.Tests.Embedded;

public sealed class ContainerTests
{
    [Fact]
    public async Task CommandThatSucceeds_Runs_ReportsResultExitCodeAndTimes()
    {
        await using var cluster = await TestCluster.StartAsync();

        var report = await cluster.RunAsync(Intents.Shell("echo hello; echo aside >&2").CapturingResult());

        Assert.Equal((PodPhase.PodSucceeded, "", "hello", 0), (report.Phase, report.Message, report.Result, report.ExitCode));
        Assert.True(report.HasExitCode && report.HasResult);
        Assert.True(report.Finished >= report.Started);
        Assert.Equal([("main", PodPhase.PodSucceeded)], report.Containers.Select(container => (container.Name, container.Phase)));
    }

    [Fact]
    public async Task CommandThatFails_Runs_ReportsArgosMessageAndItsOutputs()
    {
        await using var cluster = await TestCluster.StartAsync();

        var report = await cluster.RunAsync(Intents.Shell("echo so far; exit 3").CapturingResult());

        Assert.Equal((PodPhase.PodFailed, "main: Error (exit code 3)", 3), (report.Phase, report.Message, report.ExitCode));
        Assert.Equal("so far", report.Result);
    }

    [Fact]
    public async Task IntentIsTaken_Runs_IsAcceptedAndReportsRunningBeforeItsEnd()
    {
        await using var cluster = await TestCluster.StartAsync();
        var intent = Intents.Shell("true");

        await cluster.RunAsync(intent);

        Assert.Contains(cluster.Hub.Heard, message => intent.Key.Equals(message.Accepted));
        Assert.Contains(cluster.Hub.Heard, message => message.Report is { Phase: PodPhase.PodRunning } report && report.Key.Equals(intent.Key));
    }

    [Fact]
    public async Task TemplateWithoutCommand_Runs_SaysThatImagesAreNotPulled()
    {
        await using var cluster = await TestCluster.StartAsync();

        var report = await cluster.RunAsync(Intents.Of(new { container = new { image = "docker/whalesay" } }));

        Assert.Equal(PodPhase.PodError, report.Phase);
        Assert.Contains("docker/whalesay", report.Message, StringComparison.Ordinal);
        Assert.Contains("name a `command`", report.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CommandThisMachineLacks_Runs_FailsAndNamesIt()
    {
        await using var cluster = await TestCluster.StartAsync();

        var report = await cluster.RunAsync(Intents.Of(new { container = new { image = "any", command = new[] { "no-such-program" } } }));

        Assert.Equal((PodPhase.PodFailed, 127), (report.Phase, report.ExitCode));
        Assert.Contains("\"no-such-program\" not found", report.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TemplateThatIsNoPod_Runs_IsAnError()
    {
        await using var cluster = await TestCluster.StartAsync();

        var report = await cluster.RunAsync(Intents.Of(new { suspend = new { } }));

        Assert.Equal(PodPhase.PodError, report.Phase);
    }

    [Fact]
    public async Task Script_Runs_WithItsSourceStagedAsLastArgument()
    {
        await using var cluster = await TestCluster.StartAsync();
        var script = new { image = "any", command = new[] { "sh" }, source = "echo \"it's $0\"\n" };

        var report = await cluster.RunAsync(Intents.Of(new { script }).CapturingResult());

        Assert.Equal(PodPhase.PodSucceeded, report.Phase);
        Assert.EndsWith("/argo/staging/script", report.Result, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OutputParameters_AreRead_WithoutTheirLastNewlineOrFromTheirDefault()
    {
        await using var cluster = await TestCluster.StartAsync();
        var intent = Intents.Shell("cd \"$ARGOSY_ROOT/tmp\" && printf 'one\\n\\n' >a").WithOutput("a", "/tmp/a").WithOutput("b", "/tmp/b", "fallback");

        var report = await cluster.RunAsync(intent);

        Assert.Equal((PodPhase.PodSucceeded, "one\n", "fallback"), (report.Phase, report.Parameters["a"], report.Parameters["b"]));
    }

    [Fact]
    public async Task OutputParameterIsMissing_StepSucceeded_IsAnErrorThatNamesParameterAndPath()
    {
        await using var cluster = await TestCluster.StartAsync();

        var report = await cluster.RunAsync(Intents.Shell("true").WithOutput("lost", "/tmp/nowhere"));

        Assert.Equal(PodPhase.PodError, report.Phase);
        Assert.Contains("\"lost\"", report.Message, StringComparison.Ordinal);
        Assert.Contains("/tmp/nowhere", report.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ProgressFile_IsWritten_IsReported()
    {
        await using var cluster = await TestCluster.StartPrivateAsync();
        var intent = Intents.Shell("echo 25/100 >$ARGO_PROGRESS_FILE; sleep 600");
        cluster.Hub.Run(intent);

        await cluster.Hub.ReportAsync(intent.Key, report => report.Progress == "25/100");

        cluster.Hub.Cancel(intent.Key);
        Assert.Equal("25/100", (await cluster.Hub.FinalReportAsync(intent.Key)).Progress);
    }

    [Fact]
    public async Task DeadlineIsReached_StepRuns_IsKilledAndFails()
    {
        await using var cluster = await TestCluster.StartAsync();
        var intent = Intents.Shell("sleep 600");
        intent.Deadline = Timestamp.FromDateTimeOffset(TimeProvider.System.GetUtcNow().AddMilliseconds(400));

        var report = await cluster.RunAsync(intent);

        Assert.Equal((PodPhase.PodFailed, "Step exceeded its deadline"), (report.Phase, report.Message));
    }

    [Fact]
    public async Task AllPlacesAreTaken_IntentArrives_WaitsAndSaysSo()
    {
        await using var cluster = await TestCluster.StartAsync(maxPods: 1);
        var (first, second) = (Intents.Shell("sleep 600"), Intents.Shell("true"));
        cluster.Hub.Run(first);
        await cluster.Hub.ReportAsync(first.Key, report => report.Phase == PodPhase.PodRunning);
        cluster.Hub.Run(second);

        var pending = await cluster.Hub.ReportAsync(second.Key, report => report.Phase == PodPhase.PodPending);
        cluster.Hub.Cancel(first.Key);

        Assert.Contains("waiting for one of the 1 places", pending.Message, StringComparison.Ordinal);
        Assert.Equal(PodPhase.PodSucceeded, (await cluster.Hub.FinalReportAsync(second.Key)).Phase);
    }

    [Theory]
    [InlineData(ViewKind.Privileged)]
    [InlineData(ViewKind.Unprivileged)]
    [InlineData(ViewKind.PlainFolder)]
    internal async Task EachKindOfView_RunsAStep_WithInputsVolumesAndOutputs(ViewKind kind)
    {
        await using var cluster = await TestCluster.StartAsync(hopes: kind == ViewKind.PlainFolder ? [] : [kind]);
        Assert.SkipUnless(cluster.View == kind, $"this kernel or user has no {kind} view");
        cluster.Hub.Artifacts["in"] = "given"u8.ToArray();
        var container = new
        {
            image = "any",
            command = new[] { "sh", "-c" },
            args = new[] { "cat \"$ARGOSY_ROOT/inputs/deep/in\" >\"$ARGOSY_ROOT/mnt/data/out\" && echo $ARGO_NODE_ID >\"$ARGOSY_ROOT/tmp/p\"" },
            volumeMounts = new[] { new { name = "data", mountPath = "/mnt/data" } },
        };
        var intent = Intents.Of(new { container }, [new { name = "data", emptyDir = new { } }])
            .WithInputArtifact("in", "/inputs/deep/in").WithOutput("node", "/tmp/p").WithOutputArtifact("out", "/mnt/data/out", archive: "none");

        var report = await cluster.RunAsync(intent);

        Assert.Equal((PodPhase.PodSucceeded, ""), (report.Phase, report.Message));
        Assert.Equal(intent.Key.NodeId, report.Parameters["node"]);
        Assert.Equal("given"u8.ToArray(), cluster.Hub.Artifacts["out"]);
    }
}
