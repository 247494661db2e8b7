using System.Text;
using System.Text.Json.Nodes;
using Argosy.Engine.Manifests;

namespace Argosy.Engine.Validation;

/// <summary>Finds template tags in manifests that are only looked at, not run.</summary>
internal static class Tags
{
    /// <summary>The beginnings of tags that must be known; any other tag is plain text for whoever gets it.</summary>
    private static readonly string[] Roots = ["item.", "steps.", "inputs.", "outputs.", "pod.", "workflow.", "tasks."];

    /// <summary>Whether the text has a tag of either sort.</summary>
    public static bool In(string text)
    {
        var start = text.IndexOf("{{", StringComparison.Ordinal);
        return start >= 0 && text.IndexOf("}}", start, StringComparison.Ordinal) >= 0;
    }

    /// <summary>
    /// The simple tags of a text, as they are written, without expressions. Of tags inside tags only the inner ones: the outer name
    /// is known only later.
    /// </summary>
    public static IEnumerable<string> Simple(string text)
    {
        var from = 0;
        while (from < text.Length)
        {
            var end = text.IndexOf("}}", from, StringComparison.Ordinal);
            if (end < 0)
            {
                yield break;
            }

            var start = end > from ? text.LastIndexOf("{{", end - 1, end - from, StringComparison.Ordinal) : -1;
            if (start >= 0)
            {
                var tag = text[(start + 2)..end];
                if (!tag.AsSpan().TrimStart().StartsWith("=") && !InsideExpression(text, from, start))
                {
                    yield return tag;
                }
            }

            from = end + 2;
        }
    }

    /// <summary>The text with something harmless in place of each outermost tag, expressions included.</summary>
    public static string Blank(string text)
    {
        var blanked = new StringBuilder(text.Length);
        var (depth, i) = (0, 0);
        while (i < text.Length)
        {
            var two = text.AsSpan(i, Math.Min(2, text.Length - i));
            if (two is "{{")
            {
                blanked.Append(depth++ == 0 ? "tag" : "");
                i += 2;
            }
            else if (two is "}}" && depth > 0)
            {
                depth--;
                i += 2;
            }
            else
            {
                blanked.Append(depth == 0 ? text[i].ToString() : "");
                i++;
            }
        }

        return blanked.ToString();
    }

    /// <summary>Every text below a node with its path, except below the fields named.</summary>
    public static IEnumerable<(string Path, string Text)> Texts(JsonNode? node, string path, params string[] except)
    {
        switch (node)
        {
            case JsonObject json:
                foreach (var (name, value) in json.Where(property => !except.Contains(property.Key)))
                {
                    foreach (var found in Texts(value, $"{path}.{name}"))
                    {
                        yield return found;
                    }
                }

                break;
            case JsonArray array:
                for (var i = 0; i < array.Count; i++)
                {
                    foreach (var found in Texts(array[i], $"{path}[{i}]"))
                    {
                        yield return found;
                    }
                }

                break;
            default:
                if (node.Text() is { } text)
                {
                    yield return (path, text);
                }

                break;
        }
    }

    /// <summary>Whether the tag must be known where it is used.</summary>
    public static bool MustResolve(string tag) => Roots.Any(root => tag.StartsWith(root, StringComparison.Ordinal));

    private static bool InsideExpression(string text, int from, int start)
    {
        var outer = start > from ? text.LastIndexOf("{{", start - 1, start - from, StringComparison.Ordinal) : -1;
        return outer >= 0 && text.AsSpan(outer + 2, start - outer - 2).TrimStart().StartsWith("=");
    }
}
