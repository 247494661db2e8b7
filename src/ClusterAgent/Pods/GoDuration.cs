using System.Globalization;
using System.Text.RegularExpressions;

namespace Argosy.ClusterAgent.Pods;

/// <summary>A duration as Go writes it: <c>1m30s</c>, <c>500ms</c>.</summary>
internal static partial class GoDuration
{
    /// <summary>What cannot be read is no pause: a pause is no place to fail a pod.</summary>
    public static TimeSpan Parse(string text)
    {
        var seconds = 0.0;
        foreach (Match part in Part().Matches(text))
        {
            seconds += double.Parse(part.Groups[1].ValueSpan, CultureInfo.InvariantCulture)
                * part.Groups[2].Value switch { "ms" => 0.001, "s" => 1, "m" => 60, _ => 3600 };
        }

        return TimeSpan.FromSeconds(seconds);
    }

    [GeneratedRegex(@"(\d+(?:\.\d+)?)(ms|s|m|h)")]
    private static partial Regex Part();
}
