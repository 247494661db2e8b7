using System.CommandLine;
using System.Net;
using Argosy.Cli.Client;
using Argosy.Cli.Hub;
using Argosy.Cli.Manifests;
using Argosy.Cli.Output;
using Argosy.Cli.Trees;
using Argosy.ControlPlane.Hosting;

namespace Argosy.Cli.Commands;

/// <summary><c>run</c>: a hub with embedded clusters in this process, for one workflow.</summary>
internal sealed class RunCommand
{
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(15);

    private readonly Shell shell;
    private readonly SharedOptions shared;
    private readonly StartHub startHub;
    private readonly RunEmbeddedCluster runCluster;
    private readonly HubOptionsOfCommand hubOptions;
    private readonly Argument<string> file = new("FILE") { Description = "the manifest; - for the standard input" };
    private readonly Option<string[]> parameters = CommandOptions.Parameters();
    private readonly Option<bool> keep = CommandOptions.Flag("--keep", "keep the hub running afterwards, until Ctrl-C");

    private RunCommand(Shell shell, SharedOptions shared, StartHub startHub, RunEmbeddedCluster runCluster)
    {
        (this.shell, this.shared, this.startHub, this.runCluster) = (shell, shared, startHub, runCluster);
        hubOptions = new HubOptionsOfCommand(shell, shared);
    }

    public static Command Create(Shell shell, SharedOptions shared, StartHub startHub, RunEmbeddedCluster runCluster)
    {
        var run = new RunCommand(shell, shared, startHub, runCluster);
        var command = new Command("run", "Runs a workflow on this machine: a hub and its clusters in one process.");
        command.AddAll([run.file, run.parameters, run.keep, .. run.hubOptions.Symbols]);
        command.SetAction(run.RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var manifests = await ReadAsync(parsed, cancellationToken);
        var options = hubOptions.Hub(parsed, new IPEndPoint(IPAddress.Loopback, 0));
        var clusters = hubOptions.Clusters(parsed) is { Count: > 0 } given ? given : EmbeddedClusterSpec.Demonstration;
        await using var hub = await HubOptionsOfCommand.StartAsync(startHub, options, cancellationToken);
        await using var fleet = await EmbeddedFleet.StartAsync(hub, options.DataDirectory, clusters, runCluster);
        using var client = new ArgoClient(Connection(hub, parsed), shell.Time);
        var workflow = await SubmitAsync(client, manifests);
        var ended = await FollowAsync(client, workflow, cancellationToken);
        if (ended is null)
        {
            return ExitCodes.Interrupted;
        }

        await shell.Out.WriteAsync(RunSummary.Write(ended));
        if (parsed.GetValue(keep))
        {
            await KeepAsync(hub, cancellationToken);
        }

        return ended.IsSuccessful ? ExitCodes.Succeeded : ExitCodes.Failed;
    }

    // Everything is read and checked before anything starts, so that a bad manifest leaves nothing behind.
    private async Task<IReadOnlyList<SourcedManifest>> ReadAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var source = parsed.GetValue(file)!;
        var manifests = await ManifestFiles.ReadAsync([source], shell.In, cancellationToken);
        if (manifests.Count(manifest => manifest.Kind == "Workflow") != 1)
        {
            throw new CommandException($"{source} must have one Workflow, and may have the templates it refers to");
        }

        var overrides = new SubmitOverrides { Parameters = parsed.GetValue(parameters)! };
        overrides.ApplyTo(manifests.Single(manifest => manifest.Kind == "Workflow").Json);
        new OfflineLint(manifests) { MayLackArguments = false }.RefuseAny(source);
        return manifests;
    }

    // Carried through even when the user interrupts: who has submitted a workflow must know it to terminate it.
    private static async Task<Workflow> SubmitAsync(ArgoClient client, IReadOnlyList<SourcedManifest> manifests)
    {
        foreach (var manifest in manifests)
        {
            if (TemplateScope.OfKind(manifest.Kind) is { } scope && scope != TemplateScope.Cron)
            {
                await client.PutTemplateAsync(scope, manifest.NamespaceOr(client.Namespace), manifest.Json, CancellationToken.None);
            }
        }

        var workflow = manifests.Single(manifest => manifest.Kind == "Workflow");
        return new(await client.CreateWorkflowAsync(
            workflow.NamespaceOr(client.Namespace), workflow.Json, dryRun: false, CancellationToken.None));
    }

    // Null when the user has interrupted: then the workflow is terminated before the hub goes.
    private async Task<Workflow?> FollowAsync(ArgoClient client, Workflow workflow, CancellationToken cancellationToken)
    {
        try
        {
            var states = client.FollowAsync(workflow.Namespace, workflow.Name, cancellationToken);
            return await new ProgressDisplay(shell).ShowAsync(states, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await TerminateAsync(client, workflow);
            return null;
        }
    }

    private async Task TerminateAsync(ArgoClient client, Workflow workflow)
    {
        await shell.Error.WriteLineAsync($"interrupted: terminating {workflow.Name}");
        using var patience = new CancellationTokenSource(Farewell, shell.Time);
        try
        {
            await client.DoAsync(workflow.Namespace, workflow.Name, "terminate", [], patience.Token);
            await client.CompletedAsync(workflow.Namespace, workflow.Name, patience.Token);
        }
        catch (Exception exception) when (exception is OperationCanceledException or CommandException or HubRefusal)
        {
            await shell.Error.WriteLineAsync(
                $"{workflow.Name} has not ended yet; the next hub on this data directory carries on ending it");
        }
    }

    private async Task KeepAsync(RunningHub hub, CancellationToken cancellationToken)
    {
        await shell.Out.WriteLineAsync($"\nthe hub keeps running on {hub.Url} (kubeconfig: {hub.KubeconfigPath}); end it with Ctrl-C");
        await shell.Out.FlushAsync(cancellationToken);
        await hub.Completion.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private HubConnection Connection(RunningHub hub, ParseResult parsed) => new(new Uri(hub.Url, "/"), "the hub of this run")
    {
        Authorization = new("Bearer", hub.AdminToken),
        Namespace = parsed.GetValue(shared.Namespace) ?? "default",
    };
}
