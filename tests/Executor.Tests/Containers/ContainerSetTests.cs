using Argosy.ClusterAgent.Executors;

namespace Argosy.Executor.Tests.Containers;

public sealed class ContainerSetTests
{
    [Fact]
    public async Task Container_WaitsForThoseItDependsOn()
    {
        using var pod = new PodInSmall(Set(("a", []), ("b", ["a"])));
        var b = pod.Run("b", "cat", "written-by-a");
        await Files.AppearsAsync(pod["shared/ctr/b/alive"]);
        var a = pod.Run("a", "sh", "-c", "echo hello > written-by-a");

        Assert.Equal(0, await a.EndAsync());
        Assert.Equal(0, await b.EndAsync());
        Assert.Equal("hello\n", b.Output);
    }

    [Fact]
    public async Task FailedDependency_StopsItsDependents_AndTheirs()
    {
        using var pod = new PodInSmall(Set(("a", []), ("b", ["a"]), ("c", ["b"])));

        Assert.Equal(3, await pod.Run("a", "sh", "-c", "exit 3").EndAsync());
        Assert.Equal(64, await pod.Run("b", "echo", "never").EndAsync());
        Assert.Equal(64, await pod.Run("c", "echo", "never").EndAsync());
        Assert.Equal("container 'a', on which 'b' depends, ended with exit code 3", pod.Message("b")!.Error);
        Assert.Equal((true, true), (pod.Message("b")!.Skipped, pod.Message("c")!.Skipped));
    }

    [Fact]
    public async Task ContainerThatFailsByItself_WasNotSkipped()
    {
        using var pod = new PodInSmall(Set(("main", [])));

        Assert.Equal(127, await pod.Run("main", "no-such-command").EndAsync());
        Assert.False(pod.Message()!.Skipped);
    }

    [Fact]
    public async Task DependencyThatIsKilledWhole_CountsAsFailed()
    {
        using var pod = new PodInSmall(Set(("a", []), ("b", ["a"])));
        var a = pod.Run("a", "sh", "-c", "echo ready; sleep 1000");
        await a.SaysAsync("ready");
        var b = pod.Run("b", "echo", "never");
        await Files.AppearsAsync(pod["shared/ctr/b/alive"]);

        a.Signal("KILL");

        Assert.Equal(64, await b.EndAsync());
        Assert.Equal("container 'a', on which 'b' depends, ended with exit code 137", pod.Message("b")!.Error);
    }

    [Theory]
    [InlineData(2, 0)]
    [InlineData(1, 1)]
    public async Task FailingCommand_IsRetriedInPlace_AsOftenAsThePlanSays(int retries, int exitCode)
    {
        using var pod = new PodInSmall(new ExecutorPlan
        {
            CaptureResult = true,
            Containers = new Dictionary<string, ContainerPlan> { ["main"] = new() { Role = ContainerRole.Set, Retries = retries, RetryPauseMilliseconds = 10 } },
        });

        Assert.Equal(exitCode, await pod.Run("main", "sh", "-c", "echo x >> tries; wc -l < tries; [ $(wc -l < tries) = 3 ]").EndAsync());
        Assert.Equal($"{retries + 1}", pod.Message()!.Result);
    }

    [Fact]
    public async Task Sidecar_EndsWell_WhenTheStepHasEnded()
    {
        using var pod = new PodInSmall(WithSidecar());
        var sidecar = pod.Run("web", "sh", "-c", "trap 'echo bye; exit 9' TERM; echo ready; while :; do sleep 0.05; done");
        await sidecar.SaysAsync("ready");

        Assert.Equal(1, await pod.Run("main", "false").EndAsync());

        Assert.Equal(0, await sidecar.EndAsync());
        Assert.EndsWith("bye\n", sidecar.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StubbornSidecar_IsKilledAfterTheGrace()
    {
        using var pod = new PodInSmall(WithSidecar() with { GraceSeconds = 1 });
        var sidecar = pod.Run("web", "sh", "-c", "trap '' TERM; echo ready; while :; do sleep 0.05; done");
        await sidecar.SaysAsync("ready");

        Assert.Equal(0, await pod.Run("main", "true").EndAsync());

        Assert.Equal(0, await sidecar.EndAsync());
    }

    [Fact]
    public async Task Sidecar_OfAStepThatWasKilledWhole_EndsToo()
    {
        using var pod = new PodInSmall(WithSidecar());
        var sidecar = pod.Run("web", "sh", "-c", "echo ready; exec sleep 1000");
        await sidecar.SaysAsync("ready");
        var main = pod.Run("main", "sh", "-c", "echo ready; sleep 1000");
        await main.SaysAsync("ready");

        main.Signal("KILL");

        Assert.Equal(0, await sidecar.EndAsync());
    }

    [Fact]
    public async Task SidecarThatFailsByItself_SaysHow()
    {
        using var pod = new PodInSmall(WithSidecar());

        Assert.Equal(4, await pod.Run("web", "sh", "-c", "exit 4").EndAsync());
    }

    private static ExecutorPlan WithSidecar() => new()
    {
        Containers = new Dictionary<string, ContainerPlan>
        {
            ["main"] = new() { Role = ContainerRole.Main }, ["web"] = new() { Role = ContainerRole.Sidecar },
        },
    };

    private static ExecutorPlan Set(params (string Name, string[] Dependencies)[] containers) => new()
    {
        Containers = containers.ToDictionary(
            each => each.Name, each => new ContainerPlan { Role = ContainerRole.Set, Dependencies = each.Dependencies }),
    };
}
