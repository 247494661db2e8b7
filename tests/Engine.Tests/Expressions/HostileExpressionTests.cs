using System.Text;
using Argosy.Engine.Expressions;

namespace Argosy.Engine.Tests.Expressions;

/// <summary>Whatever the input, an evaluation ends, and ends in a result or in the one exception callers expect.</summary>
public sealed class HostileExpressionTests
{
    private const int Rounds = 10_000;

    private const string Symbols = "(){}[]'\"`#.|?:+-*/%=<>!&,;$\\09";

    private static readonly string[] Seeds =
    [
        "steps['a-b'].outputs.result == 'x' ? asInt(inputs.parameters.n) + 1 : -2 ** 3 % 4",
        "filter(1..9, {# % 2 == 0}) | map(# * 2) | reduce(#acc + #, 0)",
        "let x = fromJSON('{\"a\": [1, 2.5, null]}'); x?.a[1:] ?? {b: `raw`, (1): \"\\u00e9\"}",
        "sprig.regexReplaceAll('a(x*)b', '-ab-axxb-', '${1}W') + sprig.trunc(-3, 'hello') + sprig.seq(1, 2, 9)",
        "jsonpath('{\"e\":[{\"n\":\"B\",\"a\":43}]}', '$.e[?(@.a>42 && @.n=~/B/)].a[0:1]') not in [1, nil] and 'abc' matches '^a.c$'",
        "(date('2023-08-14') + duration('1h30m')).Format('Mon Jan _2 15:04:05.000 MST 2006') + string(toPairs({a: 1}))",
        "if all([true], #) { sortBy([{a: 2}, {a: 1}], 'a', 'desc') } else { sprig.merge({a: 1}, {b: {c: 2}}) }",
        "{{=foo}} {{ inputs.parameters.{{x}} }} {{='}}' + \"{{\"}}",
        "a-b =~ '^a' && (1 + 2) * 3 >= 0x9 || c in (d, '2024-01-01') ? !true : [x y] != z",
        "A && (B-1.Succeeded || !c_2.Failed)",
    ];

    private static readonly Dictionary<string, object?> Environment = new() { ["steps"] = new Dictionary<string, object?>(), ["x"] = 1, ["foo"] = "f" };

    [Fact]
    public void MutatedExpressions_EndInAResultOrAnExpressionException()
    {
        var random = new Random(20240614);
        for (var round = 0; round < Rounds; round++)
        {
            TryEverything(Mutated(random));
        }
    }

    [Fact]
    public void RandomText_EndsInAResultOrAnExpressionException()
    {
        var random = new Random(4711);
        var bytes = new byte[48];
        for (var round = 0; round < Rounds; round++)
        {
            random.NextBytes(bytes);
            TryEverything(round % 2 == 0 ? Encoding.UTF8.GetString(bytes) : Encoding.Latin1.GetString([.. bytes.Select(b => (byte)(' ' + (b % 95)))]));
        }
    }

    [Theory]
    [InlineData("(", "1", ")")]
    [InlineData("[", "1", "]")]
    [InlineData("{a:", "1", "}")]
    [InlineData("-", "1", "")]
    [InlineData("not ", "true", "")]
    [InlineData("abs(", "1", ")")]
    [InlineData("map([1],", "1", ")")]
    [InlineData("1+", "1", "")]
    [InlineData("2**", "1", "")]
    [InlineData("1<", "1", "")]
    [InlineData("true?1:", "1", "")]
    [InlineData("let x = 1;", "1", "")]
    [InlineData("if true {1} else ", "{1}", "")]
    [InlineData("", "a", ".b")]
    [InlineData("", "[]", "[0:]")]
    [InlineData("", "1", "|abs()")]
    [InlineData("", "nil", "??nil")]
    public void EndlessNesting_IsRefused(string before, string middle, string after)
    {
        const int Times = 20_000;
        var source = new StringBuilder().Insert(0, before, Times).Append(middle).Insert(before.Length * Times + middle.Length, after, Times).ToString();

        Assert.Throws<ExpressionException>(() => Expression.Parse(source).Evaluate(Environment));
    }

    [Theory]
    [InlineData("1..9223372036854775807")]
    [InlineData("map(1..1000, map(1..1000, map(1..1000, 1)))")]
    [InlineData("reduce(1..99, #acc + #acc, 'xxxxxxxxxx')")]
    [InlineData("reduce(1..99, [#acc, #acc], 1) == reduce(1..99, [#acc, #acc], 1)")]
    [InlineData("toJson(reduce(1..99, [#acc, #acc], 1))")]
    [InlineData("string(reduce(1..99, [#acc, #acc], 1))")]
    [InlineData("flatten(reduce(1..99, [#acc, #acc], 1))")]
    [InlineData("max(reduce(1..99, [#acc, #acc], 1))")]
    [InlineData("toJson(reduce(1..9999, [#acc], 1))")]
    [InlineData("flatten(reduce(1..9999, [#acc], 1))")]
    [InlineData("repeat(repeat('x', 1000000), 1000000)")]
    [InlineData("sprig.repeat(1000000, sprig.repeat(1000000, 'x'))")]
    [InlineData("replace(repeat('a', 100000), 'a', repeat('b', 100000))")]
    [InlineData("join(map(1..1000, repeat('x', 100000)))")]
    [InlineData("uniq(1..100000)")]
    [InlineData("sprig.until(9223372036854775807)")]
    [InlineData("sprig.indent(9223372036854775807, 'x')")]
    [InlineData("fromJSON(repeat('[', 100000))")]
    [InlineData("jsonpath('{}', '$' + repeat('.a', 100000))")]
    [InlineData("jsonpath('{}', '$[?(' + repeat('(', 100000))")]
    [InlineData("jsonpath('{}', '$[?(' + repeat('!', 100000))")]
    [InlineData("'x' matches repeat('(', 3000)")]
    [InlineData("'x' matches '((a{1000}){1000}){1000}'")]
    [InlineData("bitshl(1, 9223372036854775807) + duration('9999999999999999999h')")]
    [InlineData("date('9999-12-31') + duration('9999h')")]
    [InlineData("date('9999-12-31').AddDate(9223372036854775807, 1, 1)")]
    public void EndlessWork_IsRefused(string source) =>
        Assert.Throws<ExpressionException>(() => Expression.Parse(source).Evaluate(Environment));

    [Theory]
    [InlineData("repeat('a', 100000) matches '^(a+)+$'")]
    [InlineData("sprig.regexMatch('(a|aa)+$', repeat('a', 10000) + 'b') == false")]
    public void PatternsThatHurtElsewhere_AreHarmless(string source) => Assert.Equal(true, Expression.Parse(source).Evaluate(Environment));

    private static string Mutated(Random random)
    {
        var text = new StringBuilder(Seeds[random.Next(Seeds.Length)]);
        for (var changes = random.Next(1, 6); changes > 0 && text.Length > 2; changes--)
        {
            var at = random.Next(text.Length - 1);
            var other = Seeds[random.Next(Seeds.Length)];
            var from = random.Next(other.Length);
            _ = random.Next(5) switch
            {
                0 => text.Remove(at, random.Next(1, Math.Min(6, text.Length - at))),
                1 => text.Insert(at, other.AsSpan(from, random.Next(other.Length - from))),
                2 => text.Insert(at, Symbols[random.Next(Symbols.Length)]),
                3 => text.Replace(text[at], (char)random.Next(1, 300), at, 1),
                _ => text.Insert(at, random.NextInt64(long.MinValue, long.MaxValue)),
            };
        }

        return text.ToString();
    }

    private static void TryEverything(string text)
    {
        var variables = new KnownVariables { ["foo"] = "f", ["x"] = "1", ["inputs.parameters.n"] = "2" };
        Try(() => Expression.Parse(text).Evaluate(Environment));
        Try(() => Expression.Parse(text).Evaluate(variables));
        Try(() => TagText.Parse(text).Render(variables));
        Try(() => TagText.Parse("{{=" + text + "}}").Render(variables));
        Try(() => WhenCondition.Evaluate(text));
        Try(() => DependsExpression.Parse(text).Evaluate((_, _) => true));

        void Try(Func<object?> action)
        {
            try
            {
                action();
            }
            catch (ExpressionException)
            {
                // The expected way to fail.
            }
            catch (Exception e)
            {
                Assert.Fail($"{e.GetType().Name} escaped for: {text}\n{e}");
            }
        }
    }
}
