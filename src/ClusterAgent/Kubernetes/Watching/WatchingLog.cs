using Microsoft.Extensions.Logging;

namespace Argosy.ClusterAgent.Kubernetes.Watching;

internal static partial class WatchingLog
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "watching {Plural} failed: {Reason}; again in about {Pause}")]
    public static partial void WatchFailed(this ILogger logger, string plural, string reason, TimeSpan pause);
}
