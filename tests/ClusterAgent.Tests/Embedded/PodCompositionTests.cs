using Argosy.Contracts.Agents;

namespace Argosy.ClusterAgent.Tests.Embedded;

public sealed class PodCompositionTests
{
    [Fact]
    public async Task InitContainersAndSidecar_Run_InOrderAndEndWithMain()
    {
        await using var cluster = await TestCluster.StartPrivateAsync();
        var template = new
        {
            initContainers = new[] { Intents.Sh("first", "echo 1 >>/tmp/order"), Intents.Sh("second", "echo 2 >>/tmp/order") },
            container = Intents.Sh("while ! test -e /tmp/beside; do sleep 0.01; done; cat /tmp/order"),
            sidecars = new[] { Intents.Sh("helper", "touch /tmp/beside; exec sleep 600") },
        };

        var report = await cluster.RunAsync(Intents.Of(template).CapturingResult());

        Assert.Equal((PodPhase.PodSucceeded, "1\n2"), (report.Phase, report.Result));
    }

    [Fact]
    public async Task InitContainerFails_NothingElseStarts_AndThePodFails()
    {
        await using var cluster = await TestCluster.StartAsync();
        var template = new { initContainers = new[] { Intents.Sh("prepare", "exit 4") }, container = Intents.Sh("echo ran") };

        var report = await cluster.RunAsync(Intents.Of(template).CapturingResult());

        Assert.Equal((PodPhase.PodFailed, "prepare: Error (exit code 4)", ""), (report.Phase, report.Message, report.Result));
        Assert.DoesNotContain(report.Containers, container => container.Name == "main");
    }

    [Fact]
    public async Task SidecarFailsBeforeMainIsDone_MainSucceeds_PodFails()
    {
        await using var cluster = await TestCluster.StartPrivateAsync();
        var template = new
        {
            container = Intents.Sh("while ! test -e /tmp/failing; do sleep 0.01; done; sleep 0.3"),
            sidecars = new[] { Intents.Sh("helper", "touch /tmp/failing; exit 5") },
        };

        var report = await cluster.RunAsync(Intents.Of(template));

        Assert.Equal((PodPhase.PodFailed, "helper: Error (exit code 5)"), (report.Phase, report.Message));
    }

    [Fact]
    public async Task ContainerSet_Runs_DependenciesFirst()
    {
        await using var cluster = await TestCluster.StartPrivateAsync();
        var containers = new[]
        {
            Intents.Sh("main", "cat /tmp/a /tmp/b", "a", "b"), Intents.Sh("a", "echo a >/tmp/a"), Intents.Sh("b", "echo b >/tmp/b"),
        };

        var report = await cluster.RunAsync(Intents.Of(new { containerSet = new { containers } }).CapturingResult());

        Assert.Equal((PodPhase.PodSucceeded, "a\nb"), (report.Phase, report.Result));
        Assert.Equal(3, report.Containers.Count(container => container.Phase == PodPhase.PodSucceeded));
    }

    [Fact]
    public async Task ContainerOfASetFails_ItsDependentsNeverStart_AndThePodFails()
    {
        await using var cluster = await TestCluster.StartAsync();
        var containers = new[] { Intents.Sh("a", "exit 6"), Intents.Sh("main", "echo ran", "a") };

        var report = await cluster.RunAsync(Intents.Of(new { containerSet = new { containers } }).CapturingResult());

        Assert.Equal((PodPhase.PodFailed, "a: Error (exit code 6)", ""), (report.Phase, report.Message, report.Result));
        Assert.Equal(64, Assert.Single(report.Containers, container => container.Name == "main").ExitCode);
    }

    [Fact]
    public async Task ContainerSetMayRetry_ContainerFailsOnce_IsStartedAgainInItsPlace()
    {
        await using var cluster = await TestCluster.StartPrivateAsync();
        var containers = new[] { Intents.Sh("main", "test -e /tmp/before || { touch /tmp/before; exit 1; }") };

        var report = await cluster.RunAsync(Intents.Of(new { containerSet = new { containers, retryStrategy = new { retries = "2" } } }));

        Assert.Equal(PodPhase.PodSucceeded, report.Phase);
    }
}
