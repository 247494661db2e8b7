using System.CommandLine;
using System.Text.Json.Nodes;
using Argosy.Cli.Client;
using Argosy.Cli.Manifests;

namespace Argosy.Cli.Commands;

/// <summary><c>submit</c>: starts workflows, from files or from a template on the hub.</summary>
internal sealed class SubmitCommand
{
    private readonly Shell shell;
    private readonly SharedOptions shared;
    private readonly Afterwards afterwards;
    private readonly Argument<string[]> files = new("FILE") { Description = "manifests; - for the standard input", Arity = ArgumentArity.ZeroOrMore };
    private readonly Option<string?> from = CommandOptions.Text("--from", "workflowtemplate/NAME, clusterworkflowtemplate/NAME or cronwf/NAME");
    private readonly Option<string[]> parameters = CommandOptions.Parameters();
    private readonly Option<string?> parameterFile = CommandOptions.Text("--parameter-file", "file of parameters", "-f");
    private readonly Option<string?> name = CommandOptions.Text("--name", "the workflow's name");
    private readonly Option<string?> generateName = CommandOptions.Text("--generate-name", "the beginning of the workflow's name");
    private readonly Option<string?> entrypoint = CommandOptions.Text("--entrypoint", "the template to begin with");
    private readonly Option<string?> labels = CommandOptions.Text("--labels", "labels as a=b,c=d", "-l");
    private readonly Option<string?> annotations = CommandOptions.Text("--annotations", "annotations as a=b,c=d");
    private readonly Option<string?> serviceAccount = CommandOptions.Text("--serviceaccount", "the service account of all pods");
    private readonly Option<int?> priority = new("--priority") { Description = "the workflow's priority" };
    private readonly Option<string?> scheduledTime = CommandOptions.Text("--scheduled-time", "the time that workflow.scheduledTime stands for");
    private readonly Option<bool> strict = new("--strict") { Description = "refuse fields that do not exist", DefaultValueFactory = _ => true };
    private readonly Option<bool> dryRun = CommandOptions.Flag("--dry-run", "print the workflow, do not send it");
    private readonly Option<bool> serverDryRun = CommandOptions.Flag("--server-dry-run", "let the hub check the workflow, but not store it");

    private SubmitCommand(Shell shell, SharedOptions shared) => (this.shell, this.shared, afterwards) = (shell, shared, new(shell));

    public static Command Create(Shell shell, SharedOptions shared) => new SubmitCommand(shell, shared).ToCommand();

    private Command ToCommand()
    {
        var command = new Command("submit", "Submits workflows.");
        command.AddAll(
        [
            files, from, parameters, parameterFile, name, generateName, entrypoint, labels, annotations, serviceAccount, priority, scheduledTime,
            strict, dryRun, serverDryRun, .. afterwards.Symbols,
        ]);
        command.SetAction(RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var overrides = await OverridesAsync(parsed, cancellationToken);
        if (parsed.GetValue(from) is { } template)
        {
            return await SubmitFromAsync(parsed, template, overrides, cancellationToken);
        }

        var manifests = await WorkflowsAsync(parsed, overrides, cancellationToken);
        if (parsed.GetValue(dryRun))
        {
            manifests.ForEach(manifest => afterwards.Print(parsed, new Workflow(manifest.Json)));
            return ExitCodes.Succeeded;
        }

        using var hub = shared.Connect(parsed, shell);
        var submitted = new List<Workflow>();
        foreach (var manifest in manifests)
        {
            var created = await hub.CreateWorkflowAsync(
                manifest.NamespaceOr(hub.Namespace), manifest.Json, parsed.GetValue(serverDryRun), cancellationToken);
            submitted.Add(new Workflow(created));
            afterwards.Print(parsed, submitted[^1]);
        }

        return parsed.GetValue(serverDryRun)
            ? ExitCodes.Succeeded
            : await afterwards.StayAsync(parsed, hub, submitted, cancellationToken);
    }

    private async Task<int> SubmitFromAsync(ParseResult parsed, string template, SubmitOverrides overrides, CancellationToken cancellationToken)
    {
        var parts = template.Split('/', 2);
        if (parts.Length != 2 || parts[1].Length == 0)
        {
            throw new CommandException($"--from {template} must be KIND/NAME, such as workflowtemplate/hello");
        }

        if (parsed.GetValue(files)!.Length > 0)
        {
            throw new CommandException("give either files or --from, not both");
        }

        var options = overrides.ToSubmitOptions();
        var isDry = parsed.GetValue(dryRun) || parsed.GetValue(serverDryRun);
        options["serverDryRun"] = isDry;
        using var hub = shared.Connect(parsed, shell);
        var workflow = new Workflow(await hub.SubmitAsync(hub.Namespace, parts[0], parts[1], options, cancellationToken));
        afterwards.Print(parsed, workflow);
        return isDry ? ExitCodes.Succeeded : await afterwards.StayAsync(parsed, hub, [workflow], cancellationToken);
    }

    private async Task<List<SourcedManifest>> WorkflowsAsync(ParseResult parsed, SubmitOverrides overrides, CancellationToken cancellationToken)
    {
        var sources = parsed.GetValue(files)!;
        if (sources.Length == 0)
        {
            throw new CommandException("name a file to submit, or a template with --from");
        }

        var manifests = (await ManifestFiles.ReadAsync(sources, shell.In, cancellationToken))
            .Where(manifest => manifest.Kind == "Workflow")
            .ToList();
        if (manifests.Count == 0)
        {
            throw new CommandException($"no Workflow found in {string.Join(", ", sources)}");
        }

        foreach (var manifest in manifests)
        {
            overrides.ApplyTo(manifest.Json);
            if (parsed.GetValue(strict))
            {
                OfflineLint.RefuseUnknownFields(manifest);
            }
        }

        return manifests;
    }

    private async Task<SubmitOverrides> OverridesAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var fromFile = parsed.GetValue(parameterFile) is { } path ? await ParameterFile.ReadAsync(path, shell.In, cancellationToken) : [];
        var scheduled = parsed.GetValue(scheduledTime) is { } time ? $"workflows.argoproj.io/scheduled-time={time}" : null;
        return new SubmitOverrides
        {
            Name = parsed.GetValue(name),
            GenerateName = parsed.GetValue(generateName),
            Entrypoint = parsed.GetValue(entrypoint),
            ServiceAccount = parsed.GetValue(serviceAccount),
            Priority = parsed.GetValue(priority),
            Labels = parsed.GetValue(labels),
            Annotations = string.Join(',', new[] { parsed.GetValue(annotations), scheduled }.OfType<string>()),
            Parameters = [.. parsed.GetValue(parameters)!, .. fromFile],
        };
    }
}
