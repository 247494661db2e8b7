using Argosy.Engine.Expressions.Functions;
using Argosy.Engine.Expressions.Values;

namespace Argosy.Engine.Expressions.Sprig;

/// <summary>Slash-separated paths and URLs, taken apart as text.</summary>
internal static class SprigPaths
{
    public static void AddTo(FunctionTable table)
    {
        AddForPaths(table, "base", Base);
        AddForPaths(table, "dir", Directory);
        AddForPaths(table, "clean", Clean);
        AddForPaths(table, "ext", Extension);
        AddForPaths(table, "isAbs", path => path.StartsWith('/'));

        table.Add("urlParse", 1, a => ParseUrl(a.Text(0)));
        table.Add("urlJoin", 1, a => JoinUrl(a.Map(0)));
    }

    /// <summary>The paths of the machine are slash-separated too, so <c>osBase</c> is <c>base</c>.</summary>
    private static void AddForPaths(FunctionTable table, string name, Func<string, object> compute)
    {
        table.Add(name, 1, a => compute(a.Text(0)));
        table.Add("os" + char.ToUpperInvariant(name[0]) + name[1..], 1, a => compute(a.Text(0)));
    }

    private static string Base(string path)
    {
        var trimmed = path.TrimEnd('/');
        return path.Length == 0 ? "." : trimmed.Length == 0 ? "/" : trimmed[(trimmed.LastIndexOf('/') + 1)..];
    }

    private static string Directory(string path) => Clean(path[..(path.LastIndexOf('/') + 1)]);

    private static string Extension(string path)
    {
        var dot = path.LastIndexOf('.');
        return dot > path.LastIndexOf('/') ? path[dot..] : "";
    }

    /// <summary>The shortest path with the same meaning.</summary>
    private static string Clean(string path)
    {
        var rooted = path.StartsWith('/');
        var parts = new List<string>();
        foreach (var part in path.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(part => part != "."))
        {
            if (part != ".." || (parts.Count == 0 && !rooted) || (parts.Count > 0 && parts[^1] == ".."))
            {
                parts.Add(part);
            }
            else if (parts.Count > 0)
            {
                parts.RemoveAt(parts.Count - 1);
            }
        }

        var clean = (rooted ? "/" : "") + string.Join('/', parts);
        return clean.Length == 0 ? "." : clean;
    }

    private static ValueMap ParseUrl(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url))
        {
            throw new ExpressionException($"unable to parse url: {text}");
        }

        return new ValueMap
        {
            ["scheme"] = url.Scheme,
            ["host"] = url.Authority,
            ["hostname"] = url.Host,
            ["path"] = Uri.UnescapeDataString(url.AbsolutePath),
            ["query"] = url.Query.TrimStart('?'),
            ["opaque"] = "",
            ["fragment"] = Uri.UnescapeDataString(url.Fragment.TrimStart('#')),
            ["userinfo"] = url.UserInfo,
        };
    }

    private static string JoinUrl(ValueMap parts)
    {
        string Part(string name, string before = "", string after = "") =>
            parts.GetValueOrDefault(name) is string { Length: > 0 } text ? before + text + after : "";

        return Part("scheme", after: "://") + Part("userinfo", after: "@") + Part("host") + Part("path") + Part("query", "?") + Part("fragment", "#");
    }
}
