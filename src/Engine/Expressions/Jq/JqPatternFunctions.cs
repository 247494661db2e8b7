using System.Text.RegularExpressions;
using Argosy.Engine.Expressions.Values;

namespace Argosy.Engine.Expressions.Jq;

/// <summary>Regular expressions: in Go's syntax, as gojq has them.</summary>
internal static class JqPatternFunctions
{
    public static void AddTo(Action<string, int, JqNative> add, Action<string, int, Func<JqCall, object?>> addValue)
    {
        addValue("test", 1, call => Test(call, PatternOf(call), FlagsOf(call)));
        addValue("test", 2, call => Test(call, call[0], call[1]));
        add("match", 1, (arguments, environment, input) => arguments[0].Values(environment, input).SelectMany(given =>
            given is List<object?> pair
                ? Found(input, pair.ElementAtOrDefault(0), pair.ElementAtOrDefault(1), environment.Budget)
                : Found(input, given, null, environment.Budget)));
        add("match", 2, (arguments, environment, input) =>
            from pattern in arguments[0].Values(environment, input)
            from flags in arguments[1].Values(environment, input)
            from found in Found(input, pattern, flags, environment.Budget)
            select found);
        addValue("split", 2, Split);
        add("sub", 3, Substitute);
    }

    private static object? PatternOf(JqCall call) => call[0] is List<object?> pair ? pair.ElementAtOrDefault(0) : call[0];

    private static object? FlagsOf(JqCall call) => call[0] is List<object?> pair ? pair.ElementAtOrDefault(1) : null;

    private static object? Test(JqCall call, object? pattern, object? flags)
    {
        var (regex, _) = Compile(pattern, flags);
        call.Budget.SpendText(call.Text.Length);
        return GoRegex.IsMatch(regex, call.Text);
    }

    private static IEnumerable<Located> Found(Located input, object? pattern, object? flags, Budget budget)
    {
        var text = input.Value as string ?? throw new JqFailure($"match cannot be applied to: {JqValue.Preview(input.Value)}");
        return Matches(text, pattern, flags, budget).Select(match => input.Computed(Described(text, match, budget)));
    }

    private static List<Match> Matches(string text, object? pattern, object? flags, Budget budget)
    {
        var (regex, isGlobal) = Compile(pattern, flags);
        budget.SpendText(text.Length * 4L);
        try
        {
            var found = new List<Match>();
            for (var match = regex.Match(text); match.Success; match = match.NextMatch())
            {
                budget.Spend(2 + match.Groups.Count);
                found.Add(match);
                if (!isGlobal)
                {
                    break;
                }
            }

            return found;
        }
        catch (RegexMatchTimeoutException)
        {
            throw new ExpressionException("a regular expression takes too long");
        }
    }

    private static (Regex Regex, bool IsGlobal) Compile(object? pattern, object? flags)
    {
        var source = pattern as string ?? throw new JqFailure($"a regular expression must be a string, not: {JqValue.Preview(pattern)}");
        var letters = flags switch
        {
            null => "",
            string text => text,
            _ => throw new JqFailure($"the flags of a regular expression must be a string, not: {JqValue.Preview(flags)}"),
        };
        if (letters.Any(letter => !"gimnpslx".Contains(letter, StringComparison.Ordinal)))
        {
            throw new JqFailure($"unsupported regular expression flag: {JqValue.Text(letters)}");
        }

        var options = (letters.Contains('i') ? "i" : "") + (letters.Contains('s') || letters.Contains('p') ? "s" : "")
            + (letters.Contains('x') ? "x" : "");
        try
        {
            return (GoRegex.Compile(options.Length == 0 ? source : $"(?{options}){source}"), letters.Contains('g'));
        }
        catch (ExpressionException e)
        {
            throw new JqFailure(e.Message);
        }
    }

    private static ValueMap Described(string text, Match match, Budget budget)
    {
        budget.Spend(4 + (4 * match.Groups.Count));
        var captures = match.Groups.Cast<Group>().Skip(1).Select(group => (object?)new ValueMap
        {
            ["name"] = NameOf(group),
            ["offset"] = group.Success ? JqTexts.RuneCount(text, 0, group.Index) : -1L,
            ["length"] = group.Success ? JqTexts.RuneCount(text, group.Index, group.Index + group.Length) : 0L,
            ["string"] = group.Success ? group.Value : null,
        });
        return new ValueMap
        {
            ["offset"] = JqTexts.RuneCount(text, 0, match.Index),
            ["length"] = JqTexts.RuneCount(text, match.Index, match.Index + match.Length),
            ["string"] = match.Value,
            ["captures"] = captures.ToList(),
        };
    }

    /// <summary>Groups without a name are numbered, and a name cannot begin with a digit.</summary>
    private static string? NameOf(Group group) => char.IsAsciiDigit(group.Name[0]) ? null : group.Name;

    private static List<object?> Split(JqCall call)
    {
        var text = call.Text;
        var parts = new List<object?>();
        var from = 0;
        foreach (var match in Matches(text, call[0], "g" + (call[1] as string ?? ""), call.Budget))
        {
            parts.Add(text[from..match.Index]);
            from = match.Index + match.Length;
        }

        parts.Add(text[from..]);
        return parts;
    }

    /// <summary>Each match replaced by the filter's output for its named captures; several outputs make several texts.</summary>
    private static IEnumerable<Located> Substitute(IReadOnlyList<JqNode> arguments, JqEnvironment environment, Located input)
    {
        var text = input.Value as string ?? throw new JqFailure($"sub cannot be applied to: {JqValue.Preview(input.Value)}");
        foreach (var pattern in arguments[0].Values(environment, input))
        {
            foreach (var flags in arguments[2].Values(environment, input))
            {
                foreach (var result in Substitute(text, Matches(text, pattern, flags, environment.Budget), arguments[1], environment))
                {
                    yield return input.Computed(result);
                }
            }
        }
    }

    private static IEnumerable<string> Substitute(string text, List<Match> matches, JqNode replacement, JqEnvironment environment)
    {
        List<System.Text.StringBuilder> results = [new()];
        var from = 0;
        foreach (var match in matches)
        {
            var captures = new ValueMap(match.Groups.Cast<Group>().Skip(1).Where(group => NameOf(group) is not null)
                .Select(group => KeyValuePair.Create(group.Name, group.Success ? (object?)group.Value : null)));
            var texts = replacement.Values(environment, new Located(captures, null)).Select(value => value as string
                ?? throw new JqFailure($"expected a string to put in the place of a match but got: {JqValue.Preview(value)}")).ToList();
            var before = text[from..match.Index];
            from = match.Index + match.Length;
            if (texts is [var only])
            {
                foreach (var result in results)
                {
                    environment.Budget.SpendText(before.Length + only.Length);
                    result.Append(before).Append(only);
                }

                continue;
            }

            results = [.. texts.SelectMany(each => results.Select(result =>
            {
                environment.Budget.SpendText(result.Length + before.Length + each.Length);
                return new System.Text.StringBuilder().Append(result).Append(before).Append(each);
            }))];
        }

        return results.Select(result => result.Append(text, from, text.Length - from).ToString());
    }
}
