using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Argosy.Engine.Manifests;

namespace Argosy.Engine.Validation;

/// <summary>The tasks that a task's <c>depends</c> or <c>dependencies</c> speak of.</summary>
internal static partial class Depends
{
    private static readonly string[] Results =
        ["Succeeded", "Failed", "Errored", "Skipped", "Omitted", "Daemoned", "AnySucceeded", "AllFailed"];

    public static bool IsResult(string result) => Results.Contains(result);

    /// <summary>Each mention of a task, with the result that is asked of it, if any.</summary>
    public static IEnumerable<(string Task, string? Result)> Of(JsonObject task) => task.TextAt("depends") is { Length: > 0 } depends
        ? Mention().Matches(depends).Select(match => (match.Groups["task"].Value, match.Groups["result"].Success ? match.Groups["result"].Value : null))
        : task.TextsAt("dependencies").Select(dependency => (dependency, default(string)));

    public static IEnumerable<string> Tasks(JsonObject task) => Of(task).Select(mention => mention.Task).Distinct(StringComparer.Ordinal);

    [GeneratedRegex(@"(?<task>[a-zA-Z0-9][-a-zA-Z0-9_]*)(\.(?<result>[A-Za-z]+))?", RegexOptions.NonBacktracking)]
    private static partial Regex Mention();
}
