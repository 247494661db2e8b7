using Argosy.Engine.Expressions.Values;

namespace Argosy.Engine.Expressions.JsonPaths;

/// <summary>
/// The query language of <c>jsonpath(json, path)</c>.
/// <code>
/// path     = "$" { step }
/// step     = "." name | "." "*" | ".." ( name | "*" | bracket ) | bracket
/// bracket  = "[" ( "*" | selector { "," selector } | "?(" condition ")" ) "]"
/// selector = quoted name | index | [ index ] ":" [ index ] [ ":" step width ]
/// condition = boolean expression over literals, "@" paths (the element) and "$" paths (the document):
///             == != &lt; &lt;= &gt; &gt;= =~ &amp;&amp; || ! ( ); a path alone asks whether it leads anywhere
/// </code>
/// A path that can lead to one place only gives the value there and fails if there is none; any other gives the list of what it finds.
/// </summary>
internal static class JsonPath
{
    public static object? Query(string path, object? document, Budget budget)
    {
        var steps = JsonPathParser.Parse(path);
        var found = Find(steps, document, document, budget);
        if (steps.TrueForAll(step => step.IsDefinite))
        {
            return found.Count == 1 ? found[0] : throw new ExpressionException($"nothing is found at {path}");
        }

        return found;
    }

    public static List<object?> Find(List<JsonPathStep> steps, object? start, object? document, Budget budget)
    {
        var current = new List<object?> { start };
        foreach (var step in steps)
        {
            var next = new List<object?>();
            foreach (var value in current)
            {
                foreach (var child in step.Select(value, document, budget))
                {
                    budget.Spend(1);
                    next.Add(child);
                }
            }

            current = next;
        }

        return current;
    }
}
