using System.Text.Json.Nodes;
using Argosy.ControlPlane.Resources;

namespace Argosy.Cli.Tests.Commands;

/// <summary>cron: create, get, list, lint, update, delete, suspend, resume, backfill; and submit --from cronwf/NAME.</summary>
public sealed class CronCommandTests : CommandFixture
{
    private const string Manifest = """
        apiVersion: argoproj.io/v1alpha1
        kind: CronWorkflow
        metadata: {name: nightly}
        spec:
          schedules: ["0 2 * * *", "30 3 * * *"]
          timezone: Europe/Berlin
          concurrencyPolicy: Forbid
          startingDeadlineSeconds: 60
          workflowSpec:
            entrypoint: main
            arguments: {parameters: [{name: who, value: nobody}]}
            templates: [{name: main, container: {image: busybox}}]
        """;

    [Fact]
    public async Task Cron_IsCreated_Shown_Listed_Suspended_AndDeleted()
    {
        var created = await ArgosyAsync("cron", "create", Write("cron.yaml", Manifest));
        await Server.Resources.ModifyAsync(Key, WithStatus, CancellationToken.None);
        var shown = (await ArgosyAsync("cron", "get", "nightly")).Output;
        var listed = (await ArgosyAsync("cron", "list")).Output;
        var suspended = (await ArgosyAsync("cron", "suspend", "nightly")).Output;
        var listedAgain = (await ArgosyAsync("cron", "list", "-A")).Output;
        var resumed = (await ArgosyAsync("cron", "resume", "nightly")).Output;
        var stored = await Server.Resources.FindAsync(Key, CancellationToken.None);
        var deleted = (await ArgosyAsync("cron", "delete", "nightly")).Output;

        Assert.Equal((0, ""), (created.Code, created.Error));
        Assert.Matches(@"Schedules: +0 2 \* \* \*,30 3 \* \* \*\n", shown);
        Assert.Matches(@"ConcurrencyPolicy: +Forbid\n", shown);
        Assert.Contains("LastScheduledTime:", shown, StringComparison.Ordinal);
        Assert.Contains("NextScheduledTime:", shown, StringComparison.Ordinal);
        Assert.Contains("SubmissionError no", shown, StringComparison.Ordinal);
        Assert.Matches(@"^NAME +AGE +LAST RUN +NEXT RUN +SCHEDULES +TIMEZONE +SUSPENDED\nnightly +.*0 2 \* \* \*,30 3 \* \* \* +Europe/Berlin +false\n$", listed);
        Assert.Equal("CronWorkflow 'nightly' suspended\n", suspended);
        Assert.Matches(@"default +nightly +.* true\n$", listedAgain);
        Assert.Equal(("CronWorkflow 'nightly' resumed\n", false), (resumed, (bool)stored!["spec"]!["suspend"]!));
        Assert.Equal("CronWorkflow 'nightly' deleted\n", deleted);
    }

    [Fact]
    public async Task Update_ReplacesTheSpec_AndKeepsWhatTheHubRemembers()
    {
        await ArgosyAsync("cron", "create", Write("cron.yaml", Manifest));
        await Server.Resources.ModifyAsync(Key, WithStatus, CancellationToken.None);

        await ArgosyAsync("cron", "update", Write("cron.yaml", Manifest.Replace("0 2 * * *", "0 4 * * *", StringComparison.Ordinal)));
        var stored = await Server.Resources.FindAsync(Key, CancellationToken.None);

        Assert.Equal("0 4 * * *", (string?)stored!["spec"]!["schedules"]![0]);
        Assert.Equal("x", (string?)stored["metadata"]!["annotations"]!["cronworkflows.argoproj.io/last-used-schedule"]);
    }

    [Fact]
    public async Task Lint_FindsTheMalformedSchedule()
    {
        var (code, output, _) = await ArgosyAsync(
            "cron", "lint", "--offline", Write("cron.yaml", Manifest.Replace("30 3 * * *", "90 3 * * *", StringComparison.Ordinal)));

        Assert.Equal(1, code);
        Assert.Contains("cron schedule 90 3 * * * is malformed: end of range (90) above maximum (59): 90", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SubmitFromCron_RunsItNow_WithTheGivenOptions()
    {
        await ArgosyAsync("cron", "create", Write("cron.yaml", Manifest));

        var (code, output, error) = await ArgosyAsync(
            "submit", "--from", "cronwf/nightly", "-p", "who=ada", "-l", "a=b", "--scheduled-time", "2026-01-02T03:04:05Z", "-o", "json");
        var workflow = JsonNode.Parse(output)!;

        Assert.Equal((0, ""), (code, error));
        Assert.StartsWith("nightly-", (string?)workflow["metadata"]!["name"], StringComparison.Ordinal);
        Assert.Equal("nightly", (string?)workflow["metadata"]!["labels"]!["workflows.argoproj.io/cron-workflow"]);
        Assert.Equal("b", (string?)workflow["metadata"]!["labels"]!["a"]);
        Assert.Equal("2026-01-02T03:04:05Z", (string?)workflow["metadata"]!["annotations"]!["workflows.argoproj.io/scheduled-time"]);
        Assert.Equal("CronWorkflow", (string?)workflow["metadata"]!["ownerReferences"]![0]!["kind"]);
        Assert.Equal("""[{"name":"who","value":"ada"}]""", workflow["spec"]!["arguments"]!["parameters"]!.ToJsonString());
        Assert.Equal("main", (string?)workflow["spec"]!["entrypoint"]);
    }

    [Fact]
    public async Task Backfill_RunsEachInstantBetween_Once()
    {
        await ArgosyAsync("cron", "create", Write("cron.yaml", Manifest));
        string[] command =
            ["cron", "backfill", "nightly", "--start", "2026-03-28T00:00:00Z", "--end", "2026-03-30T00:00:00Z", "--argname", "day", "--parallel"];

        var (code, output, error) = await ArgosyAsync(command);
        var again = await ArgosyAsync(command);
        var runs = await Server.Resources.ListAsync(Kinds.Workflow, null, "workflows.argoproj.io/backfill=nightly-backfill", CancellationToken.None);

        Assert.Equal((0, ""), (code, error));
        Assert.StartsWith("3 workflows to run for CronWorkflow 'nightly'\n", output, StringComparison.Ordinal);
        Assert.Contains("is there already", again.Output, StringComparison.Ordinal);
        Assert.Equal(
            ["2026-03-28T01:00:00Z", "2026-03-28T02:30:00Z", "2026-03-29T01:30:00Z"], // two o'clock does not come on the 29th
            runs.Select(run => (string?)run["spec"]!["arguments"]!["parameters"]!.AsArray().Single(item => (string?)item!["name"] == "day")!["value"]).Order());
        Assert.All(runs, run => Assert.Null(run["metadata"]!["labels"]!["workflows.argoproj.io/cron-workflow"]));
    }

    [Theory]
    [InlineData("--start", "yesterday", "--end", "2026-03-30T00:00:00Z", "--start must be a time")]
    [InlineData("--start", "2026-03-01T00:00:00Z", "--end", "2026-03-30T00:00:00Z", "there are more than 5 instants")]
    public async Task BackfillOfNonsense_IsRefused(string first, string start, string second, string end, string complaint)
    {
        await ArgosyAsync("cron", "create", Write("cron.yaml", Manifest));

        var (code, _, error) = await ArgosyAsync("cron", "backfill", "nightly", first, start, second, end, "--maxworkflowcount", "5");

        Assert.Equal(1, code);
        Assert.Contains(complaint, error, StringComparison.Ordinal);
    }

    private static ResourceKey Key => new(Kinds.CronWorkflow, "default", "nightly");

    private static bool WithStatus(JsonObject cron)
    {
        cron["status"] = JsonNode.Parse("""{"lastScheduledTime":"2026-01-01T00:00:00Z","conditions":[{"type":"SubmissionError","status":"True","message":"no"}]}""");
        cron["metadata"]!["annotations"] = new JsonObject { ["cronworkflows.argoproj.io/last-used-schedule"] = "x" };
        return true;
    }
}
