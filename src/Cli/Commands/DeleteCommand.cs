using System.CommandLine;
using Argosy.Cli.Client;

namespace Argosy.Cli.Commands;

/// <summary><c>delete</c>: removes workflows, by name or by what became of them.</summary>
internal static class DeleteCommand
{
    public static Command Create(Shell shell, SharedOptions shared)
    {
        var names = CommandOptions.Names("WORKFLOW", required: false);
        var query = new WorkflowQuery(shell);
        var all = CommandOptions.Flag("--all", "all workflows of the namespace");
        var force = CommandOptions.Flag("--force", "without waiting for what guards the workflow's deletion");
        var dryRun = CommandOptions.Flag("--dry-run", "say which workflows it would be, and leave them alone");
        var chunkSize = new Option<int>("--query-chunk-size") { Description = "accepted for Argo's sake: the hub's pages are fetched as needed" };
        var command = new Command("delete", "Deletes workflows.");
        command.AddAll([names, .. query.Symbols, all, force, dryRun, chunkSize]);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var given = parsed.GetValue(names)!;
            var selects = parsed.GetValue(all) || query.IsNarrow(parsed);
            if (given.Length == 0 && !selects)
            {
                throw new CommandException("name a workflow, or say which: --all, --completed, --older, --status, --prefix, -l, --field-selector");
            }

            using var hub = shared.Connect(parsed, shell);
            var doomed = given.Select(name => (hub.Namespace, Name: name)).ToList();
            if (selects)
            {
                doomed.AddRange((await query.FindAsync(parsed, hub, cancellationToken)).Select(workflow => (workflow.Namespace, workflow.Name)));
            }

            foreach (var (@namespace, name) in doomed.Distinct())
            {
                if (!parsed.GetValue(dryRun))
                {
                    await hub.DeleteWorkflowAsync(@namespace, name, parsed.GetValue(force), cancellationToken);
                }

                await shell.Out.WriteLineAsync($"Workflow '{name}' deleted{(parsed.GetValue(dryRun) ? " (dry-run)" : "")}");
            }

            if (doomed.Count == 0)
            {
                await shell.Out.WriteLineAsync("No resources found");
            }

            return ExitCodes.Succeeded;
        });
        return command;
    }
}
