using System.Globalization;
using System.Text.Json.Nodes;

namespace Argosy.ControlPlane.Tests.Cron;

/// <summary>Cron workflows in a whole hub, by a clock that the test moves.</summary>
public sealed class CronStories
{
    [Fact]
    public async Task Instants_HaveOneRunEach_ThatIsCounted()
    {
        await using var story = await CronStory.BeginAsync();
        await story.HaveCronAsync(CronStory.Quick);

        await story.NextInstantAsync();
        await story.CronBecomesAsync(cron => Number(cron, "succeeded") == 1);
        await story.NextInstantAsync();
        var cron = await story.CronBecomesAsync(cron => Number(cron, "succeeded") == 2);

        Assert.Equal([CronStory.Run(1), CronStory.Run(2)], await story.RunsAsync());
        Assert.Equal(CronStory.Instant(2), LastRun(cron));
        Assert.Equal("Active", (string?)cron["status"]!["phase"]);
        Assert.Empty(cron["status"]!["active"]!.AsArray());
        Assert.Equal("* * * * *", (string?)cron["metadata"]!["annotations"]!["cronworkflows.argoproj.io/last-used-schedule"]);
    }

    [Theory]
    [InlineData("", false)]
    [InlineData(""","startingDeadlineSeconds":60""", true)]
    [InlineData(""","startingDeadlineSeconds":10""", false)]
    public async Task HubWasAwayForSomeInstants_OneRunAtMost_MakesUpForThem(string deadline, bool madeUp)
    {
        await using var story = await CronStory.BeginAsync();
        await story.HaveCronAsync(CronStory.Quick, deadline);
        await story.NextInstantAsync();
        await story.CronBecomesAsync(cron => Number(cron, "succeeded") == 1);

        await story.HubIsAwayAsync(TimeSpan.FromSeconds((4 * 60) + 20)); // 00:05:20
        if (madeUp)
        {
            await story.CronBecomesAsync(cron => Number(cron, "succeeded") == 2);
        }

        await story.NextInstantAsync();
        await story.CronBecomesAsync(cron => Number(cron, "succeeded") == (madeUp ? 3 : 2));

        string[] runs = madeUp ? [CronStory.Run(1), CronStory.Run(5), CronStory.Run(6)] : [CronStory.Run(1), CronStory.Run(6)];
        Assert.Equal(runs, await story.RunsAsync());
    }

    [Fact]
    public async Task StatusWasNeverStored_IsMadeFromTheRuns_AndNoInstantRunsTwice()
    {
        await using var story = await CronStory.BeginAsync();
        await story.HaveCronAsync(CronStory.Quick, ""","startingDeadlineSeconds":600""");
        await story.NextInstantAsync();
        await story.CronBecomesAsync(cron => Number(cron, "succeeded") == 1);

        await story.PatchCronAsync("""{"status":null}""", "/status"); // as if the hub had died after it had created the run
        await story.HubIsAwayAsync(TimeSpan.FromSeconds(20));
        var cron = await story.CronBecomesAsync(cron => Number(cron, "succeeded") == 1);

        Assert.Equal(CronStory.Instant(1), LastRun(cron));
        Assert.Equal([CronStory.Run(1)], await story.RunsAsync());
    }

    [Fact]
    public async Task RunOfTheInstantIsThereAlready_ItIsTheRun()
    {
        await using var story = await CronStory.BeginAsync();
        var cron = await story.HaveCronAsync(CronStory.Endless);
        await story.SendAsync(HttpMethod.Post, "/apis/argoproj.io/v1alpha1/namespaces/default/workflows", $$"""
            {"metadata":{"name":"{{CronStory.Run(1)}}","labels":{"workflows.argoproj.io/cron-workflow":"job"},
              "ownerReferences":[{"apiVersion":"argoproj.io/v1alpha1","kind":"CronWorkflow","name":"job","uid":"{{cron["metadata"]!["uid"]}}"}]},
             "spec":{{CronStory.Endless}}}
            """);

        await story.CronBecomesAsync(stored => LastRun(stored) == CronStory.Instant(1));
        await story.NextInstantAsync();
        await story.NextInstantAsync();
        var after = await story.CronBecomesAsync(stored => LastRun(stored) == CronStory.Instant(2));

        Assert.Equal([CronStory.Run(1), CronStory.Run(2)], await story.RunsAsync());
        Assert.Equal(2, after["status"]!["active"]!.AsArray().Count);
        Assert.Empty(after["status"]!["conditions"]!.AsArray());
    }

    [Fact]
    public async Task Forbid_SkipsWhileARunIsActive_AndRunsAgainAfterIt()
    {
        await using var story = await CronStory.BeginAsync();
        await story.HaveCronAsync(CronStory.Endless, ""","concurrencyPolicy":"Forbid" """);

        await story.NextInstantAsync();
        await story.RunBecomesAsync(1, "Running");
        await story.NextInstantAsync();
        await story.NextInstantAsync();
        await story.SendAsync(HttpMethod.Put, $"/api/v1/workflows/default/{CronStory.Run(1)}/terminate", "{}");
        await story.CronBecomesAsync(cron => Number(cron, "failed") == 1);
        await story.NextInstantAsync();
        await story.RunBecomesAsync(4, "Running");

        Assert.Equal([CronStory.Run(1), CronStory.Run(4)], await story.RunsAsync());
    }

    [Fact]
    public async Task Replace_TerminatesTheActiveRun()
    {
        await using var story = await CronStory.BeginAsync();
        await story.HaveCronAsync(CronStory.Endless, ""","concurrencyPolicy":"Replace" """);

        await story.NextInstantAsync();
        await story.RunBecomesAsync(1, "Running");
        await story.NextInstantAsync();
        await story.RunBecomesAsync(1, "Failed");
        await story.RunBecomesAsync(2, "Running");

        var cron = await story.CronBecomesAsync(cron => Number(cron, "failed") == 1);
        Assert.Equal(CronStory.Run(2), (string?)Assert.Single(cron["status"]!["active"]!.AsArray())!["name"]);
    }

    [Fact]
    public async Task Suspended_Skips_UntilItIsResumed()
    {
        await using var story = await CronStory.BeginAsync();
        await story.HaveCronAsync(CronStory.Quick);
        await story.SendAsync(HttpMethod.Put, "/api/v1/cron-workflows/default/job/suspend", "");

        await story.NextInstantAsync();
        await story.NextInstantAsync();
        await story.SendAsync(HttpMethod.Put, "/api/v1/cron-workflows/default/job/resume", "");
        await story.NextInstantAsync();
        await story.CronBecomesAsync(cron => Number(cron, "succeeded") == 1);

        Assert.Equal([CronStory.Run(3)], await story.RunsAsync());
    }

    [Fact]
    public async Task StopStrategyIsMet_NeverRunsAgain()
    {
        await using var story = await CronStory.BeginAsync();
        await story.HaveCronAsync(CronStory.Failing, ""","stopStrategy":{"expression":"cronworkflow.failed >= 1"}""");

        await story.NextInstantAsync();
        var cron = await story.CronBecomesAsync(cron => (string?)cron["status"]?["phase"] == "Stopped");
        await story.HubIsAwayAsync(TimeSpan.FromMinutes(3));
        await story.CronBecomesAsync(stored => (string?)stored["status"]?["phase"] == "Stopped");

        Assert.Equal("true", (string?)cron["metadata"]!["labels"]!["cronworkflows.argoproj.io/completed"]);
        Assert.Equal([CronStory.Run(1)], await story.RunsAsync());
    }

    [Fact]
    public async Task History_HasRoomForSoManyRuns()
    {
        await using var story = await CronStory.BeginAsync();
        await story.HaveCronAsync(CronStory.Quick, ""","successfulJobsHistoryLimit":1""");

        for (var minute = 1; minute <= 3; minute++)
        {
            await story.NextInstantAsync();
            await story.CronBecomesAsync(cron => Number(cron, "succeeded") == minute);
        }

        await story.NextInstantAsync();
        await story.CronBecomesAsync(cron => Number(cron, "succeeded") == 4);
        await story.BecomesAsync("workflows", CronStory.Run(4), _ => true);
        Assert.DoesNotContain(CronStory.Run(1), await story.RunsAsync());
        Assert.DoesNotContain(CronStory.Run(2), await story.RunsAsync());
    }

    [Fact]
    public async Task NameIsTaken_TheSubmissionFails_AndTheCronGoesOn()
    {
        await using var story = await CronStory.BeginAsync();
        await story.Hub.CreateAsync(CronStory.Run(1), CronStory.Quick);
        await story.HaveCronAsync(CronStory.Quick);

        await story.NextInstantAsync();
        var refused = await story.CronBecomesAsync(cron => Number(cron, "failed") == 1);
        await story.NextInstantAsync();
        var cron = await story.CronBecomesAsync(cron => Number(cron, "succeeded") == 1);

        Assert.Equal("SubmissionError", (string?)refused["status"]!["conditions"]![0]!["type"]);
        Assert.Contains("Failed to submit Workflow: ", (string?)refused["status"]!["conditions"]![0]!["message"], StringComparison.Ordinal);
        Assert.Empty(cron["status"]!["conditions"]!.AsArray());
    }

    [Fact]
    public async Task TemplateIsMissing_TheSpecIsInError_UntilItIsThere()
    {
        await using var story = await CronStory.BeginAsync();
        await story.HaveCronAsync("""{"workflowTemplateRef":{"name":"later"}}""");
        await story.CronBecomesAsync(cron => Condition(cron) == "SpecError");

        await story.NextInstantAsync();
        await story.SendAsync(
            HttpMethod.Post, "/apis/argoproj.io/v1alpha1/namespaces/default/workflowtemplates",
            $$"""{"metadata":{"name":"later"},"spec":{{CronStory.Quick}}}""");
        await story.NextInstantAsync();
        var cron = await story.CronBecomesAsync(cron => Number(cron, "succeeded") == 1);

        Assert.Null(Condition(cron));
        Assert.Equal([CronStory.Run(2)], await story.RunsAsync());
    }

    [Fact]
    public async Task ScheduleIsChanged_OnlyTheNewOneCounts()
    {
        await using var story = await CronStory.BeginAsync();
        await story.HaveCronAsync(CronStory.Quick);
        await story.NextInstantAsync();
        await story.CronBecomesAsync(cron => Number(cron, "succeeded") == 1);

        await story.PatchCronAsync("""{"spec":{"schedules":["CRON_TZ=Europe/Berlin 3 1 * * *"]}}""");
        await story.NextInstantOfAsync(TimeSpan.FromMinutes(2));
        await story.CronBecomesAsync(cron => Number(cron, "succeeded") == 2);

        Assert.Equal([CronStory.Run(1), CronStory.Run(3)], await story.RunsAsync());
    }

    [Theory]
    [InlineData("{}", true)]
    [InlineData("""{"propagationPolicy":"Foreground"}""", true)]
    [InlineData("""{"propagationPolicy":"Orphan"}""", false)]
    public async Task CronIsDeleted_ItsRunsGoWithIt_UnlessTheyAreToStay(string options, bool gone)
    {
        await using var story = await CronStory.BeginAsync();
        await story.HaveCronAsync(CronStory.Quick);
        await story.NextInstantAsync();
        await story.CronBecomesAsync(cron => Number(cron, "succeeded") == 1);

        await story.DeleteCronAsync(options);

        Assert.Equal(gone ? [] : [CronStory.Run(1)], await story.RunsAsync());
        if (!gone)
        {
            Assert.Null((await story.RunBecomesAsync(1, "Succeeded"))["metadata"]!["ownerReferences"]);
        }
    }

    private static long Number(JsonObject cron, string field) => (long?)cron["status"]?[field] ?? 0;

    private static string? Condition(JsonObject cron) => (string?)cron["status"]?["conditions"]?.AsArray().FirstOrDefault()?["type"];

    private static DateTimeOffset? LastRun(JsonObject cron) =>
        (string?)cron["status"]?["lastScheduledTime"] is { } text ? DateTimeOffset.Parse(text, CultureInfo.InvariantCulture) : null;
}
