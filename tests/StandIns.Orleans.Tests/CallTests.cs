using Argosy.StandIns.Orleans.Tests.Silos;
using Orleans;
using Orleans.Concurrency;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Runtime;

namespace Argosy.StandIns.Orleans.Tests;

public interface IEchoGrain : IGrainWithStringKey
{
    Task<int> Echo(int value);

    ValueTask<string> EchoText(string value);

    ValueTask Nothing();

    [OneWay]
    void Tell(string note);

    [OneWay]
    Task TellAndFail(string note);

    Task Fail();

    Task WaitFor(string gate, CancellationToken cancellationToken);

    Task<object?> FromContext(string key);

    Task<object?> FromContextOfAnother(string key);

    Task<string> KeyOf(IEchoGrain grain);

    Task<string> KeyOfMyself();
}

internal sealed class EchoGrain(Stage stage) : Grain, IEchoGrain
{
    public Task<int> Echo(int value) => Task.FromResult(value);

    public async ValueTask<string> EchoText(string value)
    {
        await Task.Yield();
        return value;
    }

    public ValueTask Nothing() => ValueTask.CompletedTask;

    public void Tell(string note) => stage.Note(note);

    public async Task TellAndFail(string note)
    {
        await Task.Yield();
        stage.Note(note);
        throw new InvalidOperationException("nobody hears this");
    }

    public async Task Fail()
    {
        await Task.Yield();
        ThrowFromWithin();
    }

    public async Task WaitFor(string gate, CancellationToken cancellationToken)
    {
        stage.Note($"enter {gate}");
        using var heeded = cancellationToken.Register(() => stage.Note($"cancelled {gate}"));
        await stage.PassAsync(gate);
    }

    public Task<object?> FromContext(string key) => Task.FromResult(RequestContext.Get(key));

    public Task<object?> FromContextOfAnother(string key) => GrainFactory.GetGrain<IEchoGrain>("another").FromContext(key);

    public Task<string> KeyOf(IEchoGrain grain) => Task.FromResult($"{grain.GetPrimaryKeyString()} {grain is GrainReference}");

    public Task<string> KeyOfMyself() => GrainFactory.GetGrain<IEchoGrain>("another").KeyOf(this);

    private static void ThrowFromWithin() => throw new ArithmeticException("no sum");
}

public interface INumberedGrain : IGrainWithIntegerKey
{
    Task<long> Key();
}

internal sealed class NumberedGrain : Grain, INumberedGrain
{
    public Task<long> Key() => Task.FromResult(this.GetPrimaryKeyLong());
}

public interface IIdentifiedGrain : IGrainWithGuidKey
{
    Task<Guid> Key();
}

internal sealed class IdentifiedGrain : Grain, IIdentifiedGrain
{
    public Task<Guid> Key() => Task.FromResult(this.GetPrimaryKey());
}

public interface ICycleGrain : IGrainWithStringKey
{
    Task CallBack(string other, string self);
}

internal sealed class CycleGrain(Stage stage) : Grain, ICycleGrain
{
    public Task CallBack(string other, string self)
    {
        stage.Note(self);
        return GrainFactory.GetGrain<ICycleGrain>(other).CallBack(self, other);
    }
}

public interface IHomelessGrain : IGrainWithStringKey;

public sealed class CallTests
{
    [Fact]
    public async Task EachKindOfTask_CarriesItsResult()
    {
        await using var silo = await TestSilo.StartAsync();
        var grain = silo.Grains.GetGrain<IEchoGrain>("a");

        Assert.Equal(7, await grain.Echo(7));
        Assert.Equal("text", await grain.EchoText("text"));
        await grain.Nothing();
    }

    [Fact]
    public async Task IntegerAndGuidKeys_ReachTheGrain()
    {
        await using var silo = await TestSilo.StartAsync();
        var guid = Guid.NewGuid();

        Assert.Equal(-5, await silo.Grains.GetGrain<INumberedGrain>(-5).Key());
        Assert.Equal(guid, await silo.Grains.GetGrain<IIdentifiedGrain>(guid).Key());
    }

    [Fact]
    public async Task OneWayCalls_ReturnAtOnce_AndHideFailures()
    {
        await using var silo = await TestSilo.StartAsync();
        var grain = silo.Grains.GetGrain<IEchoGrain>("a");

        grain.Tell("told");
        await grain.TellAndFail("told too");

        Assert.Equal("told", await silo.Stage.NextAsync());
        Assert.Equal("told too", await silo.Stage.NextAsync());
        Assert.Equal(1, await grain.Echo(1));
    }

    [Fact]
    public async Task FailingMethod_GivesTheCallerItsExceptionAndStack()
    {
        await using var silo = await TestSilo.StartAsync();

        var failure = await Assert.ThrowsAsync<ArithmeticException>(() => silo.Grains.GetGrain<IEchoGrain>("a").Fail());

        Assert.Equal("no sum", failure.Message);
        Assert.Contains("ThrowFromWithin", failure.StackTrace, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CancelledCaller_SeesCancellation_AndTheGrainHearsOfIt()
    {
        await using var silo = await TestSilo.StartAsync();
        using var cancel = new CancellationTokenSource();
        var call = silo.Grains.GetGrain<IEchoGrain>("a").WaitFor("gate", cancel.Token);
        Assert.Equal("enter gate", await silo.Stage.NextAsync());

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        Assert.Equal("cancelled gate", await silo.Stage.NextAsync());
    }

    [Fact]
    public async Task CallCancelledWhileItWaits_NeverStarts()
    {
        await using var silo = await TestSilo.StartAsync();
        using var cancel = new CancellationTokenSource();
        var grain = silo.Grains.GetGrain<IEchoGrain>("a");
        var running = grain.WaitFor("first", CancellationToken.None);
        var waiting = grain.WaitFor("second", cancel.Token);

        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        silo.Stage.Open("first");
        await running;
        await grain.Nothing();

        Assert.Equal(["enter first"], silo.Stage.Rest());
    }

    [Fact]
    public async Task AlreadyCancelledToken_CallsNothing()
    {
        await using var silo = await TestSilo.StartAsync();
        var grain = silo.Grains.GetGrain<IEchoGrain>("a");

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => grain.WaitFor("gate", new CancellationToken(canceled: true)));
        await grain.Nothing();

        Assert.Empty(silo.Stage.Rest());
    }

    [Fact]
    public async Task RequestContext_FlowsThroughGrains_AndNotBack()
    {
        await using var silo = await TestSilo.StartAsync();
        var grain = silo.Grains.GetGrain<IEchoGrain>("a");

        RequestContext.Set("tenant", "acme");
        var seen = await grain.FromContextOfAnother("tenant");
        RequestContext.Clear();

        Assert.Equal("acme", seen);
        Assert.Null(await grain.FromContext("tenant"));
    }

    [Fact]
    public async Task GrainThatPassesItself_PassesAReference()
    {
        await using var silo = await TestSilo.StartAsync();

        Assert.Equal("a True", await silo.Grains.GetGrain<IEchoGrain>("a").KeyOfMyself());
    }

    [Fact]
    public async Task CycleOfCalls_EndsInATimeout()
    {
        await using var silo = await TestSilo.StartAsync();
        var call = silo.Grains.GetGrain<ICycleGrain>("a").CallBack("b", "a");
        Assert.Equal("a", await silo.Stage.NextAsync());
        Assert.Equal("b", await silo.Stage.NextAsync());

        silo.Clock.Advance(TimeSpan.FromSeconds(29));
        Assert.False(call.IsCompleted);
        silo.Clock.Advance(TimeSpan.FromSeconds(3));

        await Assert.ThrowsAsync<TimeoutException>(() => call);
    }

    [Fact]
    public async Task ConfiguredResponseTimeout_IsKept()
    {
        await using var silo = await TestSilo.StartAsync(
            builder => builder.Configure<SiloMessagingOptions>(options => options.ResponseTimeout = TimeSpan.FromSeconds(2)));
        var call = silo.Grains.GetGrain<IEchoGrain>("a").WaitFor("gate", CancellationToken.None);
        await silo.Stage.NextAsync();

        silo.Clock.Advance(TimeSpan.FromSeconds(3));

        await Assert.ThrowsAsync<TimeoutException>(() => call);
    }

    [Fact]
    public async Task InterfaceWithoutGrain_IsRefusedByName()
    {
        await using var silo = await TestSilo.StartAsync();

        var refusal = Assert.Throws<ArgumentException>(() => silo.Grains.GetGrain<IHomelessGrain>("a"));

        Assert.Contains(nameof(IHomelessGrain), refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task References_ToTheSameGrain_AreEqual()
    {
        await using var silo = await TestSilo.StartAsync();

        Assert.Equal(silo.Grains.GetGrain<IEchoGrain>("a"), silo.Grains.GetGrain<IEchoGrain>("a"));
        Assert.NotEqual(silo.Grains.GetGrain<IEchoGrain>("a"), silo.Grains.GetGrain<IEchoGrain>("b"));
        Assert.Equal("echo/a", silo.Grains.GetGrain<IEchoGrain>("a").GetGrainId().ToString());
    }
}
