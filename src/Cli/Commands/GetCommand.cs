using System.CommandLine;
using Argosy.Cli.Client;
using Argosy.Cli.Output;
using Argosy.Cli.Trees;

namespace Argosy.Cli.Commands;

/// <summary><c>get</c>: everything about a workflow, and its tree.</summary>
internal static class GetCommand
{
    public static Command Create(Shell shell, SharedOptions shared)
    {
        var names = CommandOptions.Names("WORKFLOW");
        var output = CommandOptions.Output("name|json|yaml|short|wide");
        var status = CommandOptions.Text("--status", "only nodes in this phase");
        var nodes = CommandOptions.NodeFieldSelector();
        var noColor = CommandOptions.Flag("--no-color", "no colours");
        var command = new Command("get", "Shows workflows.");
        command.AddAll(names, output, status, nodes, noColor);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var (format, phase, selector) = (parsed.GetValue(output), parsed.GetValue(status), parsed.GetValue(nodes));
            if (format is not (null or "" or "name" or "json" or "yaml" or "short" or "wide"))
            {
                throw new CommandException($"unknown output format {format}: use name, json, yaml, short or wide");
            }

            if (phase is not null && selector is not null)
            {
                throw new CommandException("cannot use both --status and --node-field-selector");
            }

            var printer = new TreePrinter(shell.Time, shell.Colors && !parsed.GetValue(noColor))
            {
                Selector = NodeSelector.Parse(phase is null ? selector : $"phase={phase}"),
            };
            using var hub = shared.Connect(parsed, shell);
            foreach (var name in parsed.GetValue(names)!)
            {
                var workflow = new Workflow(await hub.GetWorkflowAsync(hub.Namespace, name, cancellationToken));
                shell.Out.Write(Documents.Format(workflow.Json, format) ?? printer.Print(workflow, format));
            }

            return ExitCodes.Succeeded;
        });
        return command;
    }
}
