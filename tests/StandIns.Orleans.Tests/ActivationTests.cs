using Argosy.StandIns.Orleans.Tests.Silos;
using Orleans;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Runtime;

namespace Argosy.StandIns.Orleans.Tests;

public interface ILifeGrain : IGrainWithStringKey
{
    Task<Guid> Life();

    Task Leave();

    Task LeaveAndPass(string gate);

    Task Stay(TimeSpan time);

    Task<bool> CallAnotherAtTheEnd();
}

/// <summary>
/// Notes its life on the stage. The key says what goes wrong: <c>fail…</c> fails its first activation, <c>gate…</c> waits at gates.
/// </summary>
internal sealed class LifeGrain(Stage stage) : Grain, ILifeGrain
{
    private readonly Guid life = Guid.NewGuid();
    private bool callsAnother;

    private string Key => this.GetPrimaryKeyString();

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        stage.Note($"activate {Key}");
        if (Key.StartsWith("fail", StringComparison.Ordinal))
        {
            await stage.PassAsync("failing");
            if (stage.Once(Key))
            {
                throw new ArithmeticException("cannot activate");
            }
        }
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        stage.Note($"deactivate {Key} {reason.ReasonCode}");
        if (Key.StartsWith("gate", StringComparison.Ordinal))
        {
            await stage.PassAsync("leaving").WaitAsync(cancellationToken);
        }

        if (callsAnother)
        {
            await GrainFactory.GetGrain<IEchoGrain>("not yet active").Nothing();
        }
    }

    public Task<Guid> Life() => Task.FromResult(life);

    public Task Leave()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    public async Task LeaveAndPass(string gate)
    {
        DeactivateOnIdle();
        stage.Note($"enter {gate}");
        await stage.PassAsync(gate);
    }

    public Task Stay(TimeSpan time)
    {
        DelayDeactivation(time);
        return Task.CompletedTask;
    }

    public Task<bool> CallAnotherAtTheEnd() => Task.FromResult(callsAnother = true);
}

public interface IShortLivedGrain : IGrainWithStringKey
{
    Task<Guid> Life();
}

[CollectionAgeLimit(Minutes = 2)]
internal sealed class ShortLivedGrain : Grain, IShortLivedGrain
{
    private readonly Guid life = Guid.NewGuid();

    public Task<Guid> Life() => Task.FromResult(life);
}

public interface IPlainGrain : IGrainWithStringKey
{
    Task<string> Key();
}

/// <summary>A grain without the base class, which gets its context from its constructor.</summary>
internal sealed class PlainGrain(IGrainContext grainContext, Stage stage) : IGrainBase, IPlainGrain, IDisposable
{
    public IGrainContext GrainContext { get; } = grainContext;

    public Task<string> Key()
    {
        this.DeactivateOnIdle();
        return Task.FromResult(this.GetPrimaryKeyString());
    }

    public void Dispose() => stage.Note("disposed");
}

public interface IRestlessGrain : IGrainWithStringKey
{
    Task Never();
}

internal sealed class RestlessGrain : Grain, IRestlessGrain
{
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    public Task Never() => Task.CompletedTask;
}

public interface ICuriousGrain : IGrainWithStringKey
{
    Task<string> SeenAtActivation();
}

internal sealed class CuriousGrain : Grain, ICuriousGrain
{
    public static readonly AsyncLocal<string?> OfTheCaller = new();

    private string seen = "";

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        seen = $"{RequestContext.Get("tenant")} {OfTheCaller.Value ?? "nothing else"}";
        return Task.CompletedTask;
    }

    public Task<string> SeenAtActivation() => Task.FromResult(seen);
}

public sealed class ActivationTests
{
    [Fact]
    public async Task Activation_SeesTheRequestContextOfItsFirstCaller_AndNothingElseOfIt()
    {
        await using var silo = await TestSilo.StartAsync();
        CuriousGrain.OfTheCaller.Value = "private";
        RequestContext.Set("tenant", "acme");

        Assert.Equal("acme nothing else", await silo.Grains.GetGrain<ICuriousGrain>("a").SeenAtActivation());
    }

    [Fact]
    public async Task ConcurrentFirstCalls_MakeOneActivation()
    {
        await using var silo = await TestSilo.StartAsync();

        for (var round = 0; round < 200; round++)
        {
            var key = $"grain {round}";
            var lives = await Task.WhenAll(
                Enumerable.Range(0, 4).Select(_ => Task.Run(() => silo.Grains.GetGrain<ILifeGrain>(key).Life())));
            Assert.Single(lives.Distinct());
        }
    }

    [Fact]
    public async Task FailingActivation_FailsItsCallers_AndTheNextCallStartsAfresh()
    {
        await using var silo = await TestSilo.StartAsync();
        var grain = silo.Grains.GetGrain<ILifeGrain>("fail");
        var first = grain.Life();
        var second = grain.Life();
        silo.Stage.Open("failing");

        await Assert.ThrowsAsync<ArithmeticException>(() => first);
        await Assert.ThrowsAsync<ArithmeticException>(() => second);
        await grain.Life();

        Assert.Equal(["activate fail", "activate fail"], silo.Stage.Rest());
    }

    [Fact]
    public async Task ActivationThatTakesTooLong_TimesOutItsCallers()
    {
        await using var silo = await TestSilo.StartAsync(
            builder => builder.Configure<GrainCollectionOptions>(options => options.ActivationTimeout = TimeSpan.FromSeconds(5)));
        var call = silo.Grains.GetGrain<ILifeGrain>("fail slowly").Life();
        await silo.Stage.NextAsync();

        silo.Clock.Advance(TimeSpan.FromSeconds(6));

        var failure = await Assert.ThrowsAsync<TimeoutException>(() => call);
        Assert.Contains("activation of life/fail slowly", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task IdleGrain_IsDeactivated_AndComesBackWhenCalled()
    {
        await using var silo = await TestSilo.StartAsync();
        var grain = silo.Grains.GetGrain<ILifeGrain>("a");
        var life = await grain.Life();

        silo.Clock.Advance(TimeSpan.FromMinutes(14));
        Assert.Equal(life, await grain.Life());
        silo.Clock.Advance(TimeSpan.FromMinutes(14));
        Assert.Equal(["activate a"], silo.Stage.Rest());
        silo.Clock.Advance(TimeSpan.FromMinutes(2));

        Assert.Equal("deactivate a ActivationIdle", await silo.Stage.NextAsync());
        Assert.NotEqual(life, await grain.Life());
    }

    [Fact]
    public async Task BusyGrain_IsNotIdle()
    {
        await using var silo = await TestSilo.StartAsync(
            builder => builder.Configure<SiloMessagingOptions>(options => options.ResponseTimeout = TimeSpan.FromHours(2)));
        var grain = silo.Grains.GetGrain<ITurnGrain>("a");
        var call = grain.Pass("gate");
        await silo.Stage.NextAsync();

        silo.Clock.Advance(TimeSpan.FromHours(1));
        silo.Stage.Open("gate");

        await call;
        Assert.Equal(["leave gate"], silo.Stage.Rest());
    }

    [Fact]
    public async Task CollectionAgeLimit_OfTheClass_Wins()
    {
        await using var silo = await TestSilo.StartAsync();
        var grain = silo.Grains.GetGrain<IShortLivedGrain>("a");
        var life = await grain.Life();

        silo.Clock.Advance(TimeSpan.FromMinutes(4));

        Assert.NotEqual(life, await grain.Life());
    }

    [Fact]
    public async Task DelayDeactivation_KeepsTheIdleGrain()
    {
        await using var silo = await TestSilo.StartAsync();
        var grain = silo.Grains.GetGrain<ILifeGrain>("a");
        await grain.Stay(TimeSpan.FromHours(1));
        var life = await grain.Life();

        silo.Clock.Advance(TimeSpan.FromMinutes(50));
        Assert.Equal(life, await grain.Life());
        await grain.Stay(TimeSpan.FromSeconds(-1));
        silo.Clock.Advance(TimeSpan.FromMinutes(20));

        Assert.NotEqual(life, await grain.Life());
    }

    [Fact]
    public async Task DeactivateOnIdle_LetsTheRequestFinish_AndPassesWaitingOnesOn()
    {
        await using var silo = await TestSilo.StartAsync();
        var grain = silo.Grains.GetGrain<ILifeGrain>("a");
        var leaving = grain.LeaveAndPass("gate");
        Assert.Equal("activate a", await silo.Stage.NextAsync());
        Assert.Equal("enter gate", await silo.Stage.NextAsync());
        var waiting = grain.Life();

        silo.Stage.Open("gate");
        await leaving;
        await waiting;

        Assert.Equal(["deactivate a ApplicationRequested", "activate a"], silo.Stage.Rest());
    }

    [Fact]
    public async Task CallDuringDeactivation_WaitsForItsEnd()
    {
        await using var silo = await TestSilo.StartAsync();
        var grain = silo.Grains.GetGrain<ILifeGrain>("gate");
        var life = await grain.Life();
        await grain.Leave();
        Assert.Equal("activate gate", await silo.Stage.NextAsync());
        Assert.Equal("deactivate gate ApplicationRequested", await silo.Stage.NextAsync());

        var next = grain.Life();
        Assert.False(next.IsCompleted);
        silo.Stage.Open("leaving");

        Assert.NotEqual(life, await next);
    }

    [Fact]
    public async Task GrainThatAlwaysLeavesAtOnce_FailsItsCallerInTheEnd()
    {
        await using var silo = await TestSilo.StartAsync();

        await Assert.ThrowsAsync<OrleansMessageRejectionException>(() => silo.Grains.GetGrain<IRestlessGrain>("a").Never());
    }

    [Fact]
    public async Task GrainWithoutBaseClass_GetsItsContext_AndIsDisposed()
    {
        await using var silo = await TestSilo.StartAsync();

        Assert.Equal("a", await silo.Grains.GetGrain<IPlainGrain>("a").Key());
        Assert.Equal("disposed", await silo.Stage.NextAsync());
    }

    [Fact]
    public async Task HostStop_DeactivatesAll_AndRefusesLaterCalls()
    {
        await using var silo = await TestSilo.StartAsync();
        var grain = silo.Grains.GetGrain<ILifeGrain>("a");
        await grain.Life();
        await grain.CallAnotherAtTheEnd();

        await silo.StopAsync();

        Assert.Equal(["activate a", "deactivate a ShuttingDown"], silo.Stage.Rest());
        await Assert.ThrowsAsync<SiloUnavailableException>(() => grain.Life());
    }

    [Fact]
    public async Task HostStop_WithAGrainThatDoesNotLeave_EndsWhenTheHostMustGo()
    {
        await using var silo = await TestSilo.StartAsync();
        await silo.Grains.GetGrain<ILifeGrain>("gate").Life();
        var stuck = silo.Grains.GetGrain<ITurnGrain>("a").Pass("never");
        using var mustGo = new CancellationTokenSource();
        Assert.Equal("activate gate", await silo.Stage.NextAsync());
        Assert.Equal("enter never", await silo.Stage.NextAsync());

        var stop = silo.StopAsync(mustGo.Token);
        await mustGo.CancelAsync();
        await stop;

        Assert.False(stuck.IsCompleted);
    }

    [Fact]
    public async Task CollectionAge_NotGreaterThanTheQuantum_StopsTheHostFromStarting()
    {
        var refusal = await Assert.ThrowsAnyAsync<Exception>(() => TestSilo.StartAsync(
            builder => builder.Configure<GrainCollectionOptions>(options => options.CollectionAge = TimeSpan.FromSeconds(1))));

        Assert.Contains("CollectionAge", refusal.Message, StringComparison.Ordinal);
    }
}
