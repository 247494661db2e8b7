using Microsoft.Extensions.Logging;

namespace Argosy.ControlPlane.Memoization;

internal static partial class MemoizationLog
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "workflow {Namespace}/{Name}: cache {Cache} did not take the outputs of node {Node}")]
    public static partial void NotWritten(ILogger log, Exception failure, string @namespace, string name, string node, string cache);
}
