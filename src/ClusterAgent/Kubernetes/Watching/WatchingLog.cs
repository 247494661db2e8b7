using Microsoft.Extensions.Logging;

namespace Argosy.ClusterAgent.Kubernetes.Watching;

internal static partial class WatchingLog
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "watching {Plural} failed: {Reason}; again in about {Pause}")]
    public static partial void WatchFailed(this ILogger logger, string plural, string reason, TimeSpan pause);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Kind} {Namespace}/{Name} was not dealt with: a listener of its watch failed")]
    public static partial void ListenerFailed(this ILogger logger, string kind, string @namespace, string name, Exception failure);
}
