using System.Globalization;

namespace Argosy.ClusterAgent.Kubernetes.Api;

/// <summary>Which part of a container's log is wanted.</summary>
/// <param name="Container">Its name.</param>
public sealed record PodLogQuery(string Container)
{
    /// <summary>Goes on until the container ends.</summary>
    public bool Follow { get; init; }

    /// <summary>Each line begins with its time (RFC 3339, nanoseconds).</summary>
    public bool Timestamps { get; init; }

    /// <summary>The container's run before the present one.</summary>
    public bool Previous { get; init; }

    public int? TailLines { get; init; }

    public DateTimeOffset? SinceTime { get; init; }

    internal string ToQueryString() => QueryText.Of(
    [
        ("container", Container),
        ("follow", Follow ? "true" : null),
        ("timestamps", Timestamps ? "true" : null),
        ("previous", Previous ? "true" : null),
        ("tailLines", TailLines?.ToString(CultureInfo.InvariantCulture)),
        ("sinceTime", SinceTime?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)),
    ]);
}
