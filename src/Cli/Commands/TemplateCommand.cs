using System.CommandLine;
using System.Text.Json.Nodes;
using Argosy.Cli.Client;
using Argosy.Cli.Manifests;
using Argosy.Cli.Output;

namespace Argosy.Cli.Commands;

/// <summary><c>template</c>, <c>cluster-template</c> and the same part of <c>cron</c>: manifests that the hub keeps.</summary>
internal sealed class TemplateCommand
{
    private readonly Shell shell;
    private readonly SharedOptions shared;
    private readonly TemplateScope scope;
    private readonly StoredManifestTexts texts;

    private TemplateCommand(Shell shell, SharedOptions shared, TemplateScope scope, StoredManifestTexts texts) =>
        (this.shell, this.shared, this.scope, this.texts) = (shell, shared, scope, texts);

    public static Command Create(Shell shell, SharedOptions shared, TemplateScope scope) =>
        Create(shell, shared, scope, new StoredManifestTexts(scope));

    /// <summary>The same commands for another kind, shown in its own way.</summary>
    public static Command Create(Shell shell, SharedOptions shared, TemplateScope scope, StoredManifestTexts texts)
    {
        var templates = new TemplateCommand(shell, shared, scope, texts);
        return new Command(scope.Command, $"Manages {scope.Noun}s.")
        {
            templates.Write("create", "created", (hub, ns, template, token) => hub.CreateTemplateAsync(scope, ns, template, token)),
            templates.Write("update", "updated", (hub, ns, template, token) => hub.UpdateTemplateAsync(scope, ns, template, token)),
            templates.Get(),
            templates.List(),
            LintCommand.CreateFor(shell, shared, scope),
            templates.Delete(),
        };
    }

    private delegate Task<JsonObject> Writing(ArgoClient hub, string @namespace, JsonObject template, CancellationToken cancellationToken);

    private Command Write(string verb, string done, Writing write)
    {
        var files = new Argument<string[]>("FILE") { Description = "manifests; - for the standard input", Arity = ArgumentArity.OneOrMore };
        var output = CommandOptions.Output("name|json|yaml|wide");
        var strict = new Option<bool>("--strict") { Description = "refuse fields that do not exist", DefaultValueFactory = _ => true };
        var command = new Command(verb, $"{char.ToUpperInvariant(verb[0])}{verb[1..]}s {scope.Noun}s.");
        command.AddAll(files, output, strict);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var manifests = (await ManifestFiles.ReadAsync(parsed.GetValue(files)!, shell.In, cancellationToken))
                .Where(manifest => manifest.Kind == scope.Kind)
                .ToList();
            if (manifests.Count == 0)
            {
                throw new CommandException($"no {scope.Kind} found in {string.Join(", ", parsed.GetValue(files)!)}");
            }

            using var hub = shared.Connect(parsed, shell);
            foreach (var manifest in manifests)
            {
                if (parsed.GetValue(strict))
                {
                    OfflineLint.RefuseUnknownFields(manifest);
                }

                var stored = await write(hub, manifest.NamespaceOr(hub.Namespace), manifest.Json, cancellationToken);
                shell.Out.Write(Documents.Format(stored, parsed.GetValue(output)) ?? texts.Describe(stored, shell.Time.GetUtcNow()));
            }

            return ExitCodes.Succeeded;
        });
        return command;
    }

    private Command Get()
    {
        var names = new Argument<string[]>("NAME") { Arity = ArgumentArity.OneOrMore };
        var output = CommandOptions.Output("name|json|yaml|wide");
        var command = new Command("get", $"Shows {scope.Noun}s.");
        command.AddAll(names, output);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var hub = shared.Connect(parsed, shell);
            foreach (var name in parsed.GetValue(names)!)
            {
                var template = await hub.GetTemplateAsync(scope, hub.Namespace, name, cancellationToken);
                shell.Out.Write(Documents.Format(template, parsed.GetValue(output)) ?? texts.Describe(template, shell.Time.GetUtcNow()));
            }

            return ExitCodes.Succeeded;
        });
        return command;
    }

    private Command List()
    {
        var allNamespaces = CommandOptions.Flag("--all-namespaces", "of all namespaces", "-A");
        var labels = CommandOptions.LabelSelector();
        var output = CommandOptions.Output("name|json|yaml|wide");
        var command = new Command("list", $"Lists {scope.Noun}s.");
        command.AddAll(labels, output);
        if (scope.HasNamespace)
        {
            command.Add(allNamespaces);
        }

        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var hub = shared.Connect(parsed, shell);
            var isOfAll = scope.HasNamespace && parsed.GetValue(allNamespaces);
            var list = await hub.ListTemplatesAsync(scope, isOfAll ? null : hub.Namespace, parsed.GetValue(labels), cancellationToken);
            shell.Out.Write(Format(list, parsed.GetValue(output), isOfAll));
            return ExitCodes.Succeeded;
        });
        return command;
    }

    private Command Delete()
    {
        var names = new Argument<string[]>("NAME") { Arity = ArgumentArity.ZeroOrMore };
        var all = CommandOptions.Flag("--all", $"all {scope.Noun}s");
        var command = new Command("delete", $"Deletes {scope.Noun}s.");
        command.AddAll(names, all);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var hub = shared.Connect(parsed, shell);
            var doomed = parsed.GetValue(names)!.ToList();
            if (parsed.GetValue(all))
            {
                var list = await hub.ListTemplatesAsync(scope, hub.Namespace, labelSelector: null, cancellationToken);
                doomed.AddRange(list.Objects("items").Select(item => item.Text("metadata", "name")!));
            }
            else if (doomed.Count == 0)
            {
                throw new CommandException($"name a {scope.Noun}, or --all");
            }

            foreach (var name in doomed.Distinct())
            {
                await hub.DeleteTemplateAsync(scope, hub.Namespace, name, cancellationToken);
                await shell.Out.WriteLineAsync($"{scope.Kind} '{name}' deleted");
            }

            return ExitCodes.Succeeded;
        });
        return command;
    }

    private string Format(JsonObject list, string? format, bool allNamespaces)
    {
        var items = list.Objects("items").ToList();
        switch (format)
        {
            case "json":
                return Documents.Json(list["items"]!);
            case "yaml":
                return Documents.Yaml(list["items"]!);
            case "name":
                return string.Concat(items.Select(item => item.Text("metadata", "name") + Environment.NewLine));
        }

        return items.Count == 0
            ? $"No {scope.Noun}s found" + Environment.NewLine
            : texts.Table(items, allNamespaces, shell.Time.GetUtcNow());
    }
}
