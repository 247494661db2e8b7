using Argosy.Cli.Client;

namespace Argosy.Cli.Commands;

/// <summary>Waits for workflows to end, and says how each did.</summary>
internal sealed class WorkflowWait(Shell shell, ArgoClient hub)
{
    /// <summary>Whether a workflow that is not there counts as done.</summary>
    public bool IgnoreNotFound { get; init; }

    /// <summary>Says nothing of those that ended: what is printed is for a program.</summary>
    public bool IsQuiet { get; init; }

    /// <returns>0 when all have succeeded, else 1.</returns>
    public async Task<int> WaitAsync(IEnumerable<(string Namespace, string Name)> workflows, CancellationToken cancellationToken)
    {
        var succeeded = await Task.WhenAll(workflows.Select(workflow => SucceedsAsync(workflow.Namespace, workflow.Name, cancellationToken)));
        return Array.TrueForAll(succeeded, success => success) ? ExitCodes.Succeeded : ExitCodes.Failed;
    }

    private async Task<bool> SucceedsAsync(string @namespace, string name, CancellationToken cancellationToken)
    {
        try
        {
            var workflow = await hub.CompletedAsync(@namespace, name, cancellationToken);
            if (!IsQuiet)
            {
                await shell.Out.WriteLineAsync($"{workflow.Name} {workflow.Phase} at {workflow.FinishedAt?.UtcDateTime:yyyy-MM-dd HH:mm:ss} +0000 UTC");
            }

            return workflow.IsSuccessful;
        }
        catch (HubRefusal refusal) when (IgnoreNotFound && refusal.Status == System.Net.HttpStatusCode.NotFound)
        {
            await shell.Out.WriteLineAsync($"{name} not found. Ignoring...");
            return true;
        }
    }
}
