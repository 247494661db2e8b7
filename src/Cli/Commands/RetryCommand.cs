using System.CommandLine;
using System.Text.Json.Nodes;
using Argosy.Cli.Client;

namespace Argosy.Cli.Commands;

/// <summary><c>retry</c>: runs again what failed in a workflow, and keeps what succeeded.</summary>
internal static class RetryCommand
{
    public static Command Create(Shell shell, SharedOptions shared)
    {
        var selection = new WorkflowSelection();
        var afterwards = new Afterwards(shell);
        var parameters = CommandOptions.Parameters();
        var restartSuccessful = CommandOptions.Flag("--restart-successful", "also run again the succeeded nodes that the node selector finds");
        var nodes = CommandOptions.NodeFieldSelector();
        var command = new Command("retry", "Retries failed workflows.");
        command.AddAll([.. selection.Symbols, parameters, restartSuccessful, nodes, .. afterwards.Symbols]);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var hub = shared.Connect(parsed, shell);
            var retried = new List<Workflow>();
            foreach (var name in await selection.FindAsync(parsed, hub, cancellationToken))
            {
                var options = new JsonObject
                {
                    ["restartSuccessful"] = parsed.GetValue(restartSuccessful),
                    ["nodeFieldSelector"] = parsed.GetValue(nodes),
                    ["parameters"] = new JsonArray([.. parsed.GetValue(parameters)!.Select(pair => JsonValue.Create(pair))]),
                };
                retried.Add(new Workflow(await hub.DoAsync(hub.Namespace, name, "retry", options, cancellationToken)));
                afterwards.Print(parsed, retried[^1]);
            }

            return await afterwards.StayAsync(parsed, hub, retried, cancellationToken);
        });
        return command;
    }
}
