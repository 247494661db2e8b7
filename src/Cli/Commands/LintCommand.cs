using System.CommandLine;
using System.Net;
using Argosy.Cli.Client;
using Argosy.Cli.Manifests;
using Argosy.Cli.Output;

namespace Argosy.Cli.Commands;

/// <summary><c>lint</c>: says what is wrong with manifests, by the hub's word or without a hub.</summary>
internal sealed class LintCommand
{
    private readonly Shell shell;
    private readonly SharedOptions shared;
    private readonly Argument<string[]> files = new("FILE") { Description = "files or folders; - for the standard input", Arity = ArgumentArity.OneOrMore };
    private readonly Option<bool> offline = CommandOptions.Flag("--offline", "without a hub; templates that are referred to must be among the files");
    private readonly Option<string[]> kinds = new("--kinds")
    {
        Description = "which kinds to lint, such as workflows,workflowtemplates; default all",
        DefaultValueFactory = _ => [],
    };

    private readonly Option<string?> output = CommandOptions.Output("pretty|simple|json");
    private readonly Option<bool> strict = new("--strict") { Description = "refuse fields that do not exist", DefaultValueFactory = _ => true };

    private LintCommand(Shell shell, SharedOptions shared) => (this.shell, this.shared) = (shell, shared);

    public static Command Create(Shell shell, SharedOptions shared) => new LintCommand(shell, shared).ToCommand("Checks manifests.", only: null);

    /// <summary>The same for one kind of template.</summary>
    public static Command CreateFor(Shell shell, SharedOptions shared, TemplateScope scope) =>
        new LintCommand(shell, shared).ToCommand($"Checks {scope.Noun}s.", scope.Kind);

    private Command ToCommand(string description, string? only)
    {
        var command = new Command("lint", description);
        command.AddAll(files, offline, kinds, output, strict);
        command.SetAction((parsed, cancellationToken) => RunAsync(parsed, only, cancellationToken));
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, string? only, CancellationToken cancellationToken)
    {
        var report = LintReport.Create(parsed.GetValue(output));
        var manifests = new List<SourcedManifest>();
        foreach (var source in ManifestFiles.Expand(parsed.GetValue(files)!))
        {
            var text = await ManifestFiles.ReadTextAsync(source, shell.In, cancellationToken);
            try
            {
                manifests.AddRange(ManifestFiles.Parse(source, text));
            }
            catch (BadManifestException exception)
            {
                report.Add(source, "", "", [("", exception.Message[(source.Length + 2)..])]);
            }
        }

        var wanted = LintKinds.Parse(only is null ? parsed.GetValue(kinds)! : [only]);
        using var hub = parsed.GetValue(offline) ? null : shared.Connect(parsed, shell);
        var offlineLint = new OfflineLint(manifests) { IsStrict = parsed.GetValue(strict) };
        foreach (var manifest in manifests.Where(manifest => wanted.Contains(manifest.Kind)))
        {
            var errors = offlineLint.Lint(manifest);
            if (errors.Count == 0 && hub is not null)
            {
                errors = await AskAsync(hub, manifest, cancellationToken);
            }

            report.Add(manifest.Source, manifest.Name, manifest.Kind, errors);
        }

        shell.Out.Write(report.Write());
        return report.IsSuccessful ? ExitCodes.Succeeded : ExitCodes.Failed;
    }

    private static async Task<IReadOnlyList<(string Path, string Message)>> AskAsync(
        ArgoClient hub, SourcedManifest manifest, CancellationToken cancellationToken)
    {
        var @namespace = manifest.NamespaceOr(hub.Namespace);
        try
        {
            if (manifest.Kind == "Workflow")
            {
                await hub.LintWorkflowAsync(@namespace, manifest.Json, cancellationToken);
            }
            else if (TemplateScope.OfKind(manifest.Kind) is { } scope)
            {
                await hub.LintTemplateAsync(scope, @namespace, manifest.Json, cancellationToken);
            }

            return [];
        }
        catch (HubRefusal refusal) when (refusal.Status == HttpStatusCode.BadRequest)
        {
            return refusal.Causes.Count > 0 ? refusal.Causes : [("", refusal.Message)];
        }
    }
}
