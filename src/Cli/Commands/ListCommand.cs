using System.CommandLine;
using System.Text.Json.Nodes;
using Argosy.Cli.Client;
using Argosy.Cli.Output;

namespace Argosy.Cli.Commands;

/// <summary><c>list</c>: workflows as a table, those that run first.</summary>
internal static class ListCommand
{
    public static Command Create(Shell shell, SharedOptions shared)
    {
        var query = new WorkflowQuery(shell);
        var since = CommandOptions.Text("--since", "only workflows created less long ago than this, such as 2h");
        var output = CommandOptions.Output("name|json|yaml|wide");
        var chunkSize = new Option<int>("--chunk-size") { Description = "accepted for Argo's sake: the hub's pages are fetched as needed" };
        var command = new Command("list", "Lists workflows.");
        command.AddAll([.. query.Symbols, since, output, chunkSize]);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var hub = shared.Connect(parsed, shell);
            var now = shell.Time.GetUtcNow();
            var oldest = parsed.GetValue(since) is { } age ? now - GoDuration.Parse(age, "--since") : DateTimeOffset.MinValue;
            var workflows = (await query.FindAsync(parsed, hub, cancellationToken))
                .Where(workflow => workflow.CreatedAt is null || workflow.CreatedAt > oldest)
                .OrderBy(workflow => workflow.IsCompleted)
                .ThenByDescending(workflow => workflow.FinishedAt ?? workflow.StartedAt ?? workflow.CreatedAt)
                .ToList();
            shell.Out.Write(Format(workflows, parsed.GetValue(output), query.IsOfAllNamespaces(parsed), now));
            return ExitCodes.Succeeded;
        });
        return command;
    }

    private static string Format(IReadOnlyList<Workflow> workflows, string? format, bool allNamespaces, DateTimeOffset now) => format switch
    {
        "name" => string.Concat(workflows.Select(workflow => workflow.Name + Environment.NewLine)),
        "json" => Documents.Json(Items(workflows)),
        "yaml" => Documents.Yaml(Items(workflows)),
        null or "" or "wide" => WorkflowList.Write(workflows, allNamespaces, format == "wide", now),
        _ => throw new CommandException($"unknown output format {format}: use name, json, yaml or wide"),
    };

    private static JsonArray Items(IReadOnlyList<Workflow> workflows) => new([.. workflows.Select(workflow => workflow.Json.DeepClone())]);
}
