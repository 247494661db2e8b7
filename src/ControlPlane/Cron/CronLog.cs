using Microsoft.Extensions.Logging;

namespace Argosy.ControlPlane.Cron;

internal static partial class CronLog
{
    [LoggerMessage(Level = LogLevel.Information, Message = "cron workflow {Namespace}/{Name}: the instant {Instant} is skipped: {Reason}")]
    public static partial void Skipped(ILogger log, string @namespace, string name, DateTimeOffset instant, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "cron workflow {Namespace}/{Name}: submitted {Child}")]
    public static partial void Submitted(ILogger log, string @namespace, string name, string child);

    [LoggerMessage(Level = LogLevel.Warning, Message = "cron workflow {Namespace}/{Name}: {Condition}: {Reason}")]
    public static partial void Condition(ILogger log, string @namespace, string name, string condition, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "cron workflow {Namespace}/{Name}: the active child {Child} could not be terminated: {Reason}")]
    public static partial void NotTerminated(ILogger log, string @namespace, string name, string child, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "cron workflow {Namespace}/{Name} ({Uid}) could not be looked after; trying again in {Delay}")]
    public static partial void Failed(ILogger log, Exception failure, string @namespace, string name, string uid, TimeSpan delay);
}
