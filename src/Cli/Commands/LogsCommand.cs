using System.CommandLine;
using System.Globalization;
using Argosy.Cli.Client;
using Argosy.Cli.Output;

namespace Argosy.Cli.Commands;

/// <summary><c>logs</c>: what the pods of a workflow print, wherever they run.</summary>
internal static class LogsCommand
{
    public static Command Create(Shell shell, SharedOptions shared)
    {
        var workflow = new Argument<string>("WORKFLOW") { Description = "name, or @latest" };
        var pod = new Argument<string?>("POD") { Description = "only this pod", Arity = ArgumentArity.ZeroOrOne };
        var follow = CommandOptions.Flag("--follow", "stay until the workflow is completed", "-f");
        var container = new Option<string>("--container", "-c") { Description = "container of the pod", DefaultValueFactory = _ => "main" };
        var grep = CommandOptions.Text("--grep", "only lines that this regular expression finds");
        var selector = CommandOptions.LabelSelector();
        var since = CommandOptions.Text("--since", "only lines younger than this, such as 5m");
        var sinceTime = CommandOptions.Text("--since-time", "only lines after this time, such as 2026-01-31T12:00:00Z");
        var tail = new Option<long?>("--tail") { Description = "only the last lines of each pod" };
        var timestamps = CommandOptions.Flag("--timestamps", "begin each line with its time");
        var previous = CommandOptions.Flag("--previous", "accepted for Argo's sake: pods are not restarted here", "-p");
        var noColor = CommandOptions.Flag("--no-color", "no colours");
        var command = new Command("logs", "Shows the logs of a workflow.");
        command.AddAll(workflow, pod, follow, container, grep, selector, since, sinceTime, tail, timestamps, previous, noColor);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var hub = shared.Connect(parsed, shell);
            var request = new LogRequest
            {
                Pod = parsed.GetValue(pod),
                Container = parsed.GetValue(container)!,
                Follow = parsed.GetValue(follow),
                Timestamps = parsed.GetValue(timestamps),
                Grep = parsed.GetValue(grep),
                LabelSelector = parsed.GetValue(selector),
                TailLines = parsed.GetValue(tail) is >= 0 and var lines ? lines : null,
                Since = parsed.GetValue(since) is { } age ? GoDuration.Parse(age, "--since") : null,
                SinceTime = parsed.GetValue(sinceTime) is { } time ? Time(time) : null,
            };
            var printer = new LogPrinter(shell, shell.Colors && !parsed.GetValue(noColor));
            await printer.PrintAsync(hub.LogsAsync(hub.Namespace, parsed.GetValue(workflow)!, request, cancellationToken));
            return ExitCodes.Succeeded;
        });
        return command;
    }

    private static DateTimeOffset Time(string text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time
            : throw new CommandException($"--since-time \"{text}\" is not a time: write it as 2026-01-31T12:00:00Z");
}
