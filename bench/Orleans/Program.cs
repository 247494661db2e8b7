using System.Diagnostics;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans;
using Orleans.Hosting;

// Measures the actor runtime: requests and replies between grains. Prints one JSON object.
// First argument: how many calls (default 1,000,000).
var calls = args.Length > 0 ? int.Parse(args[0], System.Globalization.CultureInfo.InvariantCulture) : 1_000_000;
var builder = Host.CreateEmptyApplicationBuilder(null);
builder.UseOrleans(silo => silo.UseLocalhostClustering());
using var host = builder.Build();
await host.StartAsync();
var grains = host.Services.GetRequiredService<IGrainFactory>();

await Task.WhenAll(Enumerable.Range(0, 8).Select(pair => grains.GetGrain<ICallerGrain>($"warm-up {pair}").Call(calls / 20)));
var oneAfterAnother = await Measure(1);
var eightPairs = await Measure(8);
await host.StopAsync();
Console.WriteLine(JsonSerializer.Serialize(new { calls, cores = Environment.ProcessorCount, oneAfterAnother, eightPairs }));

async Task<Result> Measure(int pairs)
{
    var allocated = GC.GetTotalAllocatedBytes(precise: true);
    var clock = Stopwatch.StartNew();
    await Task.WhenAll(Enumerable.Range(0, pairs).Select(pair => grains.GetGrain<ICallerGrain>($"{pairs} {pair}").Call(calls / pairs)));
    clock.Stop();
    return new Result(
        Math.Round(clock.Elapsed.TotalSeconds, 3),
        Math.Round(clock.Elapsed.TotalMicroseconds / calls, 3),
        (GC.GetTotalAllocatedBytes(precise: true) - allocated) / calls);
}

internal sealed record Result(double Seconds, double MicrosecondsPerCall, long BytesPerCall);

internal interface ICallerGrain : IGrainWithStringKey
{
    Task Call(int calls);
}

internal interface IAnswererGrain : IGrainWithStringKey
{
    Task<int> Answer(int question);
}

internal sealed class CallerGrain : Grain, ICallerGrain
{
    public async Task Call(int calls)
    {
        var answerer = GrainFactory.GetGrain<IAnswererGrain>(this.GetPrimaryKeyString());
        for (var call = 0; call < calls; call++)
        {
            await answerer.Answer(call);
        }
    }
}

internal sealed class AnswererGrain : Grain, IAnswererGrain
{
    public Task<int> Answer(int question) => Task.FromResult(question);
}
