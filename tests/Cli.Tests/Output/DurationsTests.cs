using Argosy.Cli.Output;

namespace Argosy.Cli.Tests.Output;

public sealed class DurationsTests
{
    [Theory]
    [InlineData(0, "0s", "0 seconds")]
    [InlineData(1, "1s", "1 second")]
    [InlineData(59, "59s", "59 seconds")]
    [InlineData(65, "1m", "1 minute 5 seconds")]
    [InlineData(3600, "1h", "1 hour")]
    [InlineData(7325, "2h", "2 hours 2 minutes")]
    [InlineData(90000, "1d", "1 day 1 hour")]
    [InlineData(-5, "0s", "0 seconds")]
    public void Duration_IsSaidShortAndLong(int seconds, string brief, string words)
    {
        Assert.Equal(brief, Durations.Short(TimeSpan.FromSeconds(seconds)));
        Assert.Equal(words, Durations.Long(TimeSpan.FromSeconds(seconds)));
    }

    [Theory]
    [InlineData("30", 30)]
    [InlineData("30s", 30)]
    [InlineData("1h30m", 5400)]
    [InlineData("10d", 864000)]
    public void FlagsDuration_IsRead(string text, int seconds) => Assert.Equal(TimeSpan.FromSeconds(seconds), GoDuration.Parse(text, "--older"));

    [Theory]
    [InlineData("")]
    [InlineData("tomorrow")]
    [InlineData("1h-")]
    public void NotADuration_IsRefusedNamingTheFlag(string text) =>
        Assert.Contains("--older", Assert.Throws<CommandException>(() => GoDuration.Parse(text, "--older")).Message, StringComparison.Ordinal);

    [Fact]
    public void Timestamp_SaysHowLongAgo()
    {
        var now = FixedTime.TenMinutesIn.GetUtcNow();

        Assert.Equal("Sun Mar 01 12:08:00 +0000 (2 minutes ago)", Durations.Timestamp(now.AddMinutes(-2), now));
        Assert.Equal("Sun Mar 01 12:10:00 +0000 (now)", Durations.Timestamp(now, now));
    }
}
