using System.Net;
using Microsoft.Extensions.Logging;

namespace Argosy.ClusterAgent.Hosting;

internal static partial class HostingLog
{
    [LoggerMessage(EventId = 1, Level = LogLevel.Information, Message = "cluster {Cluster}: agent for namespaces {Namespaces} listens on {Address}")]
    public static partial void Started(this ILogger logger, string cluster, IReadOnlyList<string> namespaces, IPEndPoint address);

    [LoggerMessage(EventId = 2, Level = LogLevel.Warning, Message = "the API server does not tell which cluster this is, asking again in {Pause}: {Reason}")]
    public static partial void ClusterSilent(this ILogger logger, TimeSpan pause, string reason);

    [LoggerMessage(EventId = 3, Level = LogLevel.Information, Message = "cluster {Cluster}: the agent ends; pods live on")]
    public static partial void Stopped(this ILogger logger, string cluster);

    [LoggerMessage(EventId = 4, Level = LogLevel.Error, Message = "cluster {Cluster}: this agent gives way to the one that took over. "
        + "Only one may run for a cluster: see that its Deployment has one replica and strategy Recreate, and that no other cluster has a copy of its Secret")]
    public static partial void GaveWay(this ILogger logger, string cluster);

    [LoggerMessage(EventId = 5, Level = LogLevel.Critical, Message = "cluster {Cluster}: the agent cannot go on")]
    public static partial void Broke(this ILogger logger, string cluster, Exception reason);
}
