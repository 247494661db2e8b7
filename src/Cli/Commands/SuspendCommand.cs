using System.CommandLine;
using Argosy.Cli.Client;

namespace Argosy.Cli.Commands;

internal static class SuspendCommand
{
    public static Command Create(Shell shell, SharedOptions shared) => new VerbCommand(shell, shared, "suspend", "suspended")
        .ToCommand("Lets running nodes finish and starts no more.");
}
