using Microsoft.Extensions.Logging;

namespace Argosy.ClusterAgent.Identity;

internal static partial class IdentityLog
{
    [LoggerMessage(EventId = 1, Level = LogLevel.Information, Message = "cluster {Cluster}: joined the hub as {ClusterId}, certificate valid until {NotAfter:u}")]
    public static partial void Joined(this ILogger logger, string cluster, string clusterId, DateTimeOffset notAfter);

    [LoggerMessage(EventId = 2, Level = LogLevel.Information, Message = "cluster {Cluster}: certificate of {ClusterId} taken from {Place}, valid until {NotAfter:u}")]
    public static partial void Found(this ILogger logger, string cluster, string clusterId, string place, DateTimeOffset notAfter);

    [LoggerMessage(EventId = 3, Level = LogLevel.Information, Message = "cluster {Cluster}: certificate renewed, valid until {NotAfter:u}")]
    public static partial void Renewed(this ILogger logger, string cluster, DateTimeOffset notAfter);

    [LoggerMessage(EventId = 4, Level = LogLevel.Warning, Message = "cluster {Cluster}: {What} failed, trying again in {Pause}: {Reason}")]
    public static partial void Failed(this ILogger logger, string cluster, string what, TimeSpan pause, string reason);

    [LoggerMessage(EventId = 5, Level = LogLevel.Error, Message = "cluster {Cluster}: the hub refuses the ticket in {Place}: {Reason}. "
        + "Run `argosy cluster join-manifest {Cluster}` again and apply what it prints; this agent looks for a new ticket every {Pause}")]
    public static partial void TicketRefused(this ILogger logger, string cluster, string place, string reason, TimeSpan pause);

    [LoggerMessage(EventId = 6, Level = LogLevel.Error, Message = "cluster {Cluster}: the certificate ran out at {NotAfter:u} before it could be renewed. "
        + "Run `argosy cluster join-manifest {Cluster}` and apply what it prints; pods live on meanwhile")]
    public static partial void Expired(this ILogger logger, string cluster, DateTimeOffset notAfter);

    [LoggerMessage(EventId = 7, Level = LogLevel.Error, Message = "cluster {Cluster}: {Place} holds neither a certificate the hub accepts nor a new ticket. "
        + "Run `argosy cluster join-manifest {Cluster}` and apply what it prints; this agent looks for the ticket every {Pause}")]
    public static partial void NoWayIn(this ILogger logger, string cluster, string place, TimeSpan pause);
}
