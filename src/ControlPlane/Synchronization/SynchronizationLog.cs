using Microsoft.Extensions.Logging;

namespace Argosy.ControlPlane.Synchronization;

internal static partial class SynchronizationLog
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "a workflow or the lock arbiter could not be told something; trying again in {Pause}")]
    public static partial void NotHeard(ILogger log, Exception failure, TimeSpan pause);
}
