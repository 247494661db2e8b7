using System.Globalization;

namespace Argosy.ClusterAgent.Kubernetes.Api;

/// <summary>Which objects of a kind are wanted.</summary>
public sealed record ListQuery
{
    public static readonly ListQuery All = new();

    public string? LabelSelector { get; init; }

    public string? FieldSelector { get; init; }

    /// <summary>Objects in a page; enough for most lists to be one, few enough to be read in one go.</summary>
    public int Limit { get; init; } = 500;

    internal string? Continue { get; init; }

    /// <summary>Watches instead, and asks for the end after this time.</summary>
    internal TimeSpan? WatchFor { get; init; }

    internal string? ResourceVersion { get; init; }

    internal string ToQueryString()
    {
        List<(string Name, string? Value)> fields = [("labelSelector", LabelSelector), ("fieldSelector", FieldSelector)];
        if (WatchFor is { } lasts)
        {
            var seconds = lasts.TotalSeconds.ToString("0", CultureInfo.InvariantCulture);
            fields.AddRange(
                [("timeoutSeconds", seconds), ("watch", "true"), ("allowWatchBookmarks", "true"), ("resourceVersion", ResourceVersion)]);
        }
        else
        {
            fields.AddRange([("limit", Limit.ToString(CultureInfo.InvariantCulture)), ("continue", Continue)]);
        }

        return QueryText.Of(fields);
    }
}

/// <summary>The query part of an address.</summary>
internal static class QueryText
{
    public static string Of(IEnumerable<(string Name, string? Value)> fields)
    {
        var given = fields.Where(field => field.Value is not null).Select(field => $"{field.Name}={Uri.EscapeDataString(field.Value!)}").ToList();
        return given.Count == 0 ? "" : "?" + string.Join('&', given);
    }
}
