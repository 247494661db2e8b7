using System.CommandLine;
using System.Text.Json.Nodes;
using Argosy.Cli.Client;
using Argosy.Cli.Output;
using Argosy.Cli.Trees;

namespace Argosy.Cli.Commands;

/// <summary><c>archive</c>: workflows that have ended, also those that were deleted since. They are named by uid.</summary>
internal sealed class ArchiveCommand
{
    private readonly Shell shell;
    private readonly SharedOptions shared;

    private ArchiveCommand(Shell shell, SharedOptions shared) => (this.shell, this.shared) = (shell, shared);

    public static Command Create(Shell shell, SharedOptions shared)
    {
        var archive = new ArchiveCommand(shell, shared);
        return new Command("archive", "Manages the archive of ended workflows.")
        {
            archive.List(), archive.Get(), archive.Delete(), archive.Retry(), archive.Resubmit(), archive.LabelKeys(), archive.LabelValues(),
        };
    }

    private Command List()
    {
        var labels = CommandOptions.LabelSelector();
        var output = CommandOptions.Output("json|yaml|wide");
        var chunkSize = new Option<int>("--chunk-size") { Description = "accepted for Argo's sake: the hub's pages are fetched as needed" };
        var command = new Command("list", "Lists archived workflows.");
        command.AddAll(labels, output, chunkSize);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var hub = shared.Connect(parsed, shell);
            var found = new List<Workflow>();
            await foreach (var workflow in hub.ListArchivedAsync(hub.Namespace, parsed.GetValue(labels), cancellationToken))
            {
                found.Add(new Workflow(workflow));
            }

            var items = new JsonArray([.. found.Select(workflow => workflow.Json.DeepClone())]);
            shell.Out.Write(parsed.GetValue(output) switch
            {
                "json" => Documents.Json(items),
                "yaml" => Documents.Yaml(items),
                null or "" or "wide" => Table(found),
                var other => throw new CommandException($"unknown output format {other}: use json, yaml or wide"),
            });
            return ExitCodes.Succeeded;
        });
        return command;
    }

    private Command Get()
    {
        var uids = Uids();
        var output = CommandOptions.Output("name|json|yaml|wide");
        var command = new Command("get", "Shows archived workflows.");
        command.AddAll(uids, output);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var hub = shared.Connect(parsed, shell);
            foreach (var uid in parsed.GetValue(uids)!)
            {
                var workflow = new Workflow(await hub.GetArchivedAsync(uid, cancellationToken));
                var format = parsed.GetValue(output);
                shell.Out.Write(Documents.Format(workflow.Json, format) ?? new TreePrinter(shell.Time, shell.Colors).Print(workflow, format));
            }

            return ExitCodes.Succeeded;
        });
        return command;
    }

    private Command Delete()
    {
        var uids = Uids();
        var command = new Command("delete", "Deletes archived workflows.");
        command.AddAll(uids);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var hub = shared.Connect(parsed, shell);
            foreach (var uid in parsed.GetValue(uids)!)
            {
                await hub.DeleteArchivedAsync(uid, cancellationToken);
                shell.Out.WriteLine($"Archived workflow '{uid}' deleted");
            }

            return ExitCodes.Succeeded;
        });
        return command;
    }

    private Command Retry()
    {
        var restartSuccessful = CommandOptions.Flag("--restart-successful", "also run again the succeeded nodes that the node selector finds");
        var nodes = CommandOptions.NodeFieldSelector();
        return Again("retry", "Creates archived workflows anew and retries them.", [restartSuccessful, nodes], parsed => new JsonObject
        {
            ["restartSuccessful"] = parsed.GetValue(restartSuccessful),
            ["nodeFieldSelector"] = parsed.GetValue(nodes),
        });
    }

    private Command Resubmit()
    {
        var memoized = CommandOptions.Flag("--memoized", "keep the nodes that succeeded");
        return Again("resubmit", "Submits archived workflows again, as new ones.", [memoized], parsed => new JsonObject { ["memoized"] = parsed.GetValue(memoized) });
    }

    private Command Again(string verb, string description, IReadOnlyList<Symbol> own, Func<ParseResult, JsonObject> optionsOf)
    {
        var uids = Uids();
        var parameters = CommandOptions.Parameters();
        var afterwards = new Afterwards(shell);
        var command = new Command(verb, description);
        command.AddAll([uids, parameters, .. own, .. afterwards.Symbols]);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var hub = shared.Connect(parsed, shell);
            var made = new List<Workflow>();
            foreach (var uid in parsed.GetValue(uids)!)
            {
                var options = optionsOf(parsed);
                options["parameters"] = new JsonArray([.. parsed.GetValue(parameters)!.Select(pair => JsonValue.Create(pair))]);
                made.Add(new Workflow(await hub.DoArchivedAsync(uid, verb, options, cancellationToken)));
                afterwards.Print(parsed, made[^1]);
            }

            return await afterwards.StayAsync(parsed, hub, made, cancellationToken);
        });
        return command;
    }

    private Command LabelKeys()
    {
        var command = new Command("list-label-keys", "Lists the label keys of archived workflows.");
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var hub = shared.Connect(parsed, shell);
            return Print(await hub.ListArchivedLabelKeysAsync(cancellationToken));
        });
        return command;
    }

    private Command LabelValues()
    {
        var key = CommandOptions.Text("--selector", "the label key", "-l");
        var command = new Command("list-label-values", "Lists the values that a label has in the archive.");
        command.AddAll(key);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var hub = shared.Connect(parsed, shell);
            return Print(await hub.ListArchivedLabelValuesAsync(parsed.GetValue(key) ?? throw new CommandException("name the label key with -l"), cancellationToken));
        });
        return command;
    }

    private int Print(JsonObject list)
    {
        foreach (var item in list["items"] as JsonArray ?? [])
        {
            shell.Out.WriteLine((string?)item);
        }

        return ExitCodes.Succeeded;
    }

    private string Table(List<Workflow> workflows)
    {
        var table = new TextTable(3, "NAMESPACE", "NAME", "STATUS", "AGE", "DURATION", "UID");
        var now = shell.Time.GetUtcNow();
        foreach (var workflow in workflows)
        {
            table.Add(
                workflow.Namespace, workflow.Name, Phases.Describe(workflow), Durations.Short(workflow.CreatedAt, finish: null, now),
                Durations.Short(workflow.StartedAt, workflow.FinishedAt, now), workflow.Json.AnyText("metadata", "uid") ?? "");
        }

        return table.ToString();
    }

    private static Argument<string[]> Uids() => new("UID") { Description = "uids of archived workflows", Arity = ArgumentArity.OneOrMore };
}
