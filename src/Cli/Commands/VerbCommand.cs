using System.CommandLine;
using System.Text.Json.Nodes;
using Argosy.Cli.Client;

namespace Argosy.Cli.Commands;

/// <summary>A verb on workflows that says of each what it did: suspend, resume, stop, terminate.</summary>
internal sealed class VerbCommand(Shell shell, SharedOptions shared, string verb, string done)
{
    private readonly WorkflowSelection selection = new();
    private readonly Option<bool> dryRun = CommandOptions.Flag("--dry-run", "say which workflows it would be, and leave them alone");
    private readonly List<(Option<string?> Option, string Field)> options = [];

    /// <summary>Adds an option that travels to the hub in a field.</summary>
    public VerbCommand With(Option<string?> option, string field)
    {
        options.Add((option, field));
        return this;
    }

    public Command ToCommand(string description)
    {
        var command = new Command(verb, description);
        command.AddAll([.. selection.Symbols, dryRun, .. options.Select(pair => pair.Option)]);
        command.SetAction(RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        using var hub = shared.Connect(parsed, shell);
        foreach (var name in await selection.FindAsync(parsed, hub, cancellationToken))
        {
            if (parsed.GetValue(dryRun))
            {
                await shell.Out.WriteLineAsync($"workflow {name} {done} (dry-run)");
                continue;
            }

            var changed = new Workflow(await hub.DoAsync(hub.Namespace, name, verb, Fields(parsed), cancellationToken));
            await shell.Out.WriteLineAsync($"workflow {(changed.Name.Length > 0 ? changed.Name : name)} {done}");
        }

        return ExitCodes.Succeeded;
    }

    private JsonObject Fields(ParseResult parsed)
    {
        var fields = new JsonObject();
        foreach (var (option, field) in options)
        {
            if (parsed.GetValue(option) is { } value)
            {
                fields[field] = value;
            }
        }

        return fields;
    }
}
