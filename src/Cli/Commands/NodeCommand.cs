using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Argosy.Cli.Client;

namespace Argosy.Cli.Commands;

/// <summary><c>node set</c>: gives suspended nodes their phase, message or supplied outputs.</summary>
internal static class NodeCommand
{
    public static Command Create(Shell shell, SharedOptions shared)
    {
        var verb = new Argument<string>("set") { Description = "what to do with the nodes: set" };
        verb.AcceptOnlyFromAmong("set");
        var workflow = new Argument<string>("WORKFLOW") { Description = "name, or @latest" };
        var nodes = CommandOptions.NodeFieldSelector();
        var phase = CommandOptions.Text("--phase", "the phase to set, such as Succeeded");
        var message = CommandOptions.Text("--message", "the message to set", "-m");
        var outputs = new Option<string[]>("--output-parameter", "-p")
        {
            Description = "a supplied output parameter as name=value",
            DefaultValueFactory = _ => [],
        };
        var command = new Command("node", "Changes suspended nodes of a workflow.");
        command.AddAll(verb, workflow, nodes, phase, message, outputs);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var values = parsed.GetValue(outputs)!.Select(Pair).ToDictionary(pair => pair.Name, pair => pair.Value);
            var options = new JsonObject
            {
                ["nodeFieldSelector"] = parsed.GetValue(nodes) ?? throw new CommandException("--node-field-selector is required: say which nodes"),
                ["phase"] = parsed.GetValue(phase),
                ["message"] = parsed.GetValue(message),
                ["outputParameters"] = values.Count > 0 ? JsonSerializer.Serialize(values) : null,
            };
            using var hub = shared.Connect(parsed, shell);
            await hub.DoAsync(hub.Namespace, parsed.GetValue(workflow)!, "set", options, cancellationToken);
            await shell.Out.WriteLineAsync("workflow values set");
            return ExitCodes.Succeeded;
        });
        return command;
    }

    private static (string Name, string Value) Pair(string text) => text.IndexOf('=', StringComparison.Ordinal) is > 0 and var at
        ? (text[..at], text[(at + 1)..])
        : throw new CommandException($"expected output parameter of the form: NAME=VALUE. Received: {text}");
}
