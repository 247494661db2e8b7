using System.CommandLine;
using Argosy.Cli.Client;
using Argosy.Cli.Commands;
using Argosy.Cli.Hub;
using Argosy.ControlPlane.Hosting;

namespace Argosy.Cli;

/// <summary>The command line of <c>argosy</c>: which commands there are, and what becomes of their errors.</summary>
internal static class CommandLine
{
    public static Task<int> InvokeAsync(IReadOnlyList<string> args, Shell shell, CancellationToken cancellationToken) =>
        InvokeAsync(args, shell, HubHost.StartAsync, EmbeddedAgent.RunAsync, cancellationToken);

    public static async Task<int> InvokeAsync(
        IReadOnlyList<string> args, Shell shell, StartHub startHub, RunEmbeddedCluster runCluster, CancellationToken cancellationToken)
    {
        var settings = new SharedOptions();
        var parsed = Create(shell, settings, startHub, runCluster).Parse(args, new ParserConfiguration
        {
            // Else @latest would be read as a file of arguments.
            ResponseFileTokenReplacer = null,
        });
        var invocation = new InvocationConfiguration
        {
            Output = shell.Out,
            Error = shell.Error,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = TimeSpan.FromSeconds(30),
        };
        try
        {
            return await parsed.InvokeAsync(invocation, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            return ExitCodes.Interrupted;
        }
        catch (Exception exception)
        {
            await ErrorReport.WriteAsync(exception, shell.Error, parsed.GetValue(settings.Verbose));
            return ExitCodes.Failed;
        }
    }

    private static RootCommand Create(Shell shell, SharedOptions settings, StartHub startHub, RunEmbeddedCluster runCluster)
    {
        var root = new RootCommand("Runs Argo workflows across a fleet of Kubernetes clusters.");
        settings.AddTo(root);
        root.Add(RunCommand.Create(shell, settings, startHub, runCluster));
        root.Add(ServerCommand.Create(shell, settings, startHub, runCluster));
        root.Add(SubmitCommand.Create(shell, settings));
        root.Add(ListCommand.Create(shell, settings));
        root.Add(GetCommand.Create(shell, settings));
        root.Add(LogsCommand.Create(shell, settings));
        root.Add(WatchCommand.Create(shell, settings));
        root.Add(WaitCommand.Create(shell, settings));
        root.Add(StopCommand.Create(shell, settings));
        root.Add(TerminateCommand.Create(shell, settings));
        root.Add(SuspendCommand.Create(shell, settings));
        root.Add(ResumeCommand.Create(shell, settings));
        root.Add(RetryCommand.Create(shell, settings));
        root.Add(ResubmitCommand.Create(shell, settings));
        root.Add(DeleteCommand.Create(shell, settings));
        root.Add(LintCommand.Create(shell, settings));
        root.Add(SimulateCommand.Create(shell));
        root.Add(NodeCommand.Create(shell, settings));
        root.Add(TemplateCommand.Create(shell, settings, TemplateScope.Namespaced));
        root.Add(TemplateCommand.Create(shell, settings, TemplateScope.Cluster));
        root.Add(ClusterCommand.Create(shell, settings));
        root.Add(SyncCommand.Create(shell, settings));
        root.Add(ArchiveCommand.Create(shell, settings));
        root.Add(CronCommand.Create(shell, settings));
        root.Add(VersionCommand.Create(shell, settings));
        return root;
    }
}
