using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Argosy.Scenarios.Killing;

/// <summary>
/// Counts how often the command of each node was started. A step says so itself, over loopback, since what it writes to its private view is
/// thrown away with it; it goes on when it is told that it was counted.
/// </summary>
internal sealed class Starts : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentDictionary<string, int> counts = new(StringComparer.Ordinal);
    private readonly Lock gate = new();
    private readonly Task accepting;
    private readonly List<(int Total, TaskCompletionSource Reached)> waiting = [];
    private int total;

    public Starts()
    {
        listener.Start();
        accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    public int Total => Volatile.Read(ref total);

    /// <summary>How many nodes were started at all.</summary>
    public int Nodes => counts.Count;

    public int Of(string node) => counts.GetValueOrDefault(node);

    /// <summary>Completes when so many starts were counted.</summary>
    public Task ReachAsync(int starts)
    {
        lock (gate)
        {
            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            waiting.Add((starts, reached));
            Tell();
            return reached.Task;
        }
    }

    public async ValueTask DisposeAsync()
    {
        listener.Stop();
        await accepting;
        listener.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = CountAsync(await listener.AcceptTcpClientAsync());
            }
        }
        catch (Exception stopped) when (stopped is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task CountAsync(TcpClient step)
    {
        using (step)
        {
            try
            {
                using var reader = new StreamReader(step.GetStream(), Encoding.UTF8, leaveOpen: true);
                if (await reader.ReadLineAsync() is { Length: > 0 } node)
                {
                    Count(node);
                    await step.GetStream().WriteAsync("go\n"u8.ToArray());
                }
            }
            catch (IOException)
            {
                // The step was killed: it is counted if it got so far as to say who it is.
            }
        }
    }

    private void Count(string node)
    {
        lock (gate)
        {
            counts.AddOrUpdate(node, 1, (_, count) => count + 1);
            total++;
            Tell();
        }
    }

    private void Tell()
    {
        foreach (var (starts, reached) in waiting)
        {
            if (total >= starts)
            {
                reached.TrySetResult();
            }
        }

        waiting.RemoveAll(waiter => waiter.Reached.Task.IsCompleted);
    }
}
