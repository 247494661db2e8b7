using System.Text.Json.Nodes;
using Argosy.Engine.Expressions;
using Argosy.Engine.Expressions.Jq;

namespace Argosy.Engine.Tests.Expressions;

public sealed class JqFilterTests
{
    [Theory]
    [InlineData(".", """{"b":1,"a":2}""", """{"a":2,"b":1}""")]
    [InlineData("", "1", "1")]
    [InlineData(".a.b", """{"a":{"b":1}}""", "1")]
    [InlineData(".a.b.c", """{"a":null}""", "null")]
    [InlineData(""".["a-b"], ."a-b", ."a-b"?""", """{"a-b":1}""", "1|1|1")]
    [InlineData(".[0], .[-1], .[9]", "[1,2,3]", "1|3|null")]
    [InlineData(".[1:], .[:-1], .[1:2]", "[1,2,3]", "[2,3]|[1,2]|[2]")]
    [InlineData(".[1:3]", "\"häßlich\"", "\"äß\"")]
    [InlineData(".[]", """{"b":1,"a":2}""", "2|1")]
    [InlineData(".items[].metadata.name", """{"items":[{"metadata":{"name":"a"}},{"metadata":{"name":"b"}}]}""", "\"a\"|\"b\"")]
    [InlineData(".a[]?", """{"a":1}""", "")]
    [InlineData("[..]", "[[1]]", "[[[1]],[1],1]")]
    [InlineData("[.[] | select(.ok) | .n]", """[{"n":1,"ok":true},{"n":2,"ok":null}]""", "[1]")]
    [InlineData(".a, .b | . + 1", """{"a":1,"b":2}""", "2|3")]
    public void Paths(string filter, string input, string outputs) => Check(filter, input, outputs);

    [Theory]
    [InlineData("[(1,2) + (10,20)]", "[11,12,21,22]")]
    [InlineData("1 + 2 * 3 - 4 / 2 % 3", "5")]
    [InlineData("7 / 2, 6 / 2, 7 % 4, -7 % 4", "3.5|3|3|-3")]
    [InlineData("9007199254740993 + 1", "9007199254740994")]
    [InlineData("9223372036854775807, 9223372036854775807 + 1", "9223372036854775807|9223372036854776000")]
    [InlineData("[1,2,1] - [1], [1] + [2], null + 1, {a:1} + {b:2}", "[2]|[1,2]|1|{\"a\":1,\"b\":2}")]
    [InlineData("{a:{b:1}} * {a:{c:2}}, \"ab\" * 2, \"x\" * 0", "{\"a\":{\"b\":1,\"c\":2}}|\"abab\"|null")]
    [InlineData("\"a,b\" / \",\"", "[\"a\",\"b\"]")]
    [InlineData("1 < 2, \"a\" < \"b\", null < false, [1] < [1,0], {} > []", "true|true|true|true|true")]
    [InlineData("1 == 1.0, \"1\" == 1", "true|false")]
    [InlineData("(true, false) and (true, false)", "true|false|false")]
    [InlineData("(true, false) or (true, false)", "true|true|false")]
    [InlineData("null // 1, (false, 2) // 3, empty // 4, .a.b // 5", "1|2|4|5")]
    [InlineData("1 // error(\"x\")", "1")]
    [InlineData("error(\"x\") // 1", "1")]
    [InlineData("-(1), -1 + 2, [-1]", "-1|1|[-1]")]
    [InlineData("if . == null then 1 elif true then 2 else 3 end", "1")]
    [InlineData("if false then 1 end", "null")]
    [InlineData("[if (true, false) then 1 else 2 end]", "[1,2]")]
    [InlineData("try error(\"x\") catch . + \"y\", (try error({a:1}) catch .a), [.[]?], (try 1 catch 2)", "\"xy\"|1|[]|1")]
    [InlineData("[.a?//1]", "[1]")]
    [InlineData("1 | try error catch . + 1, (error? // 3)", "2|3")]
    public void Operators(string filter, string outputs) => Check(filter, "null", outputs);

    [Theory]
    [InlineData("{a: 1, \"b c\": 2, (\"d\" + \"e\"): 3, @base64 \"x\": 4}", "{\"a\":1,\"b c\":2,\"de\":3,\"x\":4}")]
    [InlineData("{a, \"b\"}", "{\"a\":1,\"b\":2}")]
    [InlineData(". as {a: $x, b: $y} | {$x, z: $y}", "{\"x\":1,\"z\":2}")]
    [InlineData("[{a: (1,2), b: (3,4)}] | length, (map(.a + .b) | sort)", "4|[4,5,5,6]")]
    [InlineData("{if: 1, end: 2} | .if, .end", "1|2")]
    [InlineData("{a: 1 | . + 1, b: 2}", "{\"a\":2,\"b\":2}")]
    [InlineData("{\"x\\(.a)\": true}", "{\"x1\":true}")]
    [InlineData("\"a\\(.a, 5)b\\(\"n\\(.b)\")\"", "\"a1bn2\"|\"a5bn2\"")]
    [InlineData("\"\\u00e9\\n\"", "\"é\\n\"")]
    public void Construction(string filter, string outputs) => Check(filter, """{"a":1,"b":2}""", outputs);

    [Theory]
    [InlineData(". as [$a, {b: $c}] | [$c, $a]", """[1,{"b":2}]""", "[2,1]")]
    [InlineData(".[] as $x | $x * 2", "[1,2]", "2|4")]
    [InlineData(".[] as [$a] ?// $a | [$a]", "[[1],2]", "[1]|[2]")]
    [InlineData(".[] as [$a] ?// {a: $b} | [$a, $b]", """[[1],{"a":2}]""", "[1,null]|[null,2]")]
    [InlineData(". as {$a: [$b]} | [$a, $b]", """{"a":[3]}""", "[[3],3]")]
    [InlineData("reduce .[] as $x (0; . + $x)", "[1,2,3]", "6")]
    [InlineData("reduce .[] as [$a, $b] ({}; .[$a] = $b)", """[["x",1],["y",2]]""", "{\"x\":1,\"y\":2}")]
    [InlineData("reduce empty as $x (0; 1)", "null", "0")]
    [InlineData("[foreach .[] as $x (0; . + $x)]", "[1,2,3]", "[1,3,6]")]
    [InlineData("[foreach .[] as $x (0; . + $x; [$x, .])]", "[1,2]", "[[1,1],[2,3]]")]
    [InlineData("def f: . + 1; def g(x): x | f; g(. * 2)", "3", "7")]
    [InlineData("def f($a; $b): $a + $b; [f(1,2; 10,20)]", "null", "[11,21,12,22]")]
    [InlineData("def fac: if . <= 1 then 1 else . * (. - 1 | fac) end; fac", "10", "3628800")]
    [InlineData("def f(x): def g: x; g; f(.a)", """{"a":1}""", "1")]
    [InlineData("def f: def f: 2; f; f", "null", "2")]
    [InlineData("[label $out | .[] | if . > 1 then break $out else . end]", "[1,2,1]", "[1]")]
    [InlineData("(1 | [limit(3; repeat(.))]), [first(range(10))], [limit(0; 1)]", "null", "[1,1,1]|[0]|[]")]
    [InlineData("[range(3)], [range(1;3)], [range(0;10;4)], [range(3;0;-1)]", "null", "[0,1,2]|[1,2]|[0,4,8]|[3,2,1]")]
    [InlineData("[.[] | until(. > 100; . * 2)], [1 | while(. < 10; . * 2)]", "[1,30]", "[128,120]|[1,2,4,8]")]
    [InlineData("[recurse(if . < 3 then . + 1 else empty end)], [2 | recurse(. * .; . < 20)]", "1", "[1,2,3]|[2,4,16]")]
    [InlineData("isempty(empty), isempty(1, error(\"x\")), nth(1; 5, 6), last(1, 2), [skip(1; 1, 2)]", "null", "true|false|6|2|[2]")]
    [InlineData("$__loc__.line, ($ENV | length), env", "null", "1|0|{}")]
    public void BindingsAndFunctions(string filter, string input, string outputs) => Check(filter, input, outputs);

    [Theory]
    [InlineData(".a = 1", "{}", "{\"a\":1}")]
    [InlineData(".a.b[1] = 2", "null", "{\"a\":{\"b\":[null,2]}}")]
    [InlineData(".a |= . + 1", """{"a":1}""", "{\"a\":2}")]
    [InlineData(".[] += 1", "[1,2]", "[2,3]")]
    [InlineData(".a += .b", """{"a":1,"b":2}""", "{\"a\":3,\"b\":2}")]
    [InlineData(".a -= 1 | .a *= 6 | .a /= 2 | .a %= 4", """{"a":2}""", "{\"a\":3}")]
    [InlineData(".a //= 5 | .b //= 6", """{"a":null,"b":1}""", "{\"a\":5,\"b\":1}")]
    [InlineData("(.a, .b) = 9", "{}", "{\"a\":9,\"b\":9}")]
    [InlineData(".a = (1, 2)", "{}", "{\"a\":1}|{\"a\":2}")]
    [InlineData("(.[] | select(. > 1)) |= empty", "[1,2,3]", "[1]")]
    [InlineData(".[1:] = [9]", "[1,2,3]", "[1,9]")]
    [InlineData("del(.a), del(.b, .c)", """{"a":1,"b":2}""", "{\"b\":2}|{\"a\":1}")]
    [InlineData("del(.[0, 2]), del(.[1:]), del(.[-1])", "[1,2,3]", "[2]|[1]|[1,2]")]
    [InlineData("to_entries, with_entries(.value += 1)", """{"a":1}""", "[{\"key\":\"a\",\"value\":1}]|{\"a\":2}")]
    [InlineData("from_entries", """[{"key":"a","value":1},{"name":"b","value":null},{"k":false,"v":2}]""", "{\"a\":1,\"b\":null,\"false\":2}")]
    [InlineData("[paths], [paths(type == \"number\")], [leaf_paths]", """{"a":[1]}""", "[[\"a\"],[\"a\",0]]|[[\"a\",0]]|[[\"a\",0]]")]
    [InlineData("getpath([\"a\",0,\"b\"]), setpath([\"a\"]; 1), delpaths([[\"a\"]]), [path(.a[0].b?)]", "null", "null|{\"a\":1}|null|[[\"a\",0,\"b\"]]")]
    [InlineData("map_values(. + 1), map(. * 2), pick(.[1])", "[1,2]", "[2,3]|[2,4]|[null,2]")]
    [InlineData("walk(if type == \"number\" then . + 1 else . end)", """{"a":[1,{"b":2}]}""", "{\"a\":[2,{\"b\":3}]}")]
    [InlineData("[tostream], fromstream(tostream)", """{"a":[1]}""", "[[[\"a\",0],1],[[\"a\",0]],[[\"a\"]]]|{\"a\":[1]}")]
    [InlineData("(.. | select(type == \"string\")) |= ascii_upcase", """{"a":["x"]}""", "{\"a\":[\"X\"]}")]
    [InlineData("first(.a, .b) = 1", "{}", "{\"a\":1}")]
    [InlineData("if .a then .b else .c end |= 7", "{}", "{\"c\":7}")]
    public void Updates(string filter, string input, string outputs) => Check(filter, input, outputs);

    [Theory]
    [InlineData("length, (.a | length), (\"äb\" | length), (-3 | length), (null | length)", """{"a":[1]}""", "1|1|2|3|0")]
    [InlineData("keys, has(\"a\"), has(\"z\"), (.a | has(0)), (\"a\" | in({a: 1}))", """{"b":1,"a":[0]}""", "[\"a\",\"b\"]|true|false|true|true")]
    [InlineData("add, any, all, min, max, (map(. > 1) | any, all)", "[1,2]", "3|true|true|1|2|true|false")]
    [InlineData("add(.[] | . * 2), ([] | add), ([[1],[2]] | add), ([\"a\",null,\"b\"] | add)", "[1,2]", "6|null|[1,2]|\"ab\"")]
    [InlineData("sort, unique, reverse, (map({a: .}) | sort_by(-.a) | map(.a))", "[3,1,3]", "[1,3,3]|[1,3]|[3,1,3]|[3,3,1]")]
    [InlineData("group_by(.a) | map(map(.b))", """[{"a":2,"b":1},{"a":1,"b":2},{"a":2,"b":3}]""", "[[2],[1,3]]")]
    [InlineData("(unique_by(.a) | map(.b)), (min_by(.b) | .b), (max_by(.a) | .b)", """[{"a":2,"b":1},{"a":1,"b":2},{"a":2,"b":3}]""", "[2,1]|1|3")]
    [InlineData("flatten, flatten(1)", "[1,[2,[3]]]", "[1,2,3]|[1,2,[3]]")]
    [InlineData("contains({a: \"b\"}), ({a: \"b\"} | inside({a: \"abc\"}))", """{"a":"abc","c":1}""", "true|true")]
    [InlineData("index(\"b\"), rindex(\"b\"), indices(\"b\"), ([1,2,1] | index(1), indices([2,1]))", "\"abcb\"", "1|3|[1,3]|0|[1]")]
    [InlineData("join(\",\"), ([] | join(\",\"))", """["a",1,null,true]""", "\"a,1,,true\"|\"\"")]
    [InlineData("split(\",\"), split(\", *\"; null), ascii_downcase, ascii_upcase", "\"A, b\"", "[\"A\",\" b\"]|[\"A\",\"b\"]|\"a, b\"|\"A, B\"")]
    [InlineData("ltrimstr(\"a\"), rtrimstr(\"c\"), startswith(\"a\"), endswith(\"x\"), (\" x \" | trim, ltrim, rtrim)", "\"abc\"", "\"bc\"|\"ab\"|true|false|\"x\"|\"x \"|\" x\"")]
    [InlineData("explode, (explode | implode), (65 | [.] | implode), utf8bytelength", "\"aé\"", "[97,233]|\"aé\"|\"A\"|3")]
    [InlineData("tojson, (tojson | fromjson), tostring, (\"1.5\" | tonumber), ([1] | tostring)", "{\"a\":1}", "\"{\\\"a\\\":1}\"|{\"a\":1}|\"{\\\"a\\\":1}\"|1.5|\"[1]\"")]
    [InlineData("[.[] | type]", "[null,true,1,\"\",[],{}]", "[\"null\",\"boolean\",\"number\",\"string\",\"array\",\"object\"]")]
    [InlineData("[.[] | numbers], [.[] | scalars], [.[] | values]", "[null,1,[]]", "[1]|[null,1]|[1,[]]")]
    [InlineData("floor, sqrt, pow(.; 2), (2.5 | round, ceil, trunc), (10 | log10), abs", "4", "4|2|16|3|3|2|1|4")]
    [InlineData("transpose, ([[1,2],[3]] | [combinations]), ([0,1] | [combinations(2)] | length)", "[[1],[2,3]]", "[[1,2],[null,3]]|[[1,3],[2,3]]|4")]
    [InlineData("test(\"B\"; \"i\"), test(\"^b\"), [match(\"b(?<n>c)?\"; \"g\").offset], [scan(\"[a-c]\")], capture(\"(?<x>.)\")", "\"abcb\"", "true|false|[1,3]|[\"a\",\"b\",\"c\",\"b\"]|{\"x\":\"a\"}")]
    [InlineData("sub(\"b\"; \"x\"), gsub(\"(?<l>[ab])\"; \"<\\(.l)>\"), gsub(\"\"; \"-\"), [splits(\"b\")]", "\"abc\"", "\"axc\"|\"<a><b>c\"|\"-a-b-c-\"|[\"a\",\"c\"]")]
    [InlineData("@text, @json, @html, @uri, @sh, @base64, (@base64 | @base64d), @base32, (@base32 | @base32d)", "\"<a b>\"", "\"<a b>\"|\"\\\"<a b>\\\"\"|\"&lt;a b&gt;\"|\"%3Ca%20b%3E\"|\"'<a b>'\"|\"PGEgYj4=\"|\"<a b>\"|\"HRQSAYR6\"|\"<a b>\"")]
    [InlineData("@csv, @tsv, @sh, @csv \"x\\([1,\"a\\\"b\"])\"", "[1,\"a\\\"b\",null,true]", "\"1,\\\"a\\\"\\\"b\\\",,true\"|\"1\\ta\\\"b\\t\\ttrue\"|\"1 'a\\\"b' null true\"|\"x1,\\\"a\\\"\\\"b\\\"\"")]
    [InlineData("strptime(\"%Y-%m-%dT%H:%M:%SZ\"), fromdate, (fromdate | todate, gmtime[5]), (0 | strftime(\"%A %j %e\"))", "\"2015-03-05T23:51:47Z\"", "[2015,2,5,23,51,47,4,63]|1425599507|\"2015-03-05T23:51:47Z\"|47|\"Thursday 001  1\"")]
    [InlineData("IN(1, 2), (INDEX([{id: 1}][]; .id)), ([1,2] | bsearch(2), bsearch(0)), ascii", "65", "false|{\"1\":{\"id\":1}}|1|-1|\"A\"")]
    [InlineData("infinite, nan, ([nan] | sort), (nan < nan), (infinite | isinfinite)", "null", "1.7976931348623157e+308|null|[null]|true|true")]
    [InlineData("splits(\"a\"), ([.[]?] | length), (. as $dot | $dot | not), debug, ([inputs] | length), input_filename", "\"bab\"", "\"b\"|\"b\"|0|false|\"bab\"|0|null")]
    public void BuiltIns(string filter, string input, string outputs) => Check(filter, input, outputs);

    [Theory]
    [InlineData(".a", "[1]", "expected an object but got: array ([1])")]
    [InlineData(".[]", "1", "cannot iterate over: number (1)")]
    [InlineData("1 + \"a\"", "null", "cannot add: number (1) and string (\"a\")")]
    [InlineData("1 / 0", "null", "cannot divide number (1) by: number (0)")]
    [InlineData("error({a: 1})", "null", "error: {\"a\":1}")]
    [InlineData("{(1): 2}", "null", "expected a string for object key but got: number (1)")]
    [InlineData("path({} | .a)", "null", "invalid path against: object ({})")]
    [InlineData("\"x\" | tonumber", "null", "tonumber cannot be applied to: string (\"x\")")]
    [InlineData("\"{\" | fromjson", "null", "fromjson cannot be applied to")]
    [InlineData("now", "null", "now is not available")]
    [InlineData("def f: f; f", "null", "calls itself more than")]
    [InlineData("[range(1e9)]", "null", "more work than is allowed")]
    [InlineData("repeat(1)", "null", "more work than is allowed", "100000 outputs")]
    [InlineData("\"aaaaaaaaaaaaaaaaaaaaaaaa\" * 1e9", "null", "more work than is allowed")]
    [InlineData("last(range(infinite))", "null", "more work than is allowed")]
    [InlineData("[limit(1000000; repeat(.))] | combinations", "[1]", "more work than is allowed")]
    [InlineData("until(false; .)", "null", "more work than is allowed")]
    [InlineData("reduce range(1000000) as $x (\"\"; . + \"xxxxxxxxxxxxxxxx\")", "null", "more work than is allowed")]
    [InlineData(".[100000000] = 1", "null", "array index too large")]
    [InlineData("def f(g): f(g | g); f(.)", "1", "calls itself more than")]
    [InlineData("test(\"(\")", "\"a\"", "invalid regular expression")]
    public void FailingFilter_SaysWhy(string filter, string input, string message, string? or = null)
    {
        var e = Assert.Throws<ExpressionException>(() => JqFilter.Parse(filter).Apply(JsonNode.Parse(input)));

        Assert.True(
            e.Message.Contains(message, StringComparison.Ordinal) || (or is not null && e.Message.Contains(or, StringComparison.Ordinal)), e.Message);
    }

    [Theory]
    [InlineData(".a[", 4)]
    [InlineData(".a | ", 6)]
    [InlineData("foo(1)", 1)]
    [InlineData(". | $x", 5)]
    [InlineData("\"a", 1)]
    [InlineData("\"\\(1\"", 5)]
    [InlineData("\"\\(1", 5)]
    [InlineData("1 == 2 == 3", 8)]
    [InlineData("if 1 then 2", 12)]
    [InlineData("@nope", 1)]
    [InlineData("{a: 1", 6)]
    [InlineData("break $x", 7)]
    [InlineData(". § 1", 3)]
    [InlineData("reduce . as $x (1)", 18)]
    [InlineData("def f: 1", 9)]
    public void BrokenFilter_IsRefusedWithItsPosition(string filter, int position)
    {
        var e = Assert.Throws<ExpressionException>(() => JqFilter.Parse(filter));

        Assert.Contains($"at character {position} of the jq filter", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(".metadata.name", "job-1")]
    [InlineData(".status | {phase, n: .replicas}", "{\"n\":2,\"phase\":\"Done\"}")]
    [InlineData(".status.conditions[] | select(.type == \"Ready\") | .status", "True")]
    [InlineData(".metadata.name, .status.replicas", "job-1\n2")]
    [InlineData(".nothing", "null")]
    [InlineData("empty", "")]
    [InlineData(".metadata.name + \"\\n\\n\"", "job-1")]
    public void ResourceOutput_IsTheOutputsAsText(string filter, string expected) => Assert.Equal(
        expected,
        JqFilter.Parse(filter).Extract(JsonNode.Parse("""
            {"metadata":{"name":"job-1"},"status":{"phase":"Done","replicas":2,"conditions":[{"type":"New","status":"False"},{"type":"Ready","status":"True"}]}}
            """)));

    private static void Check(string filter, string input, string outputs) =>
        Assert.Equal(outputs, string.Join('|', JqFilter.Parse(filter).Apply(JsonNode.Parse(input))));
}
