using System.CommandLine;
using Argosy.Cli.Client;

namespace Argosy.Cli.Commands;

internal static class ResumeCommand
{
    public static Command Create(Shell shell, SharedOptions shared) => new VerbCommand(shell, shared, "resume", "resumed")
        .With(CommandOptions.NodeFieldSelector(), "nodeFieldSelector")
        .ToCommand("Resumes suspended workflows or nodes.");
}
