using System.Text.RegularExpressions;

namespace Argosy.Cli.Output;

/// <summary>Colours of a terminal.</summary>
internal static partial class Ansi
{
    public const int Red = 31;
    public const int Green = 32;
    public const int Yellow = 33;
    public const int Cyan = 36;
    public const int Default = 39;

    private static readonly int[] PodColors = [31, 32, 33, 34, 35, 36];

    public static string Paint(string text, int color, bool colors) => colors ? $"\u001b[{color}m{text}\u001b[0m" : text;

    /// <summary>The same colour for the same pod, always.</summary>
    public static int ColorOf(string pod) => PodColors[(int)(pod.Aggregate(17u, (sum, letter) => (sum * 31) + letter) % PodColors.Length)];

    /// <summary>How many columns the text takes.</summary>
    public static int Width(string text) => Codes().Replace(text, "").Length;

    [GeneratedRegex("\u001b\\[[0-9;]*m")]
    private static partial Regex Codes();
}
