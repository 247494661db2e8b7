using System.Collections.Concurrent;

namespace Argosy.Clusters.Members;

/// <summary>
/// Counts which pods a namespace has had: a watch that begins before the story does. A watch that breaks, as with a killed API server, is taken
/// up again; no pod can come and go unseen meanwhile, for each waits for the hub before it may go.
/// </summary>
internal sealed class PodWatch : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, ConcurrentDictionary<string, string>> pods = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource ends = new();
    private readonly MemberCluster cluster;
    private readonly string @namespace;
    private readonly Task watching;
    private TaskCompletionSource changed = New();

    public PodWatch(MemberCluster cluster, string @namespace)
    {
        (this.cluster, this.@namespace) = (cluster, @namespace);
        watching = Task.Run(WatchAsync);
    }

    /// <summary>How many pods of a workflow were created, by name.</summary>
    public int Created(string workflow) => Of(workflow).Count();

    /// <summary>Names under which more than one pod was created: there must be none.</summary>
    public IReadOnlyList<string> CreatedTwice(string workflow) => [.. Of(workflow).Where(pod => pod.Value.Count > 1).Select(pod => pod.Key)];

    /// <summary>Waits until so many pods of a workflow have been in a phase, or beyond it.</summary>
    public async Task UntilAsync(string workflow, int count, params string[] phases)
    {
        while (true)
        {
            var next = changed.Task;
            if (Of(workflow).Count(pod => pod.Value.Values.Any(phase => phases.Length == 0 || phases.Contains(phase, StringComparer.Ordinal))) >= count)
            {
                return;
            }

            await next.WaitAsync(TimeSpan.FromMinutes(4), TestContext.Current.CancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await ends.CancelAsync();
        await watching;
        ends.Dispose();
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private IEnumerable<KeyValuePair<string, ConcurrentDictionary<string, string>>> Of(string workflow) =>
        pods.Where(pod => pod.Key.StartsWith(workflow + "-", StringComparison.Ordinal));

    private async Task WatchAsync()
    {
        while (!ends.IsCancellationRequested)
        {
            try
            {
                using var kubectl = cluster.Start(
                    "get", "pods", "--namespace", @namespace, "--selector", "argosy.io/managed=true", "--watch", "--output", "jsonpath={.metadata.name} {.metadata.uid} {.status.phase}{'\\n'}");
                await using var stop = ends.Token.Register(() => kubectl.Kill());
                while (await kubectl.StandardOutput.ReadLineAsync(ends.Token) is { } line)
                {
                    Hear(line);
                }

                await Task.Delay(200, ends.Token);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private void Hear(string line)
    {
        if (line.Split(' ') is [var name, var uid, var phase])
        {
            pods.GetOrAdd(name, _ => new(StringComparer.Ordinal))[uid] = phase;
            Interlocked.Exchange(ref changed, New()).TrySetResult();
        }
    }
}
