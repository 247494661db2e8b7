using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Argosy.Clusters.Members;

/// <summary>The network between an agent and the hub, which a test can cut.</summary>
internal sealed class Proxy : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource ends = new();
    private readonly ConcurrentDictionary<TcpClient, bool> open = new();
    private readonly int target;
    private readonly Task accepting;
    private volatile bool cut;

    public Proxy(int target)
    {
        this.target = target;
        listener.Start();
        accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    /// <summary>Ends every connection; new ones end at once.</summary>
    public void Cut()
    {
        cut = true;
        foreach (var client in open.Keys)
        {
            client.Close();
        }
    }

    public void Mend() => cut = false;

    public async ValueTask DisposeAsync()
    {
        await ends.CancelAsync();
        listener.Stop();
        Cut();
        await accepting;
        ends.Dispose();
    }

    private async Task AcceptAsync()
    {
        var relays = new List<Task>();
        try
        {
            while (true)
            {
                var client = await listener.AcceptTcpClientAsync(ends.Token);
                relays.RemoveAll(relay => relay.IsCompleted);
                relays.Add(RelayAsync(client));
            }
        }
        catch (Exception over) when (over is OperationCanceledException or SocketException)
        {
            await Task.WhenAll(relays);
        }
    }

    private async Task RelayAsync(TcpClient client)
    {
        using var hub = new TcpClient();
        open[client] = true;
        try
        {
            if (cut)
            {
                return;
            }

            client.NoDelay = hub.NoDelay = true;
            await hub.ConnectAsync(IPAddress.Loopback, target, ends.Token);
            var (near, far) = (client.GetStream(), hub.GetStream());
            await Task.WhenAny(near.CopyToAsync(far, ends.Token), far.CopyToAsync(near, ends.Token));
        }
        catch (Exception broken) when (broken is IOException or SocketException or OperationCanceledException or ObjectDisposedException or InvalidOperationException)
        {
            // Either end has gone: so does the other.
        }
        finally
        {
            open.TryRemove(client, out _);
            client.Dispose();
        }
    }
}
