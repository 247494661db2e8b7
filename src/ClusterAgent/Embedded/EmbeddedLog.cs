using Microsoft.Extensions.Logging;

namespace Argosy.ClusterAgent.Embedded;

internal static partial class EmbeddedLog
{
    [LoggerMessage(EventId = 100, Level = LogLevel.Information, Message = "cluster {Cluster}: pods get a private view of this machine ({Kind})")]
    public static partial void PrivateViews(this ILogger logger, string cluster, Views.ViewKind kind);

    [LoggerMessage(EventId = 101, Level = LogLevel.Warning, Message =
        "cluster {Cluster}: this kernel lets pods have no private view of the machine ({Refusal}). They run in a plain folder instead: "
        + "ARGOSY_ROOT names it, inputs, outputs, volumes and /tmp are under it, and commands that use absolute paths see and change the machine itself")]
    public static partial void PlainFolders(this ILogger logger, string cluster, string refusal);

    [LoggerMessage(EventId = 102, Level = LogLevel.Warning, Message = "cluster {Cluster}: the kernel overlays not everything; pods see these folders empty: {Folders}")]
    public static partial void LeftOut(this ILogger logger, string cluster, string folders);

    [LoggerMessage(EventId = 103, Level = LogLevel.Information, Message = "cluster {Cluster}: took up {Count} attempts of an earlier life")]
    public static partial void TookUp(this ILogger logger, string cluster, int count);

    [LoggerMessage(EventId = 104, Level = LogLevel.Error, Message = "cluster {Cluster}: node {Node} of workflow {Workflow} failed inside the agent")]
    public static partial void AttemptBroke(this ILogger logger, string cluster, string workflow, string node, Exception reason);

    [LoggerMessage(EventId = 105, Level = LogLevel.Warning, Message = "cluster {Cluster}: could not remove {Folder}; it may be removed by hand")]
    public static partial void LeftBehind(this ILogger logger, string cluster, string folder, Exception reason);

    [LoggerMessage(EventId = 106, Level = LogLevel.Debug, Message = "cluster {Cluster}: node {Node} of workflow {Workflow}: {Phase} {Message}")]
    public static partial void Reported(
        this ILogger logger, string cluster, string workflow, string node, Argosy.Contracts.Agents.PodPhase phase, string message);
}
