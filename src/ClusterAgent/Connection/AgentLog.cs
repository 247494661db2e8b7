using Microsoft.Extensions.Logging;

namespace Argosy.ClusterAgent.Connection;

internal static partial class AgentLog
{
    [LoggerMessage(EventId = 1, Level = LogLevel.Information, Message = "cluster {Cluster}: connected to the hub (session {Epoch})")]
    public static partial void Connected(this ILogger logger, string cluster, ulong epoch);

    [LoggerMessage(EventId = 2, Level = LogLevel.Warning, Message = "cluster {Cluster}: no connection to the hub, trying again in {Pause}: {Reason}")]
    public static partial void Disconnected(this ILogger logger, string cluster, TimeSpan pause, string reason, Exception? unexpected);

    [LoggerMessage(EventId = 3, Level = LogLevel.Error, Message = "cluster {Cluster}: another agent took over, this one ends: {Reason}")]
    public static partial void Superseded(this ILogger logger, string cluster, string reason);

    [LoggerMessage(EventId = 4, Level = LogLevel.Error, Message = "cluster {Cluster}: could not take up what the hub said about node {Node} of workflow {Workflow}")]
    public static partial void OrderFailed(this ILogger logger, string cluster, string workflow, string node, Exception reason);

    [LoggerMessage(EventId = 5, Level = LogLevel.Error, Message = "cluster {Cluster}: the hub refuses this agent, trying again in {Pause}: {Reason}")]
    public static partial void Refused(this ILogger logger, string cluster, TimeSpan pause, string reason);

    [LoggerMessage(EventId = 6, Level = LogLevel.Information, Message = "cluster {Cluster}: the session with the hub has ended, opening another")]
    public static partial void SessionEnded(this ILogger logger, string cluster);

    [LoggerMessage(EventId = 7, Level = LogLevel.Warning, Message = "the log of node {Node} of workflow {Workflow} broke off: {Reason}")]
    public static partial void LogBrokeOff(this ILogger logger, string workflow, string node, string reason);
}
