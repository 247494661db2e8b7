using System.Globalization;
using System.Text.RegularExpressions;

namespace Argosy.Cli.Output;

/// <summary>Durations as Argo's flags take them: <c>1h30m</c>, <c>10d</c>, <c>45s</c>, or seconds alone.</summary>
internal static partial class GoDuration
{
    /// <exception cref="CommandException">The text is not a duration.</exception>
    public static TimeSpan Parse(string text, string option)
    {
        if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds))
        {
            return TimeSpan.FromSeconds(seconds);
        }

        if (!Whole().IsMatch(text))
        {
            throw new CommandException($"{option} \"{text}\" is not a duration: write it as 30s, 10m, 1h30m or 7d");
        }

        return Part().Matches(text).Aggregate(TimeSpan.Zero, (sum, part) => sum + Of(part));
    }

    private static TimeSpan Of(Match part)
    {
        var number = double.Parse(part.Groups[1].Value, CultureInfo.InvariantCulture);
        return part.Groups[2].Value switch
        {
            "d" => TimeSpan.FromDays(number),
            "h" => TimeSpan.FromHours(number),
            "m" => TimeSpan.FromMinutes(number),
            "s" => TimeSpan.FromSeconds(number),
            _ => TimeSpan.FromMilliseconds(number),
        };
    }

    [GeneratedRegex(@"\A(?:\d+(?:\.\d+)?(?:d|h|ms|m|s))+\z")]
    private static partial Regex Whole();

    [GeneratedRegex(@"(\d+(?:\.\d+)?)(d|h|ms|m|s)")]
    private static partial Regex Part();
}
