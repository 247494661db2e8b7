using System.Globalization;
using System.Text.Json.Nodes;
using Argosy.Engine.Cron;

namespace Argosy.Engine.Tests.Cron;

/// <summary>What the runs of a cron workflow make of its status, and which of them the history lets go.</summary>
public sealed class CronBookkeepingTests
{
    private const string Hourly = """{"schedules":["0 * * * *"]}""";
    private static readonly DateTimeOffset Now = Time("2026-03-01T12:00:00Z");

    [Fact]
    public void RunThatNobodyRecorded_IsTakenUp_WithItsInstant()
    {
        var (status, _) = Keep(GivenCron.With(Hourly), Run("nightly-1772359200", "u1", "Running"));

        Assert.Equal([new ChildReference("nightly-1772359200", "u1")], status.Active);
        Assert.Equal(Time("2026-03-01T10:00:00Z"), status.LastScheduledTime);
    }

    [Fact]
    public void RunThatNobodyRecorded_AndHasEndedMeanwhile_IsCountedOnce()
    {
        var run = Run("nightly-1772359200", "u1", "Succeeded");

        var (first, _) = Keep(GivenCron.With(Hourly), run);
        var (second, _) = Keep(GivenCron.With(Hourly) is var cron ? new CronWorkflow(cron.Manifest) { Status = first } : cron, run);

        Assert.Equal((1, 1), (first.Succeeded, second.Succeeded));
        Assert.Empty(first.Active);
        Assert.Equal(first, second);
    }

    [Theory]
    [InlineData("Succeeded", 1, 0)]
    [InlineData("Failed", 0, 1)]
    [InlineData("Error", 0, 1)]
    public void ActiveRunHasEnded_IsCounted(string phase, long succeeded, long failed)
    {
        var (status, _) = Keep(
            GivenCron.With(Hourly, """{"active":[{"name":"a","uid":"u1"}],"lastScheduledTime":"2026-03-01T10:00:00Z"}"""), Run("a", "u1", phase));

        Assert.Equal((succeeded, failed, 0), (status.Succeeded, status.Failed, status.Active.Count));
    }

    [Theory]
    [InlineData("Succeeded", 1)]
    [InlineData("Running", 0)]
    public void ActiveRunIsGone_CountsOnlyIfItHadEnded(string phase, long succeeded)
    {
        var cron = GivenCron.With(Hourly, """{"active":[{"name":"a","uid":"u1"}]}""");

        var (status, _) = Keep(cron, CronChild.Read(RunJson("a", "u1", phase), cron, isGone: true));

        Assert.Equal((succeeded, 0), (status.Succeeded, status.Active.Count));
    }

    [Fact]
    public void ActiveRunThatNobodyFinds_IsForgotten() =>
        Assert.Empty(Keep(GivenCron.With(Hourly, """{"active":[{"name":"a","uid":"u1"}]}""")).Status.Active);

    [Fact]
    public void ResubmittedRun_IsActiveToo_ButChangesNoInstant()
    {
        var (status, _) = Keep(GivenCron.With(Hourly), Run("nightly-1772359200-x2k4f", "u2", "Running"));

        Assert.Equal(("u2", null), (Assert.Single(status.Active).Uid, status.LastScheduledTime));
    }

    [Fact]
    public void NameGeneratedWithDigits_IsNoInstant() =>
        Assert.Null(Keep(GivenCron.With(Hourly), Run("nightly-24567", "u2", "Running")).Status.LastScheduledTime);

    [Fact]
    public void StopStrategyIsMetByTheLastRun_Stops()
    {
        var cron = GivenCron.With(
            """{"schedules":["0 * * * *"],"stopStrategy":{"expression":"failed >= 2"}}""", """{"active":[{"name":"a","uid":"u1"}],"failed":1}""");

        Assert.False(Keep(cron, Run("a", "u1", "Succeeded")).Status.Stopped);
        Assert.True(Keep(cron, Run("a", "u1", "Failed")).Status.Stopped);
    }

    [Theory]
    [InlineData("", "s1,f2,f1")] // 3 that succeeded and 1 that did not
    [InlineData(""","successfulJobsHistoryLimit":2,"failedJobsHistoryLimit":2""", "s2,s1,f1")]
    [InlineData(""","successfulJobsHistoryLimit":0,"failedJobsHistoryLimit":0""", "s4,s3,s2,s1,f3,f2,f1")]
    [InlineData(""","successfulJobsHistoryLimit":10,"failedJobsHistoryLimit":10""", "")]
    public void History_KeepsThoseThatFinishedLast(string limits, string expired)
    {
        var cron = GivenCron.With($$"""{"schedules":["0 * * * *"]{{limits}}}""", """{"lastScheduledTime":"2026-03-01T11:00:00Z"}""");
        CronChild[] runs =
        [
            Run("s2", "2", "Succeeded", "09:02:00"), Run("s4", "4", "Succeeded", "09:04:00"), Run("s1", "1", "Succeeded", "09:01:00"),
            Run("s3", "3", "Succeeded", "09:03:00"), Run("f3", "7", "Error", "09:09:00"), Run("f1", "5", "Failed", "09:07:00"),
            Run("f2", "6", "Failed", "09:08:00"), Run("active", "8", "Running"),
        ];

        Assert.Equal(expired, string.Join(',', Keep(cron, runs).Expired));
    }

    [Fact]
    public void RunThatIsBeingArchived_StaysUntilItIs()
    {
        var cron = GivenCron.With("""{"schedules":["0 * * * *"],"successfulJobsHistoryLimit":0}""");
        var run = RunJson("a", "u1", "Succeeded");
        run["metadata"]!["labels"] = new JsonObject { ["workflows.argoproj.io/workflow-archiving-status"] = "Pending" };

        Assert.Empty(Keep(cron, CronChild.Read(run, cron)).Expired);
    }

    [Fact]
    public void Status_SurvivesItsJson()
    {
        var status = new CronStatus
        {
            Active = [new("a", "u")], LastScheduledTime = Now, Stopped = true, Succeeded = 3, Failed = 4,
        }.With(CronStatus.SpecError, "bad").With(CronStatus.SpecError, "worse");

        Assert.Equal(status.ToJson("kitchen").ToJsonString(), CronStatus.Read(status.ToJson("kitchen")).ToJson("kitchen").ToJsonString());
        Assert.Equal([(CronStatus.SpecError, "worse")], status.Conditions);
        Assert.Empty(status.Without(CronStatus.SpecError).Conditions);
    }

    [Fact]
    public void RunOfAnInstant_CarriesWhatItsUsersRelyOn()
    {
        var cron = GivenCron.With("""
            {"schedules":["0 * * * *"],"workflowMetadata":{"labels":{"a":"b"},"annotations":{"c":"d"}},"workflowSpec":{"entrypoint":"main"}}
            """);

        var run = CronChild.ManifestOf(cron, Time("2026-03-01T10:00:00Z"));

        Assert.Equal("nightly-1772359200", (string?)run["metadata"]!["name"]);
        Assert.Equal("""{"workflows.argoproj.io/cron-workflow":"nightly","workflows.argoproj.io/creator":"ada","a":"b"}""", run["metadata"]!["labels"]!.ToJsonString());
        Assert.Equal("""{"workflows.argoproj.io/scheduled-time":"2026-03-01T10:00:00Z","c":"d"}""", run["metadata"]!["annotations"]!.ToJsonString());
        Assert.Equal(("cron-uid", true), ((string?)run["metadata"]!["ownerReferences"]![0]!["uid"], (bool)run["metadata"]!["ownerReferences"]![0]!["controller"]!));
        Assert.Equal("main", (string?)run["spec"]!["entrypoint"]);
    }

    private static CronBookkeeping Keep(CronWorkflow cron, params CronChild[] runs) => CronBookkeeping.Of(cron, runs, Now);

    private static CronChild Run(string name, string uid, string phase, string finished = "11:30:00") =>
        CronChild.Read(RunJson(name, uid, phase, finished), GivenCron.With(Hourly));

    private static JsonObject RunJson(string name, string uid, string phase, string finished = "11:30:00") => JsonNode.Parse($$"""
        {
          "metadata": {"name": "{{name}}", "uid": "{{uid}}", "ownerReferences": [{"uid": "cron-uid"}]},
          "status": {"phase": "{{phase}}", "finishedAt": "2026-03-01T{{finished}}Z"}
        }
        """)!.AsObject();

    private static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
