using System.Text.RegularExpressions;
using Argosy.Engine.Expressions.Functions;
using Argosy.Engine.Expressions.Values;

namespace Argosy.Engine.Expressions.Sprig;

/// <summary>Semantic versions and conditions on them (<c>^1.2</c>, <c>~1.2.3</c>, <c>&gt;=1.0, &lt;2</c>, <c>1.x || 3 - 4</c>).</summary>
internal static partial class SprigVersions
{
    public static void AddTo(FunctionTable table)
    {
        table.Add("semver", 1, a => Read(a.Text(0)).Map());
        table.Add("semverCompare", 2, a => Meets(a.Text(0), Read(a.Text(1))));
    }

    private static bool Meets(string condition, Version version) => condition.Split("||").Any(all =>
        Terms().Matches(Ranges().Replace(all, ">=$1 <=$2")) is { Count: > 0 } terms
            ? terms.All(term => Holds(term.Groups["op"].Value, term.Groups["version"].Value, version))
            : throw new ExpressionException($"improper constraint: {condition}"));

    private static bool Holds(string @operator, string text, Version version)
    {
        var wanted = Read(text);

        // A pre-release is only meant by a condition that names one.
        if (version.Prerelease.Length > 0 && wanted.Prerelease.Length == 0)
        {
            return false;
        }

        var order = version.CompareTo(wanted);
        return @operator switch
        {
            "" or "=" or "==" => wanted.Given == 3 ? order == 0 : order >= 0 && version.CompareTo(wanted.Next(wanted.Given)) < 0,
            "!=" => wanted.Given == 3 ? order != 0 : order < 0 || version.CompareTo(wanted.Next(wanted.Given)) >= 0,
            ">" => wanted.Given == 3 ? order > 0 : version.CompareTo(wanted.Next(wanted.Given)) >= 0,
            ">=" or "=>" => order >= 0,
            "<" => order < 0,
            "<=" or "=<" => wanted.Given == 3 ? order <= 0 : version.CompareTo(wanted.Next(wanted.Given)) < 0,
            "~" or "~>" => order >= 0 && version.CompareTo(wanted.Next(Math.Min(wanted.Given, 2))) < 0,
            _ => order >= 0 && version.CompareTo(wanted.Next(wanted.Caret)) < 0,
        };
    }

    private static Version Read(string text)
    {
        var match = Form().Match(text.Trim());
        if (!match.Success)
        {
            throw new ExpressionException($"Invalid Semantic Version: {text}");
        }

        var given = 0;
        long Part(string name)
        {
            var part = match.Groups[name].Value;
            if (!long.TryParse(part, out var number))
            {
                return 0; // left out, or a wildcard
            }

            given++;
            return number;
        }

        return new Version(Part("major"), Part("minor"), Part("patch"), match.Groups["pre"].Value, match.Groups["meta"].Value, text.Trim()) { Given = given };
    }

    private sealed record Version(long Major, long Minor, long Patch, string Prerelease, string Metadata, string Original)
    {
        /// <summary>How many of the three numbers were written.</summary>
        public int Given { get; init; }

        /// <summary>Which number a caret lets grow least: the first that is not zero.</summary>
        public int Caret => Major > 0 || Given < 2 ? 1 : Minor > 0 || Given < 3 ? 2 : 3;

        /// <summary>The first version after all that begin with so many of these numbers.</summary>
        public Version Next(int numbers) => numbers switch
        {
            0 => this with { Major = long.MaxValue },
            1 => new Version(Major + 1, 0, 0, "", "", ""),
            2 => new Version(Major, Minor + 1, 0, "", "", ""),
            _ => new Version(Major, Minor, Patch + 1, "", "", ""),
        };

        public int CompareTo(Version other)
        {
            var order = (Major, Minor, Patch).CompareTo((other.Major, other.Minor, other.Patch));
            return order != 0 ? order : ComparePrereleases(Prerelease, other.Prerelease);
        }

        public ValueMap Map() => new()
        {
            ["Major"] = Major, ["Minor"] = Minor, ["Patch"] = Patch, ["Prerelease"] = Prerelease, ["Metadata"] = Metadata, ["Original"] = Original,
        };

        private static int ComparePrereleases(string left, string right)
        {
            if (left.Length == 0 || right.Length == 0)
            {
                return right.Length.CompareTo(left.Length); // a release comes after its pre-releases
            }

            var (a, b) = (left.Split('.'), right.Split('.'));
            for (var i = 0; i < a.Length && i < b.Length; i++)
            {
                var order = (long.TryParse(a[i], out var x), long.TryParse(b[i], out var y)) switch
                {
                    (true, true) => x.CompareTo(y),
                    (true, false) => -1,
                    (false, true) => 1,
                    _ => string.CompareOrdinal(a[i], b[i]),
                };
                if (order != 0)
                {
                    return order;
                }
            }

            return a.Length.CompareTo(b.Length);
        }
    }

    [GeneratedRegex(@"^v?(?<major>\d+|[xX*])(\.(?<minor>\d+|[xX*]))?(\.(?<patch>\d+|[xX*]))?(-(?<pre>[0-9A-Za-z.-]+))?(\+(?<meta>[0-9A-Za-z.-]+))?$", RegexOptions.NonBacktracking)]
    private static partial Regex Form();

    [GeneratedRegex(@"(?<op>[=<>!~^]*)\s*(?<version>v?[0-9xX*][0-9A-Za-z.*+-]*)", RegexOptions.NonBacktracking)]
    private static partial Regex Terms();

    [GeneratedRegex(@"(\S+)\s+-\s+(\S+)", RegexOptions.NonBacktracking)]
    private static partial Regex Ranges();
}
