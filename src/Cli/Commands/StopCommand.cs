using System.CommandLine;
using Argosy.Cli.Client;

namespace Argosy.Cli.Commands;

internal static class StopCommand
{
    public static Command Create(Shell shell, SharedOptions shared) => new VerbCommand(shell, shared, "stop", "stopped")
        .With(CommandOptions.NodeFieldSelector(), "nodeFieldSelector")
        .With(CommandOptions.Text("--message", "why; shown at the nodes"), "message")
        .ToCommand("Stops workflows; exit handlers still run.");
}
