using System.Collections.Concurrent;
using Argosy.Contracts.Agents;
using Argosy.ControlPlane.Joining;
using Argosy.ControlPlane.Resources;
using Grpc.Core;

namespace Argosy.ControlPlane.Dispatch;

/// <summary>
/// Brings logs from agents to their readers: an order goes down the session, its lines come back in a call of their own. Nothing is kept;
/// a slow reader slows its agent down.
/// </summary>
internal sealed class LogRelay
{
    private readonly ConcurrentDictionary<ulong, LogDelivery> open = new();
    private ulong lastNumber;

    public LogDelivery Open(string cluster)
    {
        var delivery = new LogDelivery(Interlocked.Increment(ref lastNumber), cluster, delivered => open.TryRemove(delivered.Number, out _));
        open[delivery.Number] = delivery;
        return delivery;
    }

    /// <summary>Takes an agent's answer to its end, or until nobody reads it any more.</summary>
    /// <exception cref="RpcException">The order was another cluster's.</exception>
    public async Task TakeAsync(Member member, IAsyncStreamReader<LogPart> parts, CancellationToken cancellationToken)
    {
        if (!await parts.MoveNext(cancellationToken))
        {
            throw new RpcException(new Status(StatusCode.InvalidArgument, "the first part must repeat the number of the order"));
        }

        if (!open.TryGetValue(parts.Current.Number, out var delivery))
        {
            return; // its reader has left
        }

        if (delivery.Cluster != member.Cluster)
        {
            throw new RpcException(new Status(StatusCode.PermissionDenied, $"cluster '{member.Cluster}' was not asked for log {parts.Current.Number}"));
        }

        if (delivery.TryBegin())
        {
            await delivery.TakeAsync(parts, cancellationToken);
        }
    }

    /// <summary>What a reader is told whose log cannot go on.</summary>
    public static ApiException Broken(string cluster, string why) =>
        new(503, "ServiceUnavailable", $"the log is in cluster {cluster}, {why}: try again when the cluster is Ready");
}
