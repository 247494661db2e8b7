using System.CommandLine;
using Argosy.Cli.Client;

namespace Argosy.Cli.Commands;

internal static class TerminateCommand
{
    public static Command Create(Shell shell, SharedOptions shared) => new VerbCommand(shell, shared, "terminate", "terminated")
        .ToCommand("Terminates workflows at once; exit handlers do not run.");
}
