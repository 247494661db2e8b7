using System.CommandLine;
using System.Text.Json.Nodes;
using Argosy.Cli.Client;

namespace Argosy.Cli.Commands;

/// <summary><c>resubmit</c>: starts a new workflow from an old one.</summary>
internal static class ResubmitCommand
{
    public static Command Create(Shell shell, SharedOptions shared)
    {
        var selection = new WorkflowSelection();
        var afterwards = new Afterwards(shell);
        var parameters = CommandOptions.Parameters();
        var memoized = CommandOptions.Flag("--memoized", "keep the nodes that succeeded");
        var command = new Command("resubmit", "Submits workflows again, as new ones.");
        command.AddAll([.. selection.Symbols, parameters, memoized, .. afterwards.Symbols]);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var hub = shared.Connect(parsed, shell);
            var submitted = new List<Workflow>();
            foreach (var name in await selection.FindAsync(parsed, hub, cancellationToken))
            {
                var options = new JsonObject
                {
                    ["memoized"] = parsed.GetValue(memoized),
                    ["parameters"] = new JsonArray([.. parsed.GetValue(parameters)!.Select(pair => JsonValue.Create(pair))]),
                };
                submitted.Add(new Workflow(await hub.DoAsync(hub.Namespace, name, "resubmit", options, cancellationToken)));
                afterwards.Print(parsed, submitted[^1]);
            }

            return await afterwards.StayAsync(parsed, hub, submitted, cancellationToken);
        });
        return command;
    }
}
