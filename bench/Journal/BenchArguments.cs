using System.Globalization;

namespace Argosy.Journal.Bench;

/// <summary>What the command line asks for; each run lasts <paramref name="Duration"/> (default 5 seconds).</summary>
internal sealed record BenchArguments(string? Postgres, TimeSpan Duration, string DataFolder)
{
    public static BenchArguments Parse(string[] arguments)
    {
        var parsed = new BenchArguments(null, TimeSpan.FromSeconds(5), Path.GetTempPath());
        foreach (var option in arguments.Chunk(2))
        {
            parsed = option switch
            {
                ["--postgres", var connectionString] => parsed with { Postgres = connectionString },
                ["--seconds", var seconds] => parsed with { Duration = Seconds(seconds) },
                ["--data", var folder] => parsed with { DataFolder = folder },
                _ => throw new ArgumentException(
                    $"{option[0]} is unknown or lacks a value; there are --postgres CONNECTION, --seconds N and --data DIR"),
            };
        }

        return parsed;
    }

    private static TimeSpan Seconds(string text) => TimeSpan.FromSeconds(double.Parse(text, CultureInfo.InvariantCulture));
}
