using Argosy.Contracts.Agents;
using Microsoft.Extensions.Logging;

namespace Argosy.ClusterAgent.Kubernetes.Pods;

internal static partial class PodsLog
{
    [LoggerMessage(EventId = 40, Level = LogLevel.Debug, Message = "workflow {Workflow}, node {Node}: {Phase} {Reason}")]
    public static partial void Ended(this ILogger logger, string workflow, string node, PodPhase phase, string reason);

    [LoggerMessage(EventId = 41, Level = LogLevel.Warning, Message = "workflow {Workflow}, node {Node}: {Reason}; again in about {Pause}")]
    public static partial void StepFailed(this ILogger logger, string workflow, string node, string reason, TimeSpan pause);

    [LoggerMessage(EventId = 42, Level = LogLevel.Information, Message = "took up {Count} pods of an earlier life")]
    public static partial void TookUp(this ILogger logger, int count);

    [LoggerMessage(EventId = 43, Level = LogLevel.Warning, Message = "pod {Namespace}/{Pod} has labels of this agent but not its record, and is left alone: {Reason}")]
    public static partial void NotOurs(this ILogger logger, string @namespace, string pod, string reason);

    [LoggerMessage(EventId = 44, Level = LogLevel.Warning, Message = "cleaning up after workflow {Workflow} failed: {Reason}; again in about {Pause}")]
    public static partial void CleanupFailed(this ILogger logger, string workflow, string reason, TimeSpan pause);
}
