using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans;
using Orleans.Hosting;

namespace Argosy.StandIns.Orleans.Tests.Silos;

/// <summary>A host with grains, a clock that stands still, and a stage to meet the grains on.</summary>
internal sealed class TestSilo : IAsyncDisposable
{
    private readonly IHost host;

    private TestSilo(IHost host) => this.host = host;

    public ManualClock Clock => (ManualClock)host.Services.GetRequiredService<TimeProvider>();

    public Stage Stage => host.Services.GetRequiredService<Stage>();

    public IGrainFactory Grains => host.Services.GetRequiredService<IGrainFactory>();

    public static Task<TestSilo> StartAsync(Action<ISiloBuilder>? configure = null) => StartAsync(new ManualClock(), configure);

    public static async Task<TestSilo> StartAsync(ManualClock clock, Action<ISiloBuilder>? configure = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.SetMinimumLevel(LogLevel.None);
        builder.Services.AddSingleton<TimeProvider>(clock);
        builder.Services.AddSingleton<Stage>();
        builder.UseOrleans(silo =>
        {
            silo.UseLocalhostClustering();
            configure?.Invoke(silo);
        });
        var host = builder.Build();
        await host.StartAsync();
        return new TestSilo(host);
    }

    public Task StopAsync(CancellationToken cancellationToken = default) => host.StopAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        Stage.OpenAll();
        await host.StopAsync();
        host.Dispose();
    }
}
