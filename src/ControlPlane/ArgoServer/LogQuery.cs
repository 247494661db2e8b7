using System.Globalization;
using System.Text.RegularExpressions;
using Argosy.ControlPlane.Workflows;
using Microsoft.AspNetCore.Http;

namespace Argosy.ControlPlane.ArgoServer;

/// <summary>What a client asks of a log, in the names of Kubernetes' PodLogOptions.</summary>
internal sealed record LogQuery(WorkflowLogOptions Options, bool Timestamps)
{
    public static LogQuery Of(IQueryCollection query, TimeProvider time) => new(
        new WorkflowLogOptions(
            Text(query, "logOptions.container") ?? "main",
            Flag(query, "logOptions.follow"),
            Number(query, "logOptions.tailLines"),
            Since(query, time),
            Pattern(query),
            Text(query, "selector")),
        Flag(query, "logOptions.timestamps"));

    private static DateTimeOffset? Since(IQueryCollection query, TimeProvider time)
    {
        if (Number(query, "logOptions.sinceSeconds") is { } seconds)
        {
            return time.GetUtcNow() - TimeSpan.FromSeconds(seconds);
        }

        return Text(query, "logOptions.sinceTime") switch
        {
            null => null,
            var text when DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var since) => since,
            var text => throw RequestBody.BadRequest($"logOptions.sinceTime must be a time such as 2026-01-31T12:00:00Z, not \"{text}\""),
        };
    }

    private static string? Pattern(IQueryCollection query)
    {
        var pattern = Text(query, "grep");
        try
        {
            _ = pattern is null ? null : new Regex(pattern, RegexOptions.NonBacktracking);
            return pattern;
        }
        catch (ArgumentException exception)
        {
            throw RequestBody.BadRequest($"grep is not a regular expression: {exception.Message}");
        }
        catch (NotSupportedException)
        {
            throw RequestBody.BadRequest("grep may not use look-around or back-references");
        }
    }

    private static long? Number(IQueryCollection query, string name) => Text(query, name) switch
    {
        null => null,
        var text when long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) => number,
        var text => throw RequestBody.BadRequest($"{name} must be a number that is not negative, not \"{text}\""),
    };

    private static bool Flag(IQueryCollection query, string name) => bool.TryParse(query[name], out var flag) && flag;

    private static string? Text(IQueryCollection query, string name) => query[name].ToString() is { Length: > 0 } text ? text : null;
}
