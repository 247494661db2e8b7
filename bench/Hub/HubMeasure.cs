using System.Diagnostics;
using System.Globalization;
using Argosy.ControlPlane.Hosting;
using Argosy.ControlPlane.Storage;

namespace Argosy.Hub.Bench;

/// <summary>One run. Times are from the first submission until a watcher of the API has seen every workflow Succeeded.</summary>
/// <param name="FirstIntentSeconds">When the agent got its first intent; what remains after the last one is reports and the status at the end.</param>
/// <param name="GapP50Milliseconds">From an agent's report to the next intent it gets: where steps follow one another, the engine's share of a step.</param>
/// <param name="CpuMicrosecondsPerPod">Of the whole process: hub, agent and API client.</param>
/// <param name="PeakMegabytes">The process's largest resident set, start and warm-up included.</param>
internal sealed record HubMeasure(
    string Load, int Size, double Seconds, double FirstIntentSeconds, double LastIntentSeconds,
    double PodsPerSecond, double MillisecondsPerPod, double WorkflowsPerSecond, double GapP50Milliseconds, double GapP99Milliseconds, double CpuMicrosecondsPerPod, double PeakMegabytes, long JournalBatches)
{
    private const string Cluster = "bench";
    private const int ConcurrentSubmissions = 16;

    public static async Task<HubMeasure> TakeAsync(string load, int size, string dataFolder)
    {
        await using var hub = await HubHost.StartAsync(
            new HubOptions { DataDirectory = dataFolder, ListenAddress = new(System.Net.IPAddress.Loopback, 0) }, CancellationToken.None);
        await hub.DeclareClusterAsync(Cluster, new Dictionary<string, string>());
        await using var agent = await InstantAgent.ConnectAsync(hub.AgentLink, Cluster);
        using var client = new HubClient(hub);
        await WarmUpAsync(client);
        agent.Reset();
        return await RunAsync(Hub.Bench.Load.Of(load, size), size, client, agent, Path.Combine(dataFolder, "hub.db"));
    }

    /// <summary>A hub that has just started runs code that is not optimised yet; what is measured is a hub that has been up for a moment.</summary>
    private static async Task WarmUpAsync(HubClient client)
    {
        for (var round = 0; round < 5; round++)
        {
            await CompleteAsync(client, Hub.Bench.Load.FanOut(200), $"warm-{round}");
            await CompleteAsync(client, Hub.Bench.Load.Of("flows", 20), $"warm-flows-{round}");
        }
    }

    private static async Task<HubMeasure> RunAsync(Load load, int size, HubClient client, InstantAgent agent, string databaseFile)
    {
        await using var database = HubDatabase.Sqlite(databaseFile);
        var batchesBefore = await CountBatchesAsync(database);
        var cpuBefore = Environment.CpuUsage.TotalTime;
        var began = Stopwatch.GetTimestamp();
        var names = await CompleteAsync(client, load, load.Name);
        var elapsed = Stopwatch.GetElapsedTime(began);
        var cpu = Environment.CpuUsage.TotalTime - cpuBefore;
        var batches = await CountBatchesAsync(database) - batchesBefore;
        var peak = PeakMemory();
        await Audit.CheckAsync(load, names, client, agent);
        agent.Gaps.Sort();
        return new HubMeasure(
            load.Name,
            size,
            Math.Round(elapsed.TotalSeconds, 3),
            Math.Round(Stopwatch.GetElapsedTime(began, agent.Intents.First).TotalSeconds, 3),
            Math.Round(Stopwatch.GetElapsedTime(began, agent.Intents.Last).TotalSeconds, 3),
            Math.Round(load.AllPods / elapsed.TotalSeconds),
            Math.Round(elapsed.TotalMilliseconds / load.AllPods, 3),
            Math.Round(load.Workflows / elapsed.TotalSeconds, 1),
            Percentile(agent.Gaps, 0.50),
            Percentile(agent.Gaps, 0.99),
            Math.Round(cpu.TotalMicroseconds / load.AllPods),
            peak,
            batches);
    }

    private static async Task<IReadOnlyList<string>> CompleteAsync(HubClient client, Load load, string name)
    {
        List<string> names = [.. Enumerable.Range(0, load.Workflows).Select(index => $"{name}-{index}")];
        var manifests = names.Select(load.Manifest).ToList();
        var completion = await client.WatchSucceedAsync(names.ToHashSet());
        await Parallel.ForEachAsync(
            manifests,
            new ParallelOptions { MaxDegreeOfParallelism = ConcurrentSubmissions },
            async (manifest, _) => await client.SubmitAsync(manifest));
        await completion;
        return names;
    }

    private static async Task<long> CountBatchesAsync(HubDatabase database)
    {
        await using var connection = await database.OpenAsync(CancellationToken.None);
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT count(*) FROM journal_entries";
        return (long)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>VmHWM where the system tells it: the kernel's own high-water mark misses nothing between two looks.</summary>
    private static double PeakMemory()
    {
        const string key = "VmHWM:";
        var line = File.Exists("/proc/self/status")
            ? File.ReadLines("/proc/self/status").FirstOrDefault(line => line.StartsWith(key, StringComparison.Ordinal))
            : null;
        var kilobytes = line is null
            ? Process.GetCurrentProcess().PeakWorkingSet64 / 1024
            : long.Parse(line[key.Length..].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);
        return Math.Round(kilobytes / 1024.0);
    }

    private static double Percentile(List<TimeSpan> sorted, double share) =>
        Math.Round(sorted[(int)Math.Ceiling(share * sorted.Count) - 1].TotalMilliseconds, 3);
}
