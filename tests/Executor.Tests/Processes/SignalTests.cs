using Argosy.ClusterAgent.Executors;

namespace Argosy.Executor.Tests.Processes;

public sealed class SignalTests
{
    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    [InlineData("HUP")]
    [InlineData("USR1")]
    [InlineData("USR2")]
    public async Task Signal_ReachesTheCommand(string signal)
    {
        using var pod = new PodInSmall(PodInSmall.Plan());
        var container = pod.Run("main", "sh", "-c", $"trap 'echo got it; exit 7' {signal}; echo ready; while :; do sleep 0.05; done");
        await container.SaysAsync("ready");

        container.Signal(signal);

        Assert.Equal(7, await container.EndAsync());
        Assert.EndsWith("got it\n", container.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Signal_ReachesTheCommandsChildrenToo()
    {
        using var pod = new PodInSmall(PodInSmall.Plan());
        var container = pod.Run(
            "main", "sh", "-c", "sh -c 'trap \"echo child got it; exit\" TERM; echo ready; while :; do sleep 0.05; done' & trap : TERM; wait; wait; exit 5");
        await container.SaysAsync("ready");

        container.Signal("TERM");

        Assert.Equal(5, await container.EndAsync());
        Assert.Contains("child got it", container.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CommandThatIgnoresItsEnd_IsKilledAfterTheGrace()
    {
        using var pod = new PodInSmall(PodInSmall.Plan() with { GraceSeconds = 1 });
        var container = pod.Run("main", "sh", "-c", "trap '' TERM; echo ready; while :; do sleep 0.05; done");
        await container.SaysAsync("ready");

        container.Signal("TERM");

        Assert.Equal(137, await container.EndAsync());
    }

    [Fact]
    public async Task OutputsOfACommandThatWasToldToEnd_AreTaken()
    {
        using var pod = new PodInSmall(PodInSmall.Plan() with { CaptureResult = true });
        var container = pod.Run("main", "sh", "-c", "trap 'echo so far; exit 0' TERM; echo ready; while :; do sleep 0.05; done");
        await container.SaysAsync("ready");

        container.Signal("TERM");

        Assert.Equal(0, await container.EndAsync());
        Assert.Equal("ready\nso far", pod.Message()!.Result);
    }

    [Fact]
    public async Task WhatACommandLeavesRunning_EndsWithIt_AndHoldsUpNothing()
    {
        using var pod = new PodInSmall(PodInSmall.Plan() with { CaptureResult = true });
        var container = pod.Run("main", "sh", "-c", "sleep 1000 & echo $!");

        Assert.Equal(0, await container.EndAsync());
        Assert.False(IsRunning(pod.Message()!.Result!));
    }

    [Fact]
    public async Task OrphansOfAContainer_AreReaped()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "a process namespace needs root");
        using var pod = new PodInSmall(PodInSmall.Plan());
        var container = pod.RunAsFirstProcess(
            "main", "sh", "-c", "for i in 1 2 3; do (sh -c 'exit 0' &) ; done; while grep -qs '^State:.Z' /proc/[0-9]*/status; do sleep 0.05; done; echo none; cat /proc/1/comm");

        Assert.Equal(0, await container.EndAsync());
        Assert.StartsWith("none\nargosy-executor", container.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SignalBeforeTheCommandStarts_EndsTheContainer()
    {
        using var pod = new PodInSmall(new ExecutorPlan
        {
            Containers = new Dictionary<string, ContainerPlan>
            {
                ["first"] = new() { Role = ContainerRole.Set }, ["second"] = new() { Role = ContainerRole.Set, Dependencies = ["first"] },
            },
        });
        var first = pod.Run("first", "sh", "-c", "echo ready; sleep 1000");
        await first.SaysAsync("ready");
        var second = pod.Run("second", "echo", "never");
        await Files.AppearsAsync(pod["shared/ctr/second/alive"]);

        second.Signal("TERM");

        Assert.Equal(143, await second.EndAsync());
        Assert.Equal("", second.Output);
    }

    // A zombie that nobody reaps here still has a folder in /proc, so its state is asked for.
    private static bool IsRunning(string process) =>
        File.Exists($"/proc/{process}/status") && !File.ReadAllText($"/proc/{process}/status").Contains("State:\tZ", StringComparison.Ordinal);
}
