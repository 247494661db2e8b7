using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Argosy.ClusterAgent.Outbound;

/// <summary>
/// Connections to names that manifests bring along. The address is checked that is then connected to: a name may mean another one a moment later, and a
/// redirection may lead anywhere. Proxies are the administrator's choice, and go where they may.
/// </summary>
/// <param name="isExcepted">What may be local all the same.</param>
/// <param name="remedy">What to do about a refusal, for people.</param>
internal sealed class GuardedConnections(Func<DnsEndPoint, bool> isExcepted, string remedy)
{
    private readonly ConcurrentDictionary<(string Host, int Port), bool> _proxies = new();

    /// <param name="handler">Its proxy, unless it has one of its own, is the environment's.</param>
    public SocketsHttpHandler Guard(SocketsHttpHandler handler)
    {
        handler.Proxy = new NotedProxy(handler.Proxy ?? HttpClient.DefaultProxy, _proxies);
        handler.ConnectCallback = ConnectAsync;
        return handler;
    }

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var to = context.DnsEndPoint;
        var addresses = IPAddress.TryParse(to.Host, out var literal) ? [literal] : await Dns.GetHostAddressesAsync(to.Host, cancellationToken);
        if (!_proxies.ContainsKey((to.Host, to.Port)) && !isExcepted(to))
        {
            var others = addresses.Where(address => !LocalAddresses.Contains(address)).ToArray();
            if (others.Length == 0 && addresses is [var local, ..])
            {
                throw new LocalAddressException($"{to.Host} is {local}, a loopback or link-local address of the agent's own machine, where it does not go: {remedy}");
            }

            addresses = others;
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, to.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Remembers which proxies it sent to: a connection does not say whether it is to one.</summary>
    private sealed class NotedProxy(IWebProxy proxy, ConcurrentDictionary<(string Host, int Port), bool> sentTo) : IWebProxy
    {
        public ICredentials? Credentials
        {
            get => proxy.Credentials;
            set => proxy.Credentials = value;
        }

        public bool IsBypassed(Uri host) => proxy.IsBypassed(host);

        public Uri? GetProxy(Uri destination)
        {
            if (proxy.IsBypassed(destination) || proxy.GetProxy(destination) is not { } via)
            {
                return null;
            }

            sentTo[(via.IdnHost, via.Port)] = true;
            return via;
        }
    }
}

/// <summary>Somebody's manifest wants to be sent to the agent's own machine.</summary>
internal sealed class LocalAddressException(string message) : IOException(message);
