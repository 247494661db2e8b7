using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Argosy.Cli.Client;
using Argosy.Engine.Cron;

namespace Argosy.Cli.Commands;

/// <summary>
/// <c>cron backfill</c>: runs a cron workflow for instants of the past, one after the other or all at once. A run's name is that of the
/// backfill and its instant, so a backfill that was broken off can be repeated: what is there is not run again.
/// </summary>
internal sealed class CronBackfillCommand
{
    private const string BackfillLabel = "workflows.argoproj.io/backfill";

    private readonly Shell shell;
    private readonly SharedOptions shared;
    private readonly Argument<string> cronName = new("CRON");
    private readonly Option<string?> name = CommandOptions.Text("--name", "the backfill's name; default CRON-backfill");
    private readonly Option<string> start = Time("--start", "runs for instants after this time");
    private readonly Option<string> end = Time("--end", "runs for instants before this time");
    private readonly Option<bool> parallel = CommandOptions.Flag("--parallel", "do not wait for one run before the next");
    private readonly Option<string> argument = new("--argname")
    {
        Description = "the parameter that gets the instant", DefaultValueFactory = _ => "cronScheduleTime",
    };

    private readonly Option<int> most = new("--maxworkflowcount") { Description = "refuse to make more runs than this", DefaultValueFactory = _ => 1000 };

    private CronBackfillCommand(Shell shell, SharedOptions shared) => (this.shell, this.shared) = (shell, shared);

    public static Command Create(Shell shell, SharedOptions shared) => new CronBackfillCommand(shell, shared).ToCommand();

    private static Option<string> Time(string name, string description) =>
        new(name) { Description = description + ", such as 2026-01-31T00:00:00Z", Required = true };

    private Command ToCommand()
    {
        var command = new Command("backfill", "Runs a cron workflow for instants of the past.");
        command.AddAll(cronName, name, start, end, parallel, argument, most);
        command.SetAction(RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        using var hub = shared.Connect(parsed, shell);
        var stored = await hub.GetTemplateAsync(TemplateScope.Cron, hub.Namespace, parsed.GetValue(cronName)!, cancellationToken);
        var cron = new CronWorkflow(stored);
        var instants = Instants(cron, Read(parsed, start), Read(parsed, end), parsed.GetValue(most));
        var backfill = parsed.GetValue(name) ?? cron.Name + "-backfill";
        await shell.Out.WriteLineAsync($"{instants.Count} {(instants.Count == 1 ? "workflow" : "workflows")} to run for CronWorkflow '{cron.Name}'");
        var allSucceeded = true;
        foreach (var instant in instants)
        {
            var workflow = Workflow(cron, instant, backfill, parsed.GetValue(argument)!);
            var isNew = await CreateAsync(hub, workflow, cancellationToken);
            var run = workflow.Text("metadata", "name")!;
            await shell.Out.WriteLineAsync(isNew ? $"workflow {run} created" : $"workflow {run} is there already");
            if (!parsed.GetValue(parallel))
            {
                allSucceeded &= (await hub.CompletedAsync(hub.Namespace, run, cancellationToken)).IsSuccessful;
            }
        }

        return allSucceeded ? ExitCodes.Succeeded : ExitCodes.Failed;
    }

    private static async Task<bool> CreateAsync(ArgoClient hub, JsonObject workflow, CancellationToken cancellationToken)
    {
        try
        {
            await hub.CreateWorkflowAsync(hub.Namespace, workflow, dryRun: false, cancellationToken);
            return true;
        }
        catch (HubRefusal refusal) when (refusal.Status == HttpStatusCode.Conflict)
        {
            return false;
        }
    }

    private static List<DateTimeOffset> Instants(CronWorkflow cron, DateTimeOffset start, DateTimeOffset end, int most)
    {
        List<DateTimeOffset> instants = [];
        for (var next = cron.NextOfSchedules(start); next < end; next = cron.NextOfSchedules(next.Value))
        {
            if (instants.Count == most)
            {
                throw new CommandException($"there are more than {most} instants between the two times: take a shorter stretch, or raise --maxworkflowcount");
            }

            instants.Add(next.Value);
        }

        return instants;
    }

    /// <summary>The history of the cron workflow must not let go of it, nor its policy wait for it: it is no run of its own.</summary>
    private static JsonObject Workflow(CronWorkflow cron, DateTimeOffset instant, string backfill, string argument)
    {
        var workflow = CronChild.ManifestOf(cron, instant);
        var metadata = workflow.Ensure("metadata");
        metadata["name"] = string.Create(CultureInfo.InvariantCulture, $"{backfill}-{instant.ToUnixTimeSeconds()}");
        metadata.Ensure("labels").Remove(CronWorkflow.ChildLabel);
        metadata.Ensure("labels")[BackfillLabel] = backfill;
        var arguments = workflow.Ensure("spec").Ensure("arguments");
        var parameters = arguments["parameters"] as JsonArray ?? [];
        parameters.RemoveAll(parameter => parameter.Text("name") == argument);
        parameters.Add(new JsonObject
        {
            ["name"] = argument,
            ["value"] = instant.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
        });
        arguments["parameters"] = parameters;
        return workflow;
    }

    private static DateTimeOffset Read(ParseResult parsed, Option<string> option) =>
        DateTimeOffset.TryParse(parsed.GetValue(option), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time
            : throw new CommandException($"{option.Name} must be a time such as 2026-01-31T00:00:00Z, not {parsed.GetValue(option)}");
}
