using Argosy.StandIns.Orleans.Tests.Silos;
using Orleans;
using Orleans.Concurrency;

namespace Argosy.StandIns.Orleans.Tests;

public interface ITurnGrain : IGrainWithStringKey
{
    Task<bool> AwaitsStayInTurns();

    Task Pass(string gate);

    [AlwaysInterleave]
    Task Interleave(string note);

    [ReadOnly]
    Task Read(string gate);

    Task<int> CallAndCount(int calls);
}

/// <summary>What the grains of these tests do alike.</summary>
internal abstract class WatchedGrain(Stage stage) : Grain
{
    private int inside;
    private int worst;

    public async Task Overlap(int rounds)
    {
        for (var round = 0; round < rounds; round++)
        {
            worst = Math.Max(worst, Interlocked.Increment(ref inside));
            Thread.SpinWait(20);
            Interlocked.Decrement(ref inside);
            await Task.Yield();
        }
    }

    public Task<int> WorstOverlap() => Task.FromResult(worst);

    public async Task Pass(string gate)
    {
        stage.Note($"enter {gate}");
        await stage.PassAsync(gate);
        stage.Note($"leave {gate}");
    }
}

internal sealed class TurnGrain(Stage stage) : WatchedGrain(stage), ITurnGrain
{
    private readonly Stage stage = stage;

    public async Task<bool> AwaitsStayInTurns()
    {
        var scheduler = TaskScheduler.Current;
        await Task.Yield();
        var afterYield = ReferenceEquals(TaskScheduler.Current, scheduler);
        await Task.Run(() => { });
        return scheduler != TaskScheduler.Default && afterYield && ReferenceEquals(TaskScheduler.Current, scheduler);
    }

    public Task Interleave(string note)
    {
        stage.Note(note);
        return Task.CompletedTask;
    }

    public Task Read(string gate) => Pass(gate);

    public async Task<int> CallAndCount(int calls)
    {
        var other = GrainFactory.GetGrain<IEchoGrain>("other");
        var sum = 0;
        for (var call = 0; call < calls; call++)
        {
            sum += await other.Echo(1);
        }

        return sum;
    }
}

public interface IReentrantGrain : IGrainWithStringKey
{
    Task Pass(string gate);

    Task Overlap(int rounds);

    Task<int> WorstOverlap();
}

[Reentrant]
internal sealed class ReentrantGrain(Stage stage) : WatchedGrain(stage), IReentrantGrain;

public sealed class TurnTests
{
    [Fact]
    public async Task CodeAfterAwait_RunsInTheActivationsScheduler()
    {
        await using var silo = await TestSilo.StartAsync();

        Assert.True(await silo.Grains.GetGrain<ITurnGrain>("a").AwaitsStayInTurns());
    }

    [Fact]
    public async Task ReentrantGrain_CalledByMany_NeverRunsOnTwoThreadsAtOnce()
    {
        await using var silo = await TestSilo.StartAsync();
        var grain = silo.Grains.GetGrain<IReentrantGrain>("a");

        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => grain.Overlap(500))));

        Assert.Equal(1, await grain.WorstOverlap());
    }

    [Fact]
    public async Task SecondRequest_StartsOnlyWhenTheFirstHasCompleted()
    {
        await using var silo = await TestSilo.StartAsync();
        var grain = silo.Grains.GetGrain<ITurnGrain>("a");

        var first = grain.Pass("one");
        var second = grain.Pass("two");
        Assert.Equal("enter one", await silo.Stage.NextAsync());
        silo.Stage.Open("two");
        silo.Stage.Open("one");
        await Task.WhenAll(first, second);

        Assert.Equal(["leave one", "enter two", "leave two"], silo.Stage.Rest());
    }

    [Fact]
    public async Task ReentrantGrain_SecondRequest_StartsWhileTheFirstWaits()
    {
        await using var silo = await TestSilo.StartAsync();
        var grain = silo.Grains.GetGrain<IReentrantGrain>("a");

        var first = grain.Pass("one");
        var second = grain.Pass("two");

        Assert.Equal("enter one", await silo.Stage.NextAsync());
        Assert.Equal("enter two", await silo.Stage.NextAsync());
        silo.Stage.OpenAll();
        await Task.WhenAll(first, second);
    }

    [Fact]
    public async Task AlwaysInterleave_DuringAnotherRequest_RunsAtOnce()
    {
        await using var silo = await TestSilo.StartAsync();
        var grain = silo.Grains.GetGrain<ITurnGrain>("a");
        var blocking = grain.Pass("one");

        await grain.Interleave("between");

        Assert.False(blocking.IsCompleted);
        Assert.Equal(["enter one", "between"], silo.Stage.Rest());
        silo.Stage.OpenAll();
        await blocking;
    }

    [Fact]
    public async Task ReadOnlyRequests_RunTogether_AndAWriterWaitsForThem()
    {
        await using var silo = await TestSilo.StartAsync();
        var grain = silo.Grains.GetGrain<ITurnGrain>("a");

        var reader = grain.Read("r1");
        var writer = grain.Pass("w");
        var otherReader = grain.Read("r2");
        Assert.Equal("enter r1", await silo.Stage.NextAsync());
        Assert.Equal("enter r2", await silo.Stage.NextAsync());
        silo.Stage.Open("r1");
        await reader;
        silo.Stage.Open("w");
        silo.Stage.Open("r2");
        await Task.WhenAll(writer, otherReader);

        Assert.Equal(["leave r1", "leave r2", "enter w", "leave w"], silo.Stage.Rest());
    }

    [Fact]
    public async Task ManyCallsBetweenTwoGrains_AllAreAnswered()
    {
        await using var silo = await TestSilo.StartAsync();

        Assert.Equal(20_000, await silo.Grains.GetGrain<ITurnGrain>("a").CallAndCount(20_000));
    }
}
