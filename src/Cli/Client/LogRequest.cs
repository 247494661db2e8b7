using System.Globalization;

namespace Argosy.Cli.Client;

/// <summary>Which log lines to fetch.</summary>
internal sealed record LogRequest
{
    public string? Pod { get; init; }

    public string Container { get; init; } = "main";

    public bool Follow { get; init; }

    public bool Timestamps { get; init; }

    public string? Grep { get; init; }

    public string? LabelSelector { get; init; }

    public long? TailLines { get; init; }

    public TimeSpan? Since { get; init; }

    public DateTimeOffset? SinceTime { get; init; }

    public IEnumerable<(string Name, string? Value)> Query() =>
    [
        ("podName", Pod),
        ("logOptions.container", Container),
        ("logOptions.follow", Follow ? "true" : null),
        ("logOptions.timestamps", Timestamps ? "true" : null),
        ("logOptions.tailLines", TailLines?.ToString(CultureInfo.InvariantCulture)),
        ("logOptions.sinceSeconds", Since is { } since ? ((long)since.TotalSeconds).ToString(CultureInfo.InvariantCulture) : null),
        ("logOptions.sinceTime", SinceTime?.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture)),
        ("grep", Grep),
        ("selector", LabelSelector),
    ];
}
