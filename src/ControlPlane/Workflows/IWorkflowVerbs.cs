using System.Text.Json.Nodes;
using Argosy.ControlPlane.Resources;

namespace Argosy.ControlPlane.Workflows;

/// <summary>The user's verbs on one workflow. Each is durable when its task completes and answers the workflow as it then is.</summary>
/// <remarks>A refusal is an <see cref="ApiException"/> in upstream's words.</remarks>
public interface IWorkflowVerbs
{
    Task<JsonObject> SuspendAsync(string @namespace, string name, CancellationToken cancellationToken);

    /// <summary>Resumes the workflow, or only the suspended nodes that the selector matches.</summary>
    Task<JsonObject> ResumeAsync(string @namespace, string name, string? nodeFieldSelector, CancellationToken cancellationToken);

    Task<JsonObject> StopAsync(string @namespace, string name, string? nodeFieldSelector, string? message, CancellationToken cancellationToken);

    Task<JsonObject> TerminateAsync(string @namespace, string name, CancellationToken cancellationToken);

    Task<JsonObject> RetryAsync(string @namespace, string name, RetryRequest request, CancellationToken cancellationToken);

    /// <summary>Creates a new workflow from this one and answers the new one.</summary>
    Task<JsonObject> ResubmitAsync(string @namespace, string name, ResubmitRequest request, CancellationToken cancellationToken);

    /// <summary>Creates the archived workflow anew, under its name, and retries it there.</summary>
    Task<JsonObject> RetryArchivedAsync(string uid, RetryRequest request, CancellationToken cancellationToken);

    /// <summary>Creates a new workflow from an archived one and answers the new one.</summary>
    Task<JsonObject> ResubmitArchivedAsync(string uid, ResubmitRequest request, CancellationToken cancellationToken);

    Task<JsonObject> SetAsync(string @namespace, string name, SetRequest request, CancellationToken cancellationToken);
}

/// <param name="Parameters">Overrides, each as <c>name=value</c>.</param>
public sealed record RetryRequest(bool RestartSuccessful, string? NodeFieldSelector, IReadOnlyList<string> Parameters);

/// <param name="Memoized">Keep the nodes that succeeded.</param>
/// <param name="Parameters">Overrides, each as <c>name=value</c>.</param>
public sealed record ResubmitRequest(bool Memoized, IReadOnlyList<string> Parameters);

/// <param name="OutputParameters">Values for supplied output parameters, by name.</param>
public sealed record SetRequest(
    string NodeFieldSelector, string? Phase, string? Message, IReadOnlyDictionary<string, string> OutputParameters);

/// <summary>The logs of a workflow's pods, wherever in the fleet they are.</summary>
public interface IWorkflowLogs
{
    /// <summary>
    /// Lines of one pod, or of all pods of the workflow merged by time; followed to the end of the workflow when asked to.
    /// </summary>
    /// <exception cref="ApiException">There is no such workflow or pod.</exception>
    IAsyncEnumerable<WorkflowLogEntry> ReadAsync(
        string @namespace, string workflow, string? podName, WorkflowLogOptions options, CancellationToken cancellationToken);

    /// <summary>Lines of one pod by its name alone, as <c>kubectl logs</c> asks for them.</summary>
    IAsyncEnumerable<WorkflowLogEntry> ReadPodAsync(
        string @namespace, string podName, WorkflowLogOptions options, CancellationToken cancellationToken);
}

/// <param name="TailLines">Only the last so many lines of each pod; null for all.</param>
public sealed record WorkflowLogOptions(
    string Container = "main", bool Follow = false, long? TailLines = null, DateTimeOffset? Since = null, string? Grep = null,
    string? LabelSelector = null);

public sealed record WorkflowLogEntry(string PodName, DateTimeOffset Time, string Content);
