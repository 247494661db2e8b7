using Microsoft.Extensions.Logging;

namespace Argosy.ControlPlane.Resources;

internal static partial class ResourcesLog
{
    [LoggerMessage(1, LogLevel.Error, "storing a batch of {Count} object changes failed; their callers were told")]
    public static partial void BatchFailed(ILogger logger, int count, Exception failure);

    [LoggerMessage(2, LogLevel.Error, "{Method} {Path} failed inside the hub")]
    public static partial void RequestFailed(ILogger logger, string method, string path, Exception failure);

    [LoggerMessage(3, LogLevel.Information, "loaded {Count} objects; resource versions continue at {Version}")]
    public static partial void Loaded(ILogger logger, int count, long version);
}
