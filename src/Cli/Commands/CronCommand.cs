using System.CommandLine;
using Argosy.Cli.Client;
using Argosy.Cli.Output;

namespace Argosy.Cli.Commands;

/// <summary><c>cron</c>: cron workflows on the hub.</summary>
internal static class CronCommand
{
    public static Command Create(Shell shell, SharedOptions shared)
    {
        var command = TemplateCommand.Create(shell, shared, TemplateScope.Cron, new CronTexts());
        command.Add(Suspend(shell, shared, "suspend", "suspended", suspend: true));
        command.Add(Suspend(shell, shared, "resume", "resumed", suspend: false));
        command.Add(CronBackfillCommand.Create(shell, shared));
        return command;
    }

    private static Command Suspend(Shell shell, SharedOptions shared, string verb, string done, bool suspend)
    {
        var names = CommandOptions.Names("CRON");
        var command = new Command(verb, suspend ? "Has cron workflows skip every instant." : "Has suspended cron workflows run again.");
        command.Add(names);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var hub = shared.Connect(parsed, shell);
            foreach (var name in parsed.GetValue(names)!)
            {
                await hub.SuspendCronAsync(hub.Namespace, name, suspend, cancellationToken);
                await shell.Out.WriteLineAsync($"CronWorkflow '{name}' {done}");
            }

            return ExitCodes.Succeeded;
        });
        return command;
    }
}
