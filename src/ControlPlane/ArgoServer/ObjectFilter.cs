using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Argosy.ControlPlane.ArgoServer;

/// <summary>The filters of a list or watch that look at the object itself rather than at its labels.</summary>
internal sealed class ObjectFilter
{
    private readonly List<Func<JsonObject, bool>> conditions = [];

    public static ObjectFilter Of(IQueryCollection query)
    {
        var filter = new ObjectFilter();
        filter.AddFields(query["listOptions.fieldSelector"], HowNamesMatch(query["nameFilter"]));
        filter.AddName(query["namePattern"], "Contains");
        filter.AddName(query["namePrefix"], "Prefix");
        filter.AddTime(query["createdAfter"], "createdAfter", (item, time) => item.TimeAt("metadata", "creationTimestamp") > time);
        filter.AddTime(query["finishedBefore"], "finishedBefore", (item, time) => item.TimeAt("status", "finishedAt") < time);
        return filter;
    }

    public bool Fits(JsonObject item) => conditions.TrueForAll(condition => condition(item));

    private void AddName(string? value, string how)
    {
        if (!string.IsNullOrEmpty(value))
        {
            conditions.Add(item => item.TextAt("metadata", "name") is { } name
                && (how == "Prefix" ? name.StartsWith(value, StringComparison.Ordinal) : name.Contains(value, StringComparison.Ordinal)));
        }
    }

    // With a nameFilter the field selector's metadata.name is a prefix or a part of the name instead of the whole.
    private void AddFields(string? fieldSelector, string howNamesMatch)
    {
        foreach (var (field, value, equal) in Terms(fieldSelector))
        {
            if (field is "spec.startedAt>" or "spec.startedAt<")
            {
                var later = field[^1] == '>';
                AddTime(value, field, (item, time) => item.TimeAt("status", "startedAt") is { } started && (later ? started > time : started < time));
            }
            else if (field == "metadata.name" && equal && howNamesMatch != "Exact")
            {
                AddName(value, howNamesMatch);
            }
            else
            {
                AddField(field, value, equal);
            }
        }
    }

    private static string HowNamesMatch(string? nameFilter) => nameFilter switch
    {
        null or "" => "Exact",
        "Exact" or "Prefix" or "Contains" => nameFilter,
        _ => throw RequestBody.BadRequest($"nameFilter must be Exact, Prefix or Contains, not \"{nameFilter}\""),
    };

    private void AddField(string field, string value, bool equal)
    {
        string[] path = field switch
        {
            "metadata.name" => ["metadata", "name"],
            "metadata.namespace" => ["metadata", "namespace"],
            _ => throw RequestBody.BadRequest($"field selector {field} is not supported: use metadata.name or metadata.namespace"),
        };
        conditions.Add(item => (item.TextAt(path) == value) == equal);
    }

    private void AddTime(string? value, string name, Func<JsonObject, DateTimeOffset, bool> condition)
    {
        if (string.IsNullOrEmpty(value))
        {
            return;
        }

        if (!DateTimeOffset.TryParse(value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time))
        {
            throw RequestBody.BadRequest($"{name} must be a time such as 2026-01-31T12:00:00Z, not \"{value}\"");
        }

        conditions.Add(item => condition(item, time));
    }

    private static IEnumerable<(string Field, string Value, bool Equal)> Terms(string? selector)
    {
        foreach (var term in (selector ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (term.StartsWith("spec.startedAt", StringComparison.Ordinal) && term.Length > 15 && term[14] is '>' or '<')
            {
                yield return (term[..15], term[15..].TrimStart('='), true);
                continue;
            }

            var at = term.IndexOf('=', StringComparison.Ordinal);
            if (at <= 0)
            {
                throw RequestBody.BadRequest($"field selector \"{term}\" must be field=value or field!=value");
            }

            var equal = term[at - 1] != '!';
            yield return (term[..(equal ? at : at - 1)].Trim(), term[(at + 1)..].TrimStart('=').Trim(), equal);
        }
    }
}
