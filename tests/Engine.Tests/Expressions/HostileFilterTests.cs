using System.Text;
using System.Text.Json.Nodes;
using Argosy.Engine.Expressions;
using Argosy.Engine.Expressions.Jq;
using Argosy.Engine.Expressions.KubectlPaths;

namespace Argosy.Engine.Tests.Expressions;

/// <summary>Whatever the filter or path, applying it ends, and ends in a result or in the one exception callers expect.</summary>
public sealed class HostileFilterTests
{
    private const int Rounds = 6_000;

    private const string Symbols = "(){}[]'\"`#.|?:+-*/%=<>!&,;$@\\09";

    private static readonly string[] Seeds =
    [
        ".a[1:] // (.b | map(select(. > 1)) | add) as $x | {a: $x, (\"k\" + \"l\"): [.[]?], \"x\\(.a)\": @csv}",
        "def f(g; $h): if . == null then $h elif g then . + 1 else -. end; reduce .a[] as [$p, {q: $r}] (0; . + ($p // 1)) | f(. < 3; 2)",
        "label $out | foreach range(0; 9; 2) as $i (null; . + $i; if . > 6 then break $out else {$i, v: .} end)",
        "try error({m: .a}) catch (.m |= (map(. * 2) | .[0] = 9)) | del(.m[1], .m[0]) | to_entries | with_entries(.value += 1)",
        ".. |= (if type == \"string\" then gsub(\"(?<c>[a-z])\"; \"<\\(.c)>\") else . end) | [paths(type == \"number\")] | group_by(length)",
        "[.b | .. as [$a] ?// {b: $a} ?// $a | $a] | sort_by(.) | unique | limit(3; .[]) | tojson | fromjson? // \"x\" / \"y\" | @base64d",
        "\"2015-03-05T23:51:47Z\" | strptime(\"%Y-%m-%dT%H:%M:%SZ\") | mktime | todate | test(\"^2\"; \"x\") and (infinite | isinfinite)",
        "{range .items[*]}{.metadata.name}{\"\\t\"}{.a['b.c', \"d\"]}{end}{..x}{.a[?(@.b==1)].c}{.a[0:2:1]} {.l\\.m/n}",
        "{.users[?(@.name=='e2e')].user.password}{$.a[-1]}{@}{ 'text' }",
    ];

    private static readonly JsonNode Input = JsonNode.Parse("""{"a":[1,[2,{"q":3}],"xyz"],"b":{"c":null,"d":[true,1.5]},"items":[{"metadata":{"name":"n"}}]}""")!;

    [Fact]
    public void MutatedFilters_EndInAResultOrAnExpressionException()
    {
        var random = new Random(20251122);
        for (var round = 0; round < Rounds; round++)
        {
            TryEverything(Mutated(random));
        }
    }

    [Theory]
    [InlineData("(", "1", ")")]
    [InlineData("[", "1", "]")]
    [InlineData("{a:", "1", "}")]
    [InlineData("-", "1", "")]
    [InlineData("\"\\(", "1", ")\"")]
    [InlineData("if 1 then ", "1", " end")]
    [InlineData("try ", "1", "")]
    [InlineData("def f: ", ".", "; f")]
    [InlineData("1 as $x | ", "1", "")]
    [InlineData("1 | ", "1", "")]
    [InlineData("1 // ", "1", "")]
    [InlineData("1 + ", "1", "")]
    [InlineData("1, ", "1", "")]
    [InlineData("", ".", ".a")]
    [InlineData("", ".", "?")]
    [InlineData("", ". as ", "[")]
    [InlineData("label $x | ", "1", "")]
    [InlineData("{range .a}", "", "{end}")]
    [InlineData("{.a[?(@.b", "", ")]}")]
    public void EndlessNesting_IsRefused(string before, string middle, string after)
    {
        const int Times = 20_000;
        var source = new StringBuilder().Insert(0, before, Times).Append(middle).Insert((before.Length * Times) + middle.Length, after, Times).ToString();

        Assert.Throws<ExpressionException>(() => JqFilter.Parse(source).Apply(null));
        Try(() => KubectlPath.Parse(source).Render(Input), source);
    }

    [Fact]
    public void DeepInput_IsRefusedOrWalked()
    {
        var deep = string.Concat(Enumerable.Repeat("[", 200)) + string.Concat(Enumerable.Repeat("]", 200));
        foreach (var filter in new[] { "..", "[paths]", "flatten", "tojson", "[tostream]", "walk(.)", "[..] | sort", "contains(.)", ". == [.]", "del(..)" })
        {
            Try(() => JqFilter.Parse(filter).Apply(JsonNode.Parse(deep, null, new() { MaxDepth = 500 })), filter);
        }

        Try(() => KubectlPath.Parse("{..a}").Render(JsonNode.Parse(deep, null, new() { MaxDepth = 500 })), "{..a}");
        Try(() => JqFilter.Parse("reduce range(100000) as $x (1; [.])").Apply(null), "nesting");
    }

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
        Try(() => JqFilter.Parse(text).Extract(Input), text);
        Try(() => KubectlPath.Parse(text).Render(Input), text);
    }

    private static void Try(Func<object?> action, string text)
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
