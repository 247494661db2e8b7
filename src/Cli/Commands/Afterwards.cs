using System.CommandLine;
using Argosy.Cli.Client;
using Argosy.Cli.Output;
using Argosy.Cli.Trees;

namespace Argosy.Cli.Commands;

/// <summary>What a command that starts workflows does next: print them, and stay until they end if asked to.</summary>
internal sealed class Afterwards(Shell shell)
{
    private readonly Option<string?> output = CommandOptions.Output("name|json|yaml|wide");
    private readonly Option<bool> wait = CommandOptions.Flag("--wait", "wait for the workflow to complete", "-w");
    private readonly Option<bool> watch = CommandOptions.Flag("--watch", "watch the workflow until it completes");
    private readonly Option<bool> log = CommandOptions.Flag("--log", "follow the workflow's log until it completes");

    public IEnumerable<Symbol> Symbols => [output, wait, watch, log];

    public string? Format(ParseResult parsed) => parsed.GetValue(output);

    public void Print(ParseResult parsed, Workflow workflow)
    {
        var format = Format(parsed);
        shell.Out.Write(Documents.Format(workflow.Json, format) ?? new TreePrinter(shell.Time, shell.Colors).Print(workflow, format));
    }

    /// <summary>Stays as long as the user asked for; 1 if a workflow that was waited for did not succeed.</summary>
    /// <exception cref="CommandException">One display was asked for several workflows.</exception>
    public async Task<int> StayAsync(ParseResult parsed, ArgoClient hub, IReadOnlyList<Workflow> workflows, CancellationToken cancellationToken)
    {
        var (waits, watches, logs) = (parsed.GetValue(wait), parsed.GetValue(watch), parsed.GetValue(log));
        if (workflows.Count == 0 || !(waits || watches || logs))
        {
            return ExitCodes.Succeeded;
        }

        if (waits)
        {
            return await new WorkflowWait(shell, hub) { IsQuiet = Format(parsed) is "name" or "json" or "yaml" }
                .WaitAsync(workflows.Select(workflow => (workflow.Namespace, workflow.Name)), cancellationToken);
        }

        if (workflows.Count > 1)
        {
            throw new CommandException("--watch and --log are for one workflow; use --wait for several");
        }

        var only = workflows[0];
        if (logs)
        {
            await new LogPrinter(shell, shell.Colors).PrintAsync(hub.LogsAsync(only.Namespace, only.Name, new() { Follow = true }, cancellationToken));
        }

        var ended = watches
            ? await new ProgressDisplay(shell).ShowAsync(hub.FollowAsync(only.Namespace, only.Name, cancellationToken), cancellationToken)
            : await hub.CompletedAsync(only.Namespace, only.Name, cancellationToken);
        return ended.IsSuccessful ? ExitCodes.Succeeded : ExitCodes.Failed;
    }
}
