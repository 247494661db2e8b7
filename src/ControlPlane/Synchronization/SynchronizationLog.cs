using Microsoft.Extensions.Logging;

namespace Argosy.ControlPlane.Synchronization;

internal static partial class SynchronizationLog
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "a word about locks or slots could not be passed on; trying again in {Pause}")]
    public static partial void NotHeard(ILogger log, Exception failure, TimeSpan pause);
}
