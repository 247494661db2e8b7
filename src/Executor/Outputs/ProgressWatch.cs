using Argosy.Executor.Agents;
using Argosy.Executor.Plans;

namespace Argosy.Executor.Outputs;

/// <summary>Passes on what a step writes about its progress while it runs. Nothing waits for it, and nothing fails by it.</summary>
internal sealed class ProgressWatch : IDisposable
{
    private const int Longest = 64;

    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(1);

    private readonly ExecutorPlan _plan;
    private readonly ExecutorOptions _options;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stop = new();
    private Task _watching = Task.CompletedTask;

    private ProgressWatch(ExecutorPlan plan, ExecutorOptions options, TimeProvider time) => (_plan, _options, _time) = (plan, options, time);

    public static ProgressWatch Start(ExecutorPlan plan, ExecutorOptions options, TimeProvider time)
    {
        var watch = new ProgressWatch(plan, options, time);
        watch._watching = watch.WatchAsync();
        return watch;
    }

    /// <summary>The last progress the step wrote; null: none.</summary>
    public async Task<string?> StopAsync()
    {
        await _stop.CancelAsync();
        await _watching;
        return Read();
    }

    public void Dispose() => _stop.Dispose();

    private async Task WatchAsync()
    {
        try
        {
            AgentClient? agent = null;
            using var timer = new PeriodicTimer(LookAgain, _time);
            for (string? told = null; await timer.WaitForNextTickAsync(_stop.Token);)
            {
                if (Read() is { } progress && progress != told)
                {
                    agent ??= new AgentClient(_plan.AgentUrls, _options.Token, _time);
                    await agent.TellAsync("v1/progress", progress, _stop.Token);
                    told = progress;
                }
            }
        }
        catch (Exception failure) when (failure is OperationCanceledException or ExecutorException)
        {
            // The command has ended, or this pod has no way to tell.
        }
    }

    private string? Read()
    {
        try
        {
            using var file = File.OpenRead(_options.ProgressFile);
            var buffer = new byte[Longest];
            var read = file.ReadAtLeast(buffer, Longest, throwOnEndOfStream: false);
            var line = System.Text.Encoding.UTF8.GetString(buffer, 0, read).Split('\n')[0].Trim();
            return line.Split('/') is [var done, var all] && long.TryParse(done, out _) && long.TryParse(all, out _) ? line : null;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
