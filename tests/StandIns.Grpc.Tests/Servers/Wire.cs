using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Argosy.StandIns.Grpc.Tests.Servers;

/// <summary>A TCP connection that a test can cut, or let fall silent.</summary>
internal sealed class Wire : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentBag<Socket> ends = [];
    private readonly Uri target;
    private readonly Task accepting;
    private volatile bool silent;

    private Wire(Uri target)
    {
        this.target = target;
        listener.Start();
        accepting = AcceptAsync();
    }

    public Uri Address => new($"{target.Scheme}://{listener.LocalEndpoint}");

    public static Wire To(Uri target) => new(target);

    /// <summary>Resets the connections that there are.</summary>
    public void Cut()
    {
        while (ends.TryTake(out var end))
        {
            end.Close(timeout: 0);
        }
    }

    /// <summary>From now on nothing comes through, and nobody is told.</summary>
    public void Silence() => silent = true;

    public async ValueTask DisposeAsync()
    {
        listener.Stop();
        await accepting;
        Cut();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var near = await listener.AcceptSocketAsync();
                var far = new Socket(SocketType.Stream, ProtocolType.Tcp);
                ends.Add(near);
                ends.Add(far);
                await far.ConnectAsync(IPAddress.Loopback, target.Port);
                _ = CarryAsync(near, far);
                _ = CarryAsync(far, near);
            }
        }
        catch (SocketException)
        {
            // Stopped.
        }
        catch (ObjectDisposedException)
        {
            // Stopped.
        }
    }

    private async Task CarryAsync(Socket from, Socket to)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            for (int count; (count = await from.ReceiveAsync(buffer)) > 0;)
            {
                for (var sent = 0; !silent && sent < count;)
                {
                    sent += await to.SendAsync(buffer.AsMemory(sent, count - sent));
                }
            }

            to.Shutdown(SocketShutdown.Send);
        }
        catch (Exception closed) when (closed is SocketException or ObjectDisposedException)
        {
            from.Close(timeout: 0);
            to.Close(timeout: 0);
        }
    }
}
