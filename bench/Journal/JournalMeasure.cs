using System.Diagnostics;
using Argosy.ControlPlane.Journal;
using Argosy.ControlPlane.Storage;

namespace Argosy.Journal.Bench;

/// <summary>One run: so many workflows append one batch after another, each as soon as the last one is durable.</summary>
internal sealed record JournalMeasure(
    DatabaseProvider Provider, int Workflows, int Appends, double AppendsPerSecond, double P50Milliseconds, double P99Milliseconds)
{
    /// <summary>About what the facts of one finished node take.</summary>
    private const int FactsBytes = 300;

    public static async Task<JournalMeasure> TakeAsync(HubDatabase database, int workflows, TimeSpan duration)
    {
        await using var journal = new WorkflowJournal(database);
        await RunAsync(journal, workflows, duration / 5);
        var started = Stopwatch.GetTimestamp();
        var latencies = await RunAsync(journal, workflows, duration);
        var elapsed = Stopwatch.GetElapsedTime(started);
        latencies.Sort();
        return new JournalMeasure(
            database.Provider,
            workflows,
            latencies.Count,
            Math.Round(latencies.Count / elapsed.TotalSeconds),
            Percentile(latencies, 0.50),
            Percentile(latencies, 0.99));
    }

    private static async Task<List<TimeSpan>> RunAsync(WorkflowJournal journal, int workflows, TimeSpan duration)
    {
        var started = Stopwatch.GetTimestamp();
        var runs = await Task.WhenAll(Enumerable.Range(0, workflows).Select(_ => Task.Run(LifeAsync)));
        return [.. runs.SelectMany(latencies => latencies)];

        async Task<List<TimeSpan>> LifeAsync()
        {
            var uid = Guid.NewGuid().ToString();
            var facts = new byte[FactsBytes];
            Random.Shared.NextBytes(facts);
            var latencies = new List<TimeSpan>();
            for (var sequence = 0; Stopwatch.GetElapsedTime(started) < duration; sequence++)
            {
                var sent = Stopwatch.GetTimestamp();
                await journal.AppendAsync(uid, sequence, facts, CancellationToken.None);
                latencies.Add(Stopwatch.GetElapsedTime(sent));
            }

            return latencies;
        }
    }

    private static double Percentile(List<TimeSpan> sorted, double share) =>
        Math.Round(sorted[(int)((sorted.Count - 1) * share)].TotalMilliseconds, 3);
}
