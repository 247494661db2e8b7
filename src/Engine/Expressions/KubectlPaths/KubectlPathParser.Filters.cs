using System.Globalization;

namespace Argosy.Engine.Expressions.KubectlPaths;

/// <content>What stands in the parentheses of a filter.</content>
internal sealed partial class KubectlPathParser
{
    private KubectlFilter ParseFilter()
    {
        if (++nesting > MaxNesting)
        {
            throw Refuse("filters are nested too deeply");
        }

        var left = ParseOperand();
        SkipBlanks();
        string? @operator = null;
        KubectlOperand? right = null;
        foreach (var candidate in new[] { "==", "!=", "<=", ">=", "<", ">" })
        {
            if (Accept(candidate))
            {
                (@operator, right) = (candidate, ParseOperand());
                break;
            }
        }

        SkipBlanks();
        Expect(")]");
        nesting--;
        return new KubectlFilter(left, @operator, right);
    }

    private KubectlOperand ParseOperand()
    {
        SkipBlanks();
        if (Current is '\'' or '"')
        {
            return new KubectlOperand(ParseQuoted(), null);
        }

        if (char.IsAsciiDigit(Current) || Current is '-' or '+')
        {
            return new KubectlOperand(ParseNumber(), null);
        }

        if (Word("true"))
        {
            return new KubectlOperand(true, null);
        }

        return Word("false") ? new KubectlOperand(false, null) : new KubectlOperand(null, ParseFilterPath());
    }

    /// <summary>Inside a filter an operator or the closing parenthesis also ends a name.</summary>
    private List<KubectlStep> ParseFilterPath()
    {
        inFilter++;
        var steps = ParsePath();
        inFilter--;
        return steps;
    }

    private object ParseNumber()
    {
        var start = position;
        position++;
        while (char.IsAsciiDigit(Current) || Current == '.')
        {
            position++;
        }

        var text = source.AsSpan(start, position - start);
        return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) ? whole
            : double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) ? number
            : throw Refuse($"cannot parse number {text}");
    }
}
