using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Argosy.Cli.Client;
using Argosy.Cli.Hub;
using Argosy.Cli.Manifests;
using Argosy.Cli.Output;
using Argosy.Cli.Trees;
using Argosy.Engine.Simulation;
using Argosy.Engine.Workflows;

namespace Argosy.Cli.Commands;

/// <summary>
/// <c>simulate</c>: shows what a workflow would do, without running anything. Answers 0 when it succeeds, 1 when it fails or the input is
/// refused, 2 when it stands still: something in it waits for what will never come.
/// </summary>
internal sealed class SimulateCommand
{
    private readonly Shell shell;
    private readonly Argument<string[]> files = new("FILE")
    {
        Description = "manifests; - for the standard input. Templates and ConfigMaps that the workflow refers to belong among them",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<string?> outcomes = CommandOptions.Text(
        "--outcomes", "file of outcomes: {NODE: {phase, exitCode, result, parameters, message}}; what is not named succeeds without outputs");

    private readonly Option<string[]> clusters = new("--cluster")
    {
        Description = "a cluster of the fleet, as NAME:LABEL=VALUE,LABEL2=VALUE2; may be repeated. Without any, nodes are not placed",
        DefaultValueFactory = _ => [],
    };

    private readonly Option<string?> output = CommandOptions.Output("tree|json");
    private readonly Option<int?> seed = new("--seed") { Description = "brings what runs side by side to its end in another order, the same for the same seed" };
    private readonly Option<string?> run = CommandOptions.Text("--run", "name of the manifest to run, where the files hold several");
    private readonly Option<string?> name = CommandOptions.Text("--name", "the workflow's name");
    private readonly Option<string?> entrypoint = CommandOptions.Text("--entrypoint", "the template to begin with");
    private readonly Option<string[]> parameters = CommandOptions.Parameters();
    private readonly Option<string?> parameterFile = CommandOptions.Text("--parameter-file", "file of parameters", "-f");
    private readonly Option<bool> strict = new("--strict") { Description = "refuse fields that do not exist", DefaultValueFactory = _ => true };
    private readonly Option<bool> noColor = CommandOptions.Flag("--no-color", "no colours");

    private SimulateCommand(Shell shell) => this.shell = shell;

    public static Command Create(Shell shell) => new SimulateCommand(shell).ToCommand();

    private Command ToCommand()
    {
        var command = new Command("simulate", "Runs a workflow without running anything, and shows what would become of it.");
        command.AddAll(files, outcomes, clusters, output, seed, run, name, entrypoint, parameters, parameterFile, strict, noColor);
        command.SetAction(RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var format = parsed.GetValue(output);
        if (format is not (null or "" or "tree" or "json"))
        {
            throw new CommandException($"unknown output format {format}: use tree or json");
        }

        var fleet = EmbeddedClusterSpec.ParseAll(parsed.GetValue(clusters)!, "--cluster");
        var script = await OutcomesAsync(parsed.GetValue(outcomes), cancellationToken);
        var manifests = await ManifestFiles.ReadAsync(parsed.GetValue(files)!, shell.In, cancellationToken);
        var content = new SimulatedFiles(manifests);
        var workflow = content.Choose(parsed.GetValue(run));
        (await OverridesAsync(parsed, cancellationToken)).ApplyTo(workflow);
        Refuse(parsed, manifests, workflow);
        SimulatedFiles.Name(workflow, script.Names);

        var simulator = Simulator(script, content, fleet, parsed.GetValue(seed));
        var simulated = simulator.Simulate(workflow);
        shell.Out.Write(format == "json"
            ? Documents.Json(SimulationView.Render(simulated, withClusters: fleet.Count > 0))
            : Tree(simulated, simulator.Now, fleet.Count > 0, shell.Colors && !parsed.GetValue(noColor)));
        await WarnAsync(script, content, simulated);
        return simulated.Standstill is not null ? ExitCodes.StandsStill
            : simulated.State.Phase == WorkflowPhase.Succeeded ? ExitCodes.Succeeded
            : ExitCodes.Failed;
    }

    private async Task<ScriptedOutcomes> OutcomesAsync(string? file, CancellationToken cancellationToken)
    {
        if (file is null)
        {
            return ScriptedOutcomes.None;
        }

        try
        {
            return ScriptedOutcomes.Parse(await ManifestFiles.ReadTextAsync(file, shell.In, cancellationToken));
        }
        catch (FormatException malformed)
        {
            throw new CommandException($"{file}: {malformed.Message}", malformed);
        }
    }

    private async Task<SubmitOverrides> OverridesAsync(ParseResult parsed, CancellationToken cancellationToken) => new()
    {
        Name = parsed.GetValue(name),
        Entrypoint = parsed.GetValue(entrypoint),
        Parameters =
        [
            .. parsed.GetValue(parameters)!,
            .. parsed.GetValue(parameterFile) is { } path ? await ParameterFile.ReadAsync(path, shell.In, cancellationToken) : [],
        ],
    };

    /// <exception cref="BadManifestException">What lint would say; all of it.</exception>
    private void Refuse(ParseResult parsed, IReadOnlyList<SourcedManifest> manifests, JsonObject workflow)
    {
        var source = string.Join(", ", parsed.GetValue(files)!);
        var isStrict = parsed.GetValue(strict);
        var others = LintKinds.Parse([]).Where(kind => kind != "Workflow").ToList();
        new OfflineLint([.. manifests.Where(manifest => others.Contains(manifest.Kind))]) { IsStrict = isStrict }.RefuseAny(source);
        var lint = new OfflineLint(manifests) { IsStrict = isStrict, MayLackArguments = false };
        if (lint.Lint(new SourcedManifest(source, workflow)) is { Count: > 0 } errors)
        {
            throw new BadManifestException($"{source} is invalid:") { Errors = errors };
        }
    }

    private static Simulator Simulator(ScriptedOutcomes script, SimulatedFiles content, IReadOnlyList<EmbeddedClusterSpec> clusters, int? seed)
    {
        // Chance that one can call for again: simulations keep no secrets.
        var chance = seed is { } number ? new Random(number) : null;
        Func<int, int> next = chance is null ? _ => 0 : chance.Next;
        if (clusters.Count == 0)
        {
            return new Simulator(script.Of, content.Find) { Next = next };
        }

        var fleet = new SimulatedFleet([.. clusters.Select(cluster => new SimulatedCluster(cluster.Name, cluster.Labels))]);
        return new Simulator(script.Of, content.Find) { Next = next, Place = fleet.Place, Release = fleet.Release };
    }

    private static string Tree(Simulated simulated, DateTimeOffset now, bool withClusters, bool colors)
    {
        var status = WorkflowStatusView.Render(simulated.State);
        if (!withClusters)
        {
            status.Remove("clusters");
            foreach (var node in (status["nodes"] as JsonObject ?? []).Select(pair => pair.Value).OfType<JsonObject>())
            {
                node.Remove("cluster");
            }
        }

        var json = (JsonObject)simulated.State.Manifest.DeepClone();
        json["status"] = status;
        return new TreePrinter(new StoppedClock(now), colors).Print(new Workflow(json));
    }

    private async Task WarnAsync(ScriptedOutcomes script, SimulatedFiles content, Simulated simulated)
    {
        if (simulated.Standstill is { } standstill)
        {
            await shell.Error.WriteLineAsync($"argosy: workflow {simulated.State.Name} {standstill}");
        }

        foreach (var assumption in content.Assumptions)
        {
            await shell.Error.WriteLineAsync($"warning: {assumption}");
        }

        foreach (var unused in script.Unused)
        {
            await shell.Error.WriteLineAsync($"warning: no leaf {unused} ran; its outcome was not needed");
        }

        foreach (var (shown, nodes) in script.Ambiguous)
        {
            await shell.Error.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture, $"warning: {nodes.Count} nodes are displayed as {shown} and all got its outcome: {string.Join(", ", nodes)}"));
        }
    }

    private sealed class StoppedClock(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
