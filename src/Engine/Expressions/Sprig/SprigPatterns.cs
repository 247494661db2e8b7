using System.Text.RegularExpressions;
using Argosy.Engine.Expressions.Functions;
using Argosy.Engine.Expressions.Values;

namespace Argosy.Engine.Expressions.Sprig;

/// <summary>Regular expressions; the pattern comes first.</summary>
internal static class SprigPatterns
{
    private const int PriceOfCompiling = 1000;

    public static void AddTo(FunctionTable table)
    {
        table.AddWithMust("regexMatch", 2, 2, a => GoRegex.IsMatch(Compiled(a), a.Text(1)));
        table.AddWithMust("regexFind", 2, 2, a => Matches(a).FirstOrDefault()?.Value ?? "");
        table.AddWithMust("regexFindAll", 3, 3, a => First(Matches(a), Loose.Integer(a[2])).Select(match => match.Value).ToList());
        table.AddWithMust("regexReplaceAll", 3, 3, a => Replaced(a, match => GoRegex.Expand(match, a.Text(2))));
        table.AddWithMust("regexReplaceAllLiteral", 3, 3, a => Replaced(a, _ => a.Text(2)));
        table.AddWithMust("regexSplit", 3, 3, a => Split(a, Loose.Integer(a[2])));
        table.Add("regexQuoteMeta", 1, a => string.Concat(a.Text(0).Select(c => @"\.+*?()|[]{}^$".Contains(c, StringComparison.Ordinal) ? $"\\{c}" : $"{c}")));
    }

    private static Regex Compiled(Arguments arguments)
    {
        arguments.Budget.Spend(PriceOfCompiling);
        arguments.Budget.SpendText(arguments.Text(1).Length);
        return GoRegex.Compile(arguments.Text(0));
    }

    private static List<Match> Matches(Arguments arguments)
    {
        try
        {
            var matches = new List<Match>();
            foreach (Match match in Compiled(arguments).Matches(arguments.Text(1)))
            {
                arguments.Budget.Spend(1);
                matches.Add(match);
            }

            return matches;
        }
        catch (RegexMatchTimeoutException)
        {
            throw new ExpressionException("a regular expression takes too long on its text");
        }
    }

    private static IEnumerable<Match> First(List<Match> matches, long most) =>
        most < 0 ? matches : matches.Take((int)Math.Min(most, int.MaxValue));

    private static string Replaced(Arguments arguments, Func<Match, string> replacement)
    {
        var text = arguments.Text(1);
        var result = new System.Text.StringBuilder();
        var position = 0;
        foreach (var match in Matches(arguments))
        {
            var inserted = replacement(match);
            arguments.Budget.SpendText(inserted.Length);
            result.Append(text, position, match.Index - position).Append(inserted);
            position = match.Index + match.Length;
        }

        return result.Append(text, position, text.Length - position).ToString();
    }

    private static List<object?> Split(Arguments arguments, long most)
    {
        var parts = new List<object?>();
        if (most == 0)
        {
            return parts;
        }

        var text = arguments.Text(1);
        var position = 0;
        foreach (var match in Matches(arguments).Where(match => match.Index + match.Length > 0))
        {
            if (most > 0 && parts.Count == most - 1)
            {
                break;
            }

            parts.Add(text[position..match.Index]);
            position = match.Index + match.Length;
        }

        parts.Add(text[position..]);
        return parts;
    }
}
