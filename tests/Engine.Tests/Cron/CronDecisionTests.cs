using System.Globalization;
using System.Text.Json.Nodes;
using Argosy.Engine.Cron;

namespace Argosy.Engine.Tests.Cron;

/// <summary>What a cron workflow does at an instant, and about one that was missed.</summary>
public sealed class CronDecisionTests
{
    private static readonly DateTimeOffset Ten = Time("2026-03-01T10:00:00Z");

    [Fact]
    public void InstantHasCome_Runs()
    {
        var run = Assert.IsType<CronDecision.Submit>(Decide("""{"schedules":["0 * * * *"]}""", since: "09:59:30", now: "10:00:00"));

        Assert.Equal((Ten, 0), (run.Instant, run.Replaced.Count));
    }

    [Fact]
    public void FormerSpelling_Runs() =>
        Assert.IsType<CronDecision.Submit>(Decide("""{"schedule":"0 * * * *"}""", since: "09:59:30", now: "10:00:00"));

    [Fact]
    public void InstantIsYetToCome_NothingHappens() =>
        Assert.IsType<CronDecision.Nothing>(Decide("""{"schedules":["0 * * * *"]}""", since: "09:00:00", now: "09:59:59.999"));

    [Fact]
    public void SeveralSchedulesNameTheInstant_RunsOnce_AndThenNoMore()
    {
        var spec = """{"schedules":["0 * * * *","*/30 * * * *","0 10 * * *"]}""";

        Assert.IsType<CronDecision.Submit>(Decide(spec, since: "09:59:30", now: "10:00:00"));
        Assert.IsType<CronDecision.Nothing>(Decide(spec, since: "09:59:30", now: "10:00:01", status: """{"lastScheduledTime":"2026-03-01T10:00:00Z"}"""));
    }

    [Fact]
    public void ManyInstantsWentBy_OnlyTheLatestRuns() =>
        Assert.Equal(Ten, Assert.IsType<CronDecision.Submit>(Decide("""{"schedules":["* * * * *"]}""", since: "09:00:00", now: "10:00:40")).Instant);

    [Fact]
    public void Suspended_Skips() => AssertSkips("""{"schedules":["0 * * * *"],"suspend":true}""", "{}");

    [Fact]
    public void Stopped_NeverRuns() =>
        Assert.IsType<CronDecision.Nothing>(Decide("""{"schedules":["0 * * * *"]}""", since: "09:59:30", now: "10:00:00", status: """{"phase":"Stopped"}"""));

    [Theory]
    [InlineData("Allow", true, 0)]
    [InlineData("", true, 0)]
    [InlineData("Forbid", false, 0)]
    [InlineData("Replace", true, 2)]
    public void OthersAreActive_PolicyDecides(string policy, bool runs, int replaced)
    {
        var decision = Decide(
            $$"""{"schedules":["0 * * * *"],"concurrencyPolicy":"{{policy}}"}""", since: "09:59:30", now: "10:00:00",
            status: """{"active":[{"name":"a","uid":"1"},{"name":"b","uid":"2"}]}""");

        Assert.Equal(runs, decision is CronDecision.Submit);
        Assert.Equal(replaced, (decision as CronDecision.Submit)?.Replaced.Count ?? 0);
    }

    [Fact]
    public void ForbidAndNobodyActive_Runs() => Assert.IsType<CronDecision.Submit>(
        Decide("""{"schedules":["0 * * * *"],"concurrencyPolicy":"Forbid"}""", since: "09:59:30", now: "10:00:00"));

    // Missed while nobody watched: 10:00 is the latest instant before 10:01:30.
    [Theory]
    [InlineData(120, "09:00:00", "0 * * * *", true)]
    [InlineData(91, "09:00:00", "0 * * * *", true)]
    [InlineData(90, "09:00:00", "0 * * * *", false)] // at the very end it is too late
    [InlineData(0, "09:00:00", "0 * * * *", false)]
    [InlineData(null, "09:00:00", "0 * * * *", false)]
    [InlineData(120, null, "0 * * * *", false)] // it has never run
    [InlineData(120, "10:00:00", "0 * * * *", false)] // it has run
    [InlineData(120, "09:00:00", "30 * * * *", false)] // the schedule was another one
    [InlineData(120, "09:00:00", null, false)]
    public void InstantWasMissed_RunsOnlyWithinItsDeadline(int? deadline, string? last, string? lastSchedule, bool runs)
    {
        var decision = Decide(
            $$"""{"schedules":["0 * * * *"],"startingDeadlineSeconds":{{deadline?.ToString(CultureInfo.InvariantCulture) ?? "null"}}}""",
            since: "10:01:20", now: "10:01:30", status: last is null ? "{}" : $$"""{"lastScheduledTime":"2026-03-01T{{last}}Z"}""", lastSchedule: lastSchedule);

        Assert.Equal(runs, decision is CronDecision.Submit { Instant: var instant } && instant == Ten);
    }

    [Fact]
    public void ManyInstantsWereMissed_OneRunMakesUpForAll() =>
        Assert.Equal(Time("2026-03-01T10:01:00Z"), Assert.IsType<CronDecision.Submit>(Decide(
            """{"schedules":["* * * * *"],"startingDeadlineSeconds":86400}""", since: "10:01:20", now: "10:01:30",
            status: """{"lastScheduledTime":"2026-03-01T03:00:00Z"}""", lastSchedule: "* * * * *")).Instant);

    [Fact]
    public void TimezoneWasChanged_NothingIsMadeUpFor() => Assert.IsType<CronDecision.Nothing>(Decide(
        """{"schedules":["0 * * * *"],"timezone":"Asia/Tokyo","startingDeadlineSeconds":600}""", since: "10:01:20", now: "10:01:30",
        status: """{"lastScheduledTime":"2026-03-01T09:00:00Z"}""", lastSchedule: "0 * * * *"));

    [Theory]
    [InlineData("1 == 1", true)]
    [InlineData("1 == 2", false)]
    [InlineData("{{cronworkflow.failed}} < 2", true)]
    [InlineData("{{cronworkflow.succeeded}} == 3 && '{{cronworkflow.name}}' == nightly", true)]
    [InlineData("{{=cronworkflow.failed == 1 && cronworkflow.succeeded >= 3}}", true)]
    [InlineData("{{=cronworkflow.namespace == 'kitchen'}}", true)]
    [InlineData("{{cronworkflow.labels.team}} == red", true)]
    [InlineData("{{=cronworkflow.labels.team == 'blue'}}", false)]
    [InlineData("{{=jsonpath(cronworkflow.labels.json, '$.team') == 'red'}}", true)]
    [InlineData("{{cronworkflow.annotations.team}} == red", true)] // upstream: annotations are the labels
    [InlineData("{{cronworkflow.annotations.note}} == mine", true)]
    [InlineData("{{= cronworkflow.lastScheduledTime == nil || (now() - cronworkflow.lastScheduledTime).Seconds() > 360 }}", true)]
    [InlineData("{{= (now() - cronworkflow.lastScheduledTime).Seconds() > 3600 }}", false)]
    public void Condition_Decides(string when, bool runs) => Assert.Equal(
        runs,
        Decide(
            new JsonObject { ["schedules"] = new JsonArray("0 * * * *"), ["when"] = when }.ToJsonString(), since: "09:59:30", now: "10:00:00",
            status: """{"lastScheduledTime":"2026-03-01T09:00:00Z","failed":1,"succeeded":3}""") is CronDecision.Submit);

    [Fact]
    public void ConditionOnTheFirstRun_SeesNil() => Assert.IsType<CronDecision.Submit>(Decide(
        """{"schedules":["0 * * * *"],"when":"{{= cronworkflow.lastScheduledTime == nil }}"}""", since: "09:59:30", now: "10:00:00"));

    [Theory]
    [InlineData("{{nobody}} == 1")]
    [InlineData("{{= cronworkflow.nobody.x + }}")]
    [InlineData("'a' 'b'")]
    public void ConditionThatCannotBeTold_IsASubmissionError(string when) => Assert.Equal(
        CronStatus.SubmissionError,
        Assert.IsType<CronDecision.Confusion>(Decide(
            new JsonObject { ["schedules"] = new JsonArray("0 * * * *"), ["when"] = when }.ToJsonString(), since: "09:59:30", now: "10:00:00")).Condition);

    [Theory]
    [InlineData("cronworkflow.failed >= 1", true)]
    [InlineData("failed >= 2", false)]
    [InlineData("succeeded == 3 && cronworkflow.labels.team == 'red'", true)]
    public void StopStrategy_Stops(string expression, bool stops) => Assert.Equal(
        stops,
        Decide(
            new JsonObject
            {
                ["schedules"] = new JsonArray("0 * * * *"), ["stopStrategy"] = new JsonObject { ["expression"] = expression },
            }.ToJsonString(), since: "09:59:30", now: "10:00:00", status: """{"failed":1,"succeeded":3}""") is CronDecision.Stop);

    [Fact]
    public void StopStrategyThatCannotBeTold_IsASpecError() => Assert.Equal(
        CronStatus.SpecError,
        Assert.IsType<CronDecision.Confusion>(Decide(
            """{"schedules":["0 * * * *"],"stopStrategy":{"expression":"failed >"}}""", since: "09:59:30", now: "10:00:00")).Condition);

    private static void AssertSkips(string spec, string status) =>
        Assert.Equal(Ten, Assert.IsType<CronDecision.Skip>(Decide(spec, since: "09:59:30", now: "10:00:00", status)).Instant);

    private static CronDecision Decide(string spec, string since, string now, string status = "{}", string? lastSchedule = null) =>
        CronDecision.Of(GivenCron.With(spec, status, lastSchedule), Time($"2026-03-01T{since}Z"), Time($"2026-03-01T{now}Z"));

    private static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
