using System.CommandLine;
using Argosy.Cli.Client;
using Argosy.Cli.Trees;

namespace Argosy.Cli.Commands;

/// <summary><c>watch</c>: a workflow while it runs, then as it ended.</summary>
internal static class WatchCommand
{
    public static Command Create(Shell shell, SharedOptions shared)
    {
        var name = new Argument<string>("WORKFLOW") { Description = "name, or @latest" };
        var command = new Command("watch", "Watches a workflow until it completes.");
        command.Add(name);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var hub = shared.Connect(parsed, shell);
            var states = hub.FollowAsync(hub.Namespace, parsed.GetValue(name)!, cancellationToken);
            var workflow = await new ProgressDisplay(shell).ShowAsync(states, cancellationToken);
            shell.Out.WriteLine();
            shell.Out.Write(new TreePrinter(shell.Time, shell.Colors).Print(workflow));
            return ExitCodes.Succeeded;
        });
        return command;
    }
}
