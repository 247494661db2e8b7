using System.CommandLine;
using System.Reflection;
using Argosy.Cli.Client;

namespace Argosy.Cli.Commands;

/// <summary><c>version</c>: of this program and, when one can be reached, of the hub.</summary>
internal static class VersionCommand
{
    public static Command Create(Shell shell, SharedOptions shared)
    {
        var brief = CommandOptions.Flag("--short", "only the number");
        var command = new Command("version", "Shows the versions of this program and of the hub.");
        command.Add(brief);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var own = typeof(VersionCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
            await shell.Out.WriteLineAsync($"argosy: v{own.Split('+')[0]}");
            if (!parsed.GetValue(brief) && await HubVersionAsync(parsed, cancellationToken) is { } version)
            {
                await shell.Out.WriteLineAsync($"hub: {version}");
            }

            return ExitCodes.Succeeded;
        });
        return command;

        async Task<string?> HubVersionAsync(ParseResult parsed, CancellationToken cancellationToken)
        {
            try
            {
                using var hub = shared.Connect(parsed, shell);
                return (await hub.VersionAsync(cancellationToken)).Text("version");
            }
            catch (CommandException)
            {
                return null;
            }
        }
    }
}
