using System.Runtime.CompilerServices;
using Argosy.ControlPlane.Workflows;

namespace Argosy.ControlPlane.Tests.ArgoServer;

/// <summary>Two pods that each said something, and a memory of how they were asked.</summary>
public sealed class ScriptedLogs : IWorkflowLogs
{
    public static readonly DateTimeOffset Then = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    public WorkflowLogOptions? Asked { get; private set; }

    /// <summary>Thrown after the last line, when set.</summary>
    public Exception? Failure { get; set; }

    public async IAsyncEnumerable<WorkflowLogEntry> ReadAsync(
        string @namespace, string workflow, string? podName, WorkflowLogOptions options,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Asked = options;
        await Task.Yield();
        foreach (var pod in new[] { "one", "two" }.Where(pod => podName is null || podName == pod))
        {
            yield return new(pod, Then, $"hello from {pod}");
        }

        if (Failure is not null)
        {
            throw Failure;
        }
    }

    public IAsyncEnumerable<WorkflowLogEntry> ReadPodAsync(
        string @namespace, string podName, WorkflowLogOptions options, CancellationToken cancellationToken) =>
        ReadAsync(@namespace, podName, podName, options, cancellationToken);
}
