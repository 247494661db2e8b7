using System.CommandLine;
using Argosy.Cli.Client;

namespace Argosy.Cli.Commands;

/// <summary><c>wait</c>: returns when workflows have ended; 1 if one of them failed.</summary>
internal static class WaitCommand
{
    public static Command Create(Shell shell, SharedOptions shared)
    {
        var names = CommandOptions.Names("WORKFLOW");
        var ignoreNotFound = CommandOptions.Flag("--ignore-not-found", "a workflow that is not there counts as done");
        var command = new Command("wait", "Waits for workflows to complete.");
        command.AddAll(names, ignoreNotFound);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var hub = shared.Connect(parsed, shell);
            var wait = new WorkflowWait(shell, hub) { IgnoreNotFound = parsed.GetValue(ignoreNotFound) };
            return await wait.WaitAsync(parsed.GetValue(names)!.Select(name => (hub.Namespace, name)), cancellationToken);
        });
        return command;
    }
}
