using System.Globalization;
using Argosy.Engine.Cron;

namespace Argosy.Engine.Tests.Cron;

/// <summary>The language of schedules: which instants an expression names, and what is no expression.</summary>
public sealed class CronScheduleTests
{
    [Theory]
    [InlineData("* * * * *", "2026-03-01T10:00:00Z", "2026-03-01T10:01:00Z", "2026-03-01T10:02:00Z")]
    [InlineData("* * * * *", "2026-03-01T10:00:59.9Z", "2026-03-01T10:01:00Z", "2026-03-01T10:02:00Z")]
    [InlineData("*/15 * * * *", "2026-03-01T10:44:00Z", "2026-03-01T10:45:00Z", "2026-03-01T11:00:00Z")]
    [InlineData("7/20 * * * *", "2026-03-01T10:00:00Z", "2026-03-01T10:07:00Z", "2026-03-01T10:27:00Z")]
    [InlineData("5-7 10 * * *", "2026-03-01T10:06:00Z", "2026-03-01T10:07:00Z", "2026-03-02T10:05:00Z")]
    [InlineData("10-30/10 * * * *", "2026-03-01T10:20:00Z", "2026-03-01T10:30:00Z", "2026-03-01T11:10:00Z")]
    [InlineData("0 0,12 * * *", "2026-03-01T00:00:00Z", "2026-03-01T12:00:00Z", "2026-03-02T00:00:00Z")]
    [InlineData("0 9 * * mon-FRI", "2026-03-06T09:00:00Z", "2026-03-09T09:00:00Z", "2026-03-10T09:00:00Z")]
    [InlineData("0 0 1 jan,Jul ?", "2026-03-06T09:00:00Z", "2026-07-01T00:00:00Z", "2027-01-01T00:00:00Z")]
    [InlineData("59 23 31 12 *", "2026-12-31T23:59:00Z", "2027-12-31T23:59:00Z", "2028-12-31T23:59:00Z")]
    [InlineData("  0   5  *  * *  ", "2026-03-06T09:00:00Z", "2026-03-07T05:00:00Z", "2026-03-08T05:00:00Z")]
    public void FiveFields_Name_TheirInstants(string expression, string after, string first, string second) =>
        AssertInstants(expression, after, first, second);

    [Theory]
    [InlineData("0 0 29 2 *", "2026-03-01T00:00:00Z", "2028-02-29T00:00:00Z", "2032-02-29T00:00:00Z")]
    [InlineData("0 0 31 * *", "2026-03-31T00:00:00Z", "2026-05-31T00:00:00Z", "2026-07-31T00:00:00Z")]
    public void DaysThatNotEveryMonthHas_Wait_ForOneThatDoes(string expression, string after, string first, string second) =>
        AssertInstants(expression, after, first, second);

    [Theory] // the 13th or a Friday; with a star (also one in a step of 1) only the other counts
    [InlineData("0 0 13 * 5", "2026-03-11T00:00:00Z", "2026-03-13T00:00:00Z", "2026-03-20T00:00:00Z")]
    [InlineData("0 0 13 * 5", "2026-04-10T00:00:00Z", "2026-04-13T00:00:00Z", "2026-04-17T00:00:00Z")]
    [InlineData("0 0 13 * *", "2026-04-10T00:00:00Z", "2026-04-13T00:00:00Z", "2026-05-13T00:00:00Z")]
    [InlineData("0 0 * * 5", "2026-04-10T00:00:00Z", "2026-04-17T00:00:00Z", "2026-04-24T00:00:00Z")]
    [InlineData("0 0 */1 * 5", "2026-04-10T00:00:00Z", "2026-04-17T00:00:00Z", "2026-04-24T00:00:00Z")]
    [InlineData("0 0 */10 * 5", "2026-04-10T00:00:00Z", "2026-04-11T00:00:00Z", "2026-04-17T00:00:00Z")]
    public void BothDayFields_Given_EitherWillDo(string expression, string after, string first, string second) =>
        AssertInstants(expression, after, first, second);

    [Theory]
    [InlineData("@yearly", "2026-03-11T10:20:30Z", "2027-01-01T00:00:00Z", "2028-01-01T00:00:00Z")]
    [InlineData("@annually", "2026-03-11T10:20:30Z", "2027-01-01T00:00:00Z", "2028-01-01T00:00:00Z")]
    [InlineData("@monthly", "2026-03-11T10:20:30Z", "2026-04-01T00:00:00Z", "2026-05-01T00:00:00Z")]
    [InlineData("@weekly", "2026-03-11T10:20:30Z", "2026-03-15T00:00:00Z", "2026-03-22T00:00:00Z")]
    [InlineData("@daily", "2026-03-11T10:20:30Z", "2026-03-12T00:00:00Z", "2026-03-13T00:00:00Z")]
    [InlineData("@midnight", "2026-03-11T10:20:30Z", "2026-03-12T00:00:00Z", "2026-03-13T00:00:00Z")]
    [InlineData("@hourly", "2026-03-11T10:20:30Z", "2026-03-11T11:00:00Z", "2026-03-11T12:00:00Z")]
    [InlineData("@every 1h30m", "2026-03-11T10:20:30Z", "2026-03-11T11:50:30Z", "2026-03-11T13:20:30Z")]
    [InlineData("@every 90.7s", "2026-03-11T10:20:30.4Z", "2026-03-11T10:22:00Z", "2026-03-11T10:23:30Z")]
    [InlineData("@every 10ms", "2026-03-11T10:20:30.4Z", "2026-03-11T10:20:31Z", "2026-03-11T10:20:32Z")]
    [InlineData("TZ=Europe/Berlin @daily", "2026-03-11T10:20:30Z", "2026-03-11T23:00:00Z", "2026-03-12T23:00:00Z")]
    public void Descriptors_Name_TheirInstants(string expression, string after, string first, string second) =>
        AssertInstants(expression, after, first, second);

    // Clocks go forward on 2026-03-29 01:00Z (Berlin) and 2026-03-08 07:00Z (New York), back on 2026-10-25 01:00Z and 2026-11-01 06:00Z.
    [Theory]
    [InlineData("Europe/Berlin", "30 2 * * *", "2026-03-28T02:00:00Z", "2026-03-30T00:30:00Z", "2026-03-31T00:30:00Z")]
    [InlineData("Europe/Berlin", "0 2 * * *", "2026-03-28T02:00:00Z", "2026-03-30T00:00:00Z", "2026-03-31T00:00:00Z")]
    [InlineData("Europe/Berlin", "0 3 * * *", "2026-03-28T02:30:00Z", "2026-03-29T01:00:00Z", "2026-03-30T01:00:00Z")]
    [InlineData("Europe/Berlin", "0 * * * *", "2026-03-29T00:30:00Z", "2026-03-29T01:00:00Z", "2026-03-29T02:00:00Z")]
    [InlineData("America/New_York", "30 2 * * *", "2026-03-07T08:00:00Z", "2026-03-09T06:30:00Z", "2026-03-10T06:30:00Z")]
    [InlineData("America/New_York", "0 3 * * *", "2026-03-07T09:00:00Z", "2026-03-08T07:00:00Z", "2026-03-09T07:00:00Z")]
    public void HourThatTheClockSkips_DoesNotCome(string zone, string expression, string after, string first, string second) =>
        AssertInstants($"CRON_TZ={zone} {expression}", after, first, second);

    [Theory]
    [InlineData("Europe/Berlin", "30 2 * * *", "2026-10-24T12:00:00Z", "2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z")]
    [InlineData("Europe/Berlin", "0 2 * * *", "2026-10-24T12:00:00Z", "2026-10-25T00:00:00Z", "2026-10-25T01:00:00Z")]
    [InlineData("Europe/Berlin", "30 2 * * *", "2026-10-25T01:00:00Z", "2026-10-25T01:30:00Z", "2026-10-26T01:30:00Z")]
    [InlineData("Europe/Berlin", "0 3 * * *", "2026-10-24T12:00:00Z", "2026-10-25T02:00:00Z", "2026-10-26T02:00:00Z")]
    [InlineData("America/New_York", "30 1 * * *", "2026-10-31T12:00:00Z", "2026-11-01T05:30:00Z", "2026-11-01T06:30:00Z")]
    [InlineData("America/New_York", "*/30 1 * * *", "2026-11-01T05:30:00Z", "2026-11-01T06:00:00Z", "2026-11-01T06:30:00Z")]
    public void HourThatTheClockShowsTwice_ComesTwice(string zone, string expression, string after, string first, string second) =>
        AssertInstants($"CRON_TZ={zone} {expression}", after, first, second);

    [Theory] // Beirut's clock goes from midnight to one
    [InlineData("CRON_TZ=Asia/Beirut 0 12 29 3 *", "2026-01-01T00:00:00Z", "2026-03-29T09:00:00Z", "2027-03-29T09:00:00Z")]
    [InlineData("CRON_TZ=Asia/Kathmandu 0 12 * * 1", "2026-01-01T00:00:00Z", "2026-01-05T06:15:00Z", "2026-01-12T06:15:00Z")]
    [InlineData("CRON_TZ=Australia/Lord_Howe 45 1 5 4 *", "2026-04-01T00:00:00Z", "2026-04-04T14:45:00Z", "2026-04-04T15:15:00Z")]
    public void ClocksThatChangeOddly_StillName_TheirInstants(string expression, string after, string first, string second) =>
        AssertInstants(expression, after, first, second);

    [Theory]
    [InlineData("0 0 30 2 *")]
    [InlineData("0 0 31 4,6,9,11 *")]
    [InlineData(", * * * *")]
    public void DaysThatNeverCome_HaveNoNextInstant(string expression) =>
        Assert.Null(Parse(expression).Next(Time("2026-01-01T00:00:00Z")));

    [Theory]
    [InlineData("", "empty spec string")]
    [InlineData("* * * *", "expected exactly 5 fields, found 4: [* * * *]")]
    [InlineData("* * * * * *", "expected exactly 5 fields, found 6: [* * * * * *]")]
    [InlineData("60 * * * *", "end of range (60) above maximum (59): 60")]
    [InlineData("* * 0 * *", "beginning of range (0) below minimum (1): 0")]
    [InlineData("* * * * 7", "end of range (7) above maximum (6): 7")]
    [InlineData("9-5 * * * *", "beginning of range (9) beyond end of range (5): 9-5")]
    [InlineData("*/0 * * * *", "step of range should be a positive number: */0")]
    [InlineData("*/-1 * * * *", "negative number (-1) not allowed: -1")]
    [InlineData("1-2-3 * * * *", "too many hyphens: 1-2-3")]
    [InlineData("1/2/3 * * * *", "too many slashes: 1/2/3")]
    [InlineData("x * * * *", "failed to parse int from x")]
    [InlineData("* * * january *", "failed to parse int from january")]
    [InlineData("* * * * 99999999999", "failed to parse int from 99999999999")]
    [InlineData("@fortnightly", "unrecognized descriptor: @fortnightly")]
    [InlineData("@every soon", "failed to parse duration @every soon: invalid duration \"soon\"")]
    [InlineData("CRON_TZ=Mars/Olympus * * * * *", "provided bad location Mars/Olympus: unknown time zone Mars/Olympus")]
    [InlineData("CRON_TZ=../../etc/passwd * * * * *", "provided bad location ../../etc/passwd: unknown time zone ../../etc/passwd")]
    [InlineData("TZ=UTC", "empty spec string")]
    public void WhatIsNoExpression_IsRefused_WithTheReason(string expression, string expected)
    {
        Assert.Null(CronSchedule.TryParse(expression, out var problem));
        Assert.Equal(expected, problem);
    }

    [Theory]
    [InlineData("*/5 * * * *", "2026-03-01T09:00:00Z", "2026-03-01T10:03:00Z", "2026-03-01T10:00:00Z")]
    [InlineData("*/5 * * * *", "2026-03-01T09:00:00Z", "2026-03-01T10:05:00Z", "2026-03-01T10:05:00Z")]
    [InlineData("*/5 * * * *", "2026-03-01T10:00:00Z", "2026-03-01T10:03:00Z", null)]
    [InlineData("@yearly", "2001-03-01T10:00:00Z", "2026-03-01T10:03:00Z", "2026-01-01T00:00:00Z")]
    [InlineData("CRON_TZ=Europe/Berlin 30 2 * * *", "2026-10-24T00:00:00Z", "2026-10-25T12:00:00Z", "2026-10-25T01:30:00Z")]
    public void Latest_IsTheLastInstant_OfAStretchOfTime(string expression, string after, string until, string? expected) =>
        Assert.Equal(expected is null ? null : Time(expected), Parse(expression).Latest(Time(after), Time(until)));

    [Fact]
    public void Interval_CountedFromItsOrigin_NamesTheSameInstants_WhoeverAsks()
    {
        var schedule = Parse("@every 7m").CountedFrom(Time("2026-03-01T10:00:30Z"));

        Assert.Equal(Time("2026-03-01T10:07:30Z"), schedule.Next(Time("2026-01-01T00:00:00Z")));
        Assert.Equal(Time("2026-03-01T10:14:30Z"), schedule.Next(Time("2026-03-01T10:07:30Z")));
        Assert.Equal(Time("2026-03-01T10:14:30Z"), schedule.Next(Time("2026-03-01T10:14:29Z")));
        Assert.Equal(Time("2026-03-01T10:21:30Z"), schedule.Latest(Time("2026-03-01T10:00:30Z"), Time("2026-03-01T10:28:00Z")));
    }

    [Fact]
    public void RandomText_IsRead_OrRefused_AndNeverLoops()
    {
        var random = new Random(20260301);
        string[] pieces = ["*", "?", "0", "5", "31", "59", "-", "/", ",", " ", " ", " ", "feb", "sun", "@every ", "@daily", "1h", "TZ=", "UTC ", "CRON_TZ=Europe/Berlin ", "é", "2147483648"];
        var (read, after) = (0, Time("2026-03-01T10:00:00Z"));
        for (var i = 0; i < 20_000; i++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(1, 14)).Select(_ => pieces[random.Next(pieces.Length)]));
            if (CronSchedule.TryParse(text, out var problem) is { } schedule)
            {
                read++;
                Assert.True(schedule.Next(after) is not { } next || next > after, text);
            }
            else
            {
                Assert.NotEqual("", problem);
            }
        }

        Assert.True(read > 20, $"only {read} expressions could be read");
    }

    [Fact]
    public void RandomFields_NameExactlyTheMinutes_ThatFit()
    {
        var random = new Random(20261025);
        var zone = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");
        for (var i = 0; i < 200; i++)
        {
            var (minute, hour) = (random.Next(60), random.Next(24));
            var schedule = Parse($"CRON_TZ=Europe/Berlin {minute} {hour} * * *");
            var begin = Time(i % 2 == 0 ? "2026-03-27T00:00:00Z" : "2026-10-23T00:00:00Z").AddMinutes(random.Next(1440));
            var expected = Enumerable.Range(1, 4 * 1440).Select(passed => Floor(begin).AddMinutes(passed)).First(moment =>
                TimeZoneInfo.ConvertTime(moment, zone) is var local && local.Hour == hour && local.Minute == minute);

            Assert.Equal(expected, schedule.Next(begin));
        }
    }

    private static DateTimeOffset Floor(DateTimeOffset time) => time.AddSeconds(-time.Second);

    private static void AssertInstants(string expression, string after, string first, string second)
    {
        var schedule = Parse(expression);

        Assert.Equal(Time(first), schedule.Next(Time(after)));
        Assert.Equal(Time(second), schedule.Next(Time(first)));
    }

    private static CronSchedule Parse(string expression) =>
        CronSchedule.TryParse(expression, out var problem) ?? throw new InvalidOperationException(problem);

    private static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
