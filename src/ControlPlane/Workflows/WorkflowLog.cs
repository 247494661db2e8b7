using Microsoft.Extensions.Logging;

namespace Argosy.ControlPlane.Workflows;

internal static partial class WorkflowLog
{
    [LoggerMessage(Level = LogLevel.Error, Message = "workflow {Namespace}/{Name} ({Uid}): a decision failed; its state is loaded again")]
    public static partial void DecisionFailed(ILogger log, Exception failure, string @namespace, string name, string uid);

    [LoggerMessage(Level = LogLevel.Warning, Message = "workflow {Namespace}/{Name}: its status could not be shown; trying again")]
    public static partial void StatusNotShown(ILogger log, Exception failure, string @namespace, string name);

    [LoggerMessage(Level = LogLevel.Warning, Message = "workflow {Namespace}/{Name}: its time to live is over, but it could not be deleted; trying again")]
    public static partial void NotDeleted(ILogger log, Exception failure, string @namespace, string name);

    [LoggerMessage(Level = LogLevel.Error, Message = "workflow {Namespace}/{Name} ({Uid}) could not be started; trying again in {Delay}")]
    public static partial void NotStarted(ILogger log, Exception failure, string @namespace, string name, string uid, TimeSpan delay);

    [LoggerMessage(Level = LogLevel.Warning, Message = "workflow {Uid}: outputs that are no longer needed could not be deleted from the artifact store")]
    public static partial void OutputsStay(ILogger log, Exception failure, string uid);
}
