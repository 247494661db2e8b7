using Argosy.StandIns.Orleans.Tests.Silos;
using Orleans;
using Orleans.Runtime;

namespace Argosy.StandIns.Orleans.Tests;

public interface ITimedGrain : IGrainWithStringKey
{
    Task Start(TimeSpan due, TimeSpan period, bool interleave);

    Task StartFailing(TimeSpan period);

    Task Change(TimeSpan due, TimeSpan period);

    Task Stop();

    Task Leave();

    Task Pass(string gate);
}

internal sealed class TimedGrain(Stage stage) : Grain, ITimedGrain
{
    private IGrainTimer? timer;
    private int ticks;

    public Task Start(TimeSpan due, TimeSpan period, bool interleave)
    {
        timer = this.RegisterGrainTimer(Tick, "tick", new GrainTimerCreationOptions(due, period) { Interleave = interleave });
        return Task.CompletedTask;
    }

    public Task StartFailing(TimeSpan period)
    {
        timer = this.RegisterGrainTimer(
            () =>
            {
                stage.Note("failing");
                throw new InvalidOperationException("tick failed");
            },
            period,
            period);
        return Task.CompletedTask;
    }

    public Task Change(TimeSpan due, TimeSpan period)
    {
        timer!.Change(due, period);
        return Task.CompletedTask;
    }

    public Task Stop()
    {
        timer!.Dispose();
        return Task.CompletedTask;
    }

    public Task Leave()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    public async Task Pass(string gate)
    {
        stage.Note($"enter {gate}");
        await stage.PassAsync(gate);
        stage.Note($"leave {gate}");
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        stage.Note("gone");
        return Task.CompletedTask;
    }

    private async Task Tick(string state, CancellationToken cancellationToken)
    {
        var tick = ++ticks;
        stage.Note($"{state} {tick} {GrainContext is not null && TaskScheduler.Current != TaskScheduler.Default}");
        await stage.PassAsync($"tick {tick}").WaitAsync(cancellationToken);
        stage.Note($"done {tick}");
    }
}

public sealed class TimerTests
{
    /// <summary>No round number of seconds, so that the silo's own timers are due at other times.</summary>
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(900);

    [Fact]
    public async Task Timer_TicksInTurns_AndNeverOverlapsItself()
    {
        await using var silo = await TestSilo.StartAsync();
        var grain = silo.Grains.GetGrain<ITimedGrain>("a");
        await grain.Start(Beat, Beat, interleave: true);

        silo.Clock.Advance(Beat);
        Assert.Equal("tick 1 True", await silo.Stage.NextAsync());
        silo.Clock.Advance(10 * Beat);
        silo.Stage.Open("tick 1");
        Assert.Equal("done 1", await silo.Stage.NextAsync());
        await silo.Clock.ArmedAsync(Beat);
        silo.Clock.Advance(Beat);

        Assert.Equal("tick 2 True", await silo.Stage.NextAsync());
    }

    [Fact]
    public async Task Tick_WaitsForTheRunningRequest()
    {
        await using var silo = await TestSilo.StartAsync();
        var grain = silo.Grains.GetGrain<ITimedGrain>("a");
        await grain.Start(Beat, Timeout.InfiniteTimeSpan, interleave: false);
        var request = grain.Pass("gate");
        Assert.Equal("enter gate", await silo.Stage.NextAsync());

        silo.Clock.Advance(Beat);
        silo.Stage.Open("gate");
        await request;

        Assert.Equal("leave gate", await silo.Stage.NextAsync());
        Assert.Equal("tick 1 True", await silo.Stage.NextAsync());
    }

    [Fact]
    public async Task InterleavingTick_DoesNotWaitForTheRunningRequest()
    {
        await using var silo = await TestSilo.StartAsync();
        var grain = silo.Grains.GetGrain<ITimedGrain>("a");
        await grain.Start(Beat, Timeout.InfiniteTimeSpan, interleave: true);
        _ = grain.Pass("gate");
        Assert.Equal("enter gate", await silo.Stage.NextAsync());

        silo.Clock.Advance(Beat);

        Assert.Equal("tick 1 True", await silo.Stage.NextAsync());
    }

    [Fact]
    public async Task FailedTick_DoesNotStopTheTimer()
    {
        await using var silo = await TestSilo.StartAsync();
        var grain = silo.Grains.GetGrain<ITimedGrain>("a");
        await grain.StartFailing(Beat);

        silo.Clock.Advance(Beat);
        Assert.Equal("failing", await silo.Stage.NextAsync());
        await silo.Clock.ArmedAsync(Beat);
        silo.Clock.Advance(Beat);

        Assert.Equal("failing", await silo.Stage.NextAsync());
    }

    [Fact]
    public async Task Deactivation_StopsTimers()
    {
        await using var silo = await TestSilo.StartAsync();
        var grain = silo.Grains.GetGrain<ITimedGrain>("a");
        await grain.Start(Beat, Beat, interleave: false);
        await grain.Leave();
        Assert.Equal("gone", await silo.Stage.NextAsync());

        silo.Clock.Advance(10 * Beat);
        silo.Stage.Open("gate");
        await grain.Pass("gate");

        Assert.Equal(["enter gate", "leave gate"], silo.Stage.Rest());
    }

    [Fact]
    public async Task DisposedTimer_TicksNoMore()
    {
        await using var silo = await TestSilo.StartAsync();
        var grain = silo.Grains.GetGrain<ITimedGrain>("a");
        await grain.Start(Beat, Beat, interleave: false);
        await grain.Stop();

        silo.Clock.Advance(10 * Beat);
        silo.Stage.Open("gate");
        await grain.Pass("gate");

        Assert.Equal(["enter gate", "leave gate"], silo.Stage.Rest());
    }

    [Fact]
    public async Task Change_SetsTheNextTick()
    {
        await using var silo = await TestSilo.StartAsync();
        var grain = silo.Grains.GetGrain<ITimedGrain>("a");
        await grain.Start(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan, interleave: false);
        silo.Clock.Advance(10 * Beat);
        await grain.Change(5 * Beat, Timeout.InfiniteTimeSpan);

        silo.Clock.Advance(4 * Beat);
        Assert.Empty(silo.Stage.Rest());
        silo.Clock.Advance(Beat);

        Assert.Equal("tick 1 True", await silo.Stage.NextAsync());
    }

    [Fact]
    public async Task ChangeDuringATick_CountsFromTheChange()
    {
        await using var silo = await TestSilo.StartAsync();
        var grain = silo.Grains.GetGrain<ITimedGrain>("a");
        await grain.Start(Beat, Timeout.InfiniteTimeSpan, interleave: true);
        silo.Clock.Advance(Beat);
        Assert.Equal("tick 1 True", await silo.Stage.NextAsync());

        await grain.Change(Beat, Timeout.InfiniteTimeSpan);
        silo.Clock.Advance(Beat);
        Assert.Empty(silo.Stage.Rest());
        silo.Stage.Open("tick 1");

        Assert.Equal("done 1", await silo.Stage.NextAsync());
        Assert.Equal("tick 2 True", await silo.Stage.NextAsync());
    }

    [Fact]
    public async Task TimerWithoutKeepAlive_DoesNotKeepTheGrainFromIdling()
    {
        await using var silo = await TestSilo.StartAsync();
        silo.Stage.OpenAll();
        var grain = silo.Grains.GetGrain<ITimedGrain>("a");
        await grain.Start(TimeSpan.FromHours(1), TimeSpan.FromHours(1), interleave: false);

        silo.Clock.Advance(TimeSpan.FromMinutes(17));

        Assert.Equal("gone", await silo.Stage.NextAsync());
    }
}
