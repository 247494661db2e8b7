using Argosy.Engine.Expressions;
using Argosy.Engine.Expressions.Values;

namespace Argosy.Engine.Tests.Expressions;

public sealed class ExpressionLanguageTests
{
    private static readonly Dictionary<string, object?> Environment = new()
    {
        ["name"] = "argo",
        ["count"] = 3,
        ["ratio"] = 0.5,
        ["nothing"] = null,
        ["list"] = new[] { 1, 2, 3, 4, 5 },
        ["user"] = new Dictionary<string, object?> { ["name"] = "Ann", ["age"] = 30, ["tags"] = new[] { "a", "b" }, ["in"] = "word", ["address"] = null },
        ["users"] = new object[]
        {
            new Dictionary<string, object?> { ["name"] = "Bob", ["age"] = 40 },
            new Dictionary<string, object?> { ["name"] = "Ann", ["age"] = 30 },
            new Dictionary<string, object?> { ["name"] = "Cid", ["age"] = 30 },
        },
        ["var with spaces"] = "yes",
    };

    [Theory]
    [InlineData("1; 2", "2")]
    [InlineData("let x = 1; x + 1; x + 2;", "3")]
    [InlineData("(1; 2) + 1", "3")]
    [InlineData("if true { 1; 2 } else { 3 }", "2")]
    [InlineData("date('2024-01-01T12:00:00Z').In(timezone('Europe/Zurich')).Hour()", "13")]
    [InlineData("42", "42")]
    [InlineData("0x2A", "42")]
    [InlineData("0o52", "42")]
    [InlineData("0b101010", "42")]
    [InlineData("1_000", "1000")]
    [InlineData(".5", "0.5")]
    [InlineData("1e3", "1000")]
    [InlineData("2.50", "2.5")]
    [InlineData("true", "true")]
    [InlineData("nil", "null")]
    [InlineData("'it''s'", null)]
    [InlineData(@"'it\'s'", "\"it's\"")]
    [InlineData("\"a\\tb\\u00e9\\x41\\101\"", "\"a\\tbéAA\"")]
    [InlineData("`raw\\n`", "\"raw\\\\n\"")]
    [InlineData("[1, 'a', nil,]", "[1,\"a\",null]")]
    [InlineData("{a: 1, 'b c': 2, 3: 4, (1 + 1): 5,}", "{\"2\":5,\"3\":4,\"a\":1,\"b c\":2}")]
    [InlineData("1 /* one */ + 1 // two", "2")]
    [InlineData("9223372036854775808", null)]
    [InlineData("1x", null)]
    public void Literals(string source, string? json) => Check(source, json);

    [Theory]
    [InlineData("1 + 2 * 3", "7")]
    [InlineData("(1 + 2) * 3", "9")]
    [InlineData("7 - 2 - 1", "4")]
    [InlineData("7 / 2", "3.5")]
    [InlineData("6 / 2", "3")]
    [InlineData("type(6 / 2)", "\"float\"")]
    [InlineData("7 % 4", "3")]
    [InlineData("-7 % 4", "-3")]
    [InlineData("1 % 0", null)]
    [InlineData("1.5 % 1", null)]
    [InlineData("2 ** 3 ** 2", "512")]
    [InlineData("2 ^ 3", "8")]
    [InlineData("type(2 ** 3)", "\"float\"")]
    [InlineData("-2 ** 2", "-4")]
    [InlineData("1 + 0.5", "1.5")]
    [InlineData("type(1 + 1)", "\"int\"")]
    [InlineData("type(1 + 1.0)", "\"float\"")]
    [InlineData("9223372036854775807 + 1", "-9223372036854775808")]
    [InlineData("'a' + 'b'", "\"ab\"")]
    [InlineData("'a' + 1", null)]
    [InlineData("+count", "3")]
    [InlineData("-name", null)]
    public void Arithmetic(string source, string? json) => Check(source, json);

    [Theory]
    [InlineData("1 == 1.0", "true")]
    [InlineData("1 == '1'", "false")]
    [InlineData("'a' < 'b'", "true")]
    [InlineData("1 < 'b'", null)]
    [InlineData("1 < 2 < 3", "true")]
    [InlineData("1 < 3 < 2", "false")]
    [InlineData("[1, 2] == [1, 2.0]", "true")]
    [InlineData("{a: 1} == {a: 1}", "true")]
    [InlineData("nil == nil", "true")]
    [InlineData("nil == false", "false")]
    [InlineData("not true or true", "true")]
    [InlineData("!(true and false)", "true")]
    [InlineData("not (1 == 2)", "true")]
    [InlineData("true || 1", "true")]
    [InlineData("false && 1", "false")]
    [InlineData("1 && true", null)]
    [InlineData("2 in [1, 2]", "true")]
    [InlineData("'age' in user", "true")]
    [InlineData("2 not in [1, 2]", "false")]
    [InlineData("not (2 in [1, 2])", "false")]
    [InlineData("1 in nil", "false")]
    [InlineData("'hello' matches '^h.*o$'", "true")]
    [InlineData("'hello\\n' matches 'o$'", "false")]
    [InlineData("'hello' not matches 'x'", "true")]
    [InlineData("'hello' contains 'ell' and 'hello' startsWith 'he' and 'hello' endsWith 'lo'", "true")]
    [InlineData("'x' contains 1", null)]
    [InlineData("'a' matches '('", null)]
    [InlineData("1..3", "[1,2,3]")]
    [InlineData("3..1", "[]")]
    [InlineData("1..count + 1", "[1,2,3,4]")]
    public void ComparisonsAndMembership(string source, string? json) => Check(source, json);

    [Theory]
    [InlineData("count > 2 ? 'many' : 'few'", "\"many\"")]
    [InlineData("false ? 1 : true ? 2 : 3", "2")]
    [InlineData("name ?: 1", null)]
    [InlineData("true ?: 1", "true")]
    [InlineData("nothing ?? 'd'", "\"d\"")]
    [InlineData("unheardOf ?? 'd'", "\"d\"")]
    [InlineData("nothing ?? nothing ?? 'e'", "\"e\"")]
    [InlineData("if count > 2 { 'a' } else { 'b' }", "\"a\"")]
    [InlineData("if count > 9 { 'a' } else if count > 2 { 'b' } else { 'c' }", "\"b\"")]
    [InlineData("let x = 2; let y = x * 2; x + y", "6")]
    [InlineData("let x = 1; let x = x + 1; x", "2")]
    [InlineData("(let x = 1; x) + x", null)]
    [InlineData("1 ? 2 : 3", null)]
    [InlineData("unheardOf", null)]
    public void ChoicesAndNames(string source, string? json) => Check(source, json);

    [Theory]
    [InlineData("user.name", "\"Ann\"")]
    [InlineData("user['name']", "\"Ann\"")]
    [InlineData("user.in", "\"word\"")]
    [InlineData("user.missing", "null")]
    [InlineData("user.missing.deeper", null)]
    [InlineData("user.address?.city", "null")]
    [InlineData("user.address?.city.name", "null")]
    [InlineData("user?.name", "\"Ann\"")]
    [InlineData("fromJSON('{}').a?.b.c", "null")]
    [InlineData("fromJSON('{}').a.b", null)]
    [InlineData("nothing?.[0]", "null")]
    [InlineData("list[0]", "1")]
    [InlineData("list[-1]", "5")]
    [InlineData("list[9]", null)]
    [InlineData("list[1:3]", "[2,3]")]
    [InlineData("list[:-3]", "[1,2]")]
    [InlineData("list[3:]", "[4,5]")]
    [InlineData("list[:]", "[1,2,3,4,5]")]
    [InlineData("list[4:99]", "[5]")]
    [InlineData("'hello'[1:3]", "\"el\"")]
    [InlineData("user.tags[1]", "\"b\"")]
    [InlineData("$env['var with spaces']", "\"yes\"")]
    [InlineData("$env.name", "\"argo\"")]
    [InlineData("'name' in $env", "true")]
    [InlineData("'unheardOf' in $env", "false")]
    [InlineData("user[name]", "null")]
    [InlineData("name.first", null)]
    public void Access(string source, string? json) => Check(source, json);

    [Theory]
    [InlineData("all(list, # > 0)", "true")]
    [InlineData("any(list, {# > 4})", "true")]
    [InlineData("one(list, # == 3)", "true")]
    [InlineData("none(list, # > 9)", "true")]
    [InlineData("filter(users, .age == 30) | map(.name)", "[\"Ann\",\"Cid\"]")]
    [InlineData("map(list, #index * #)", "[0,2,6,12,20]")]
    [InlineData("map(list, {{v: #}})[0]", "{\"v\":1}")]
    [InlineData("count(list, # % 2 == 1)", "3")]
    [InlineData("count([true, false])", "1")]
    [InlineData("sum(list)", "15")]
    [InlineData("sum(users, .age)", "100")]
    [InlineData("find(list, # > 2)", "3")]
    [InlineData("find(list, # > 9)", "null")]
    [InlineData("findIndex(list, # > 2)", "2")]
    [InlineData("findLast(list, # > 2)", "5")]
    [InlineData("findLastIndex(list, # > 2)", "4")]
    [InlineData("findIndex(list, # > 9)", "-1")]
    [InlineData("keys(groupBy(users, .age))", "[\"40\",\"30\"]")]
    [InlineData("groupBy(users, .age)[30] | map(.name)", "[\"Ann\",\"Cid\"]")]
    [InlineData("countBy(users, .age)", "{\"30\":2,\"40\":1}")]
    [InlineData("sortBy(users, .age) | map(.name)", "[\"Ann\",\"Cid\",\"Bob\"]")]
    [InlineData("sortBy(users, 'name', 'desc') | map(.name)", "[\"Cid\",\"Bob\",\"Ann\"]")]
    [InlineData("reduce(list, #acc + #)", "15")]
    [InlineData("reduce(list, #acc + #, 100)", "115")]
    [InlineData("reduce([], #acc)", null)]
    [InlineData("map(list, filter(list, # < 3))[0]", "[1,2]")]
    [InlineData("map(1..2, let x = #; map(1..2, # * x))", "[[1,2],[2,4]]")]
    [InlineData("filter(list, #)", null)]
    [InlineData("filter(name, true)", null)]
    [InlineData("#", null)]
    [InlineData("map(list)", null)]
    public void Closures(string source, string? json) => Check(source, json);

    [Theory]
    [InlineData("trim('  a ')", "\"a\"")]
    [InlineData("trim('__a_', '_')", "\"a\"")]
    [InlineData("trimPrefix('HelloWorld', 'Hello')", "\"World\"")]
    [InlineData("trimSuffix('HelloWorld', 'World')", "\"Hello\"")]
    [InlineData("name | upper() | lower()", "\"argo\"")]
    [InlineData("split('a,b,c', ',')", "[\"a\",\"b\",\"c\"]")]
    [InlineData("split('a,b,c', ',', 2)", "[\"a\",\"b,c\"]")]
    [InlineData("split('abc', '')", "[\"a\",\"b\",\"c\"]")]
    [InlineData("splitAfter('a,b,c', ',', 2)", "[\"a,\",\"b,c\"]")]
    [InlineData("replace('aaa', 'a', 'b')", "\"bbb\"")]
    [InlineData("replace('aaa', 'a', 'b', 2)", "\"bba\"")]
    [InlineData("replace('ab', '', '-')", "\"-a-b-\"")]
    [InlineData("repeat('Hi', 3)", "\"HiHiHi\"")]
    [InlineData("repeat('Hi', -1)", null)]
    [InlineData("indexOf('apple pie', 'pie')", "6")]
    [InlineData("indexOf('apple', 'x')", "-1")]
    [InlineData("lastIndexOf('apple pie apple', 'apple')", "10")]
    [InlineData("hasPrefix('abc', 'a') and hasSuffix('abc', 'c')", "true")]
    [InlineData("abs(-5)", "5")]
    [InlineData("type(abs(-5))", "\"int\"")]
    [InlineData("[ceil(1.5), floor(1.5), round(1.5), round(-1.5)]", "[2,1,2,-2]")]
    [InlineData("max(1, 7, 3.5)", "7")]
    [InlineData("min([4, 2], 3)", "2")]
    [InlineData("max([])", "null")]
    [InlineData("mean([1, 2, 3])", "2")]
    [InlineData("median([3, 1, 2, 10])", "2.5")]
    [InlineData("len('héllo')", "5")]
    [InlineData("len(user.tags) + len({a: 1})", "3")]
    [InlineData("get(list, 99)", "null")]
    [InlineData("get(user, 'name')", "\"Ann\"")]
    [InlineData("get(nothing, 'name') ?? 'd'", "\"d\"")]
    [InlineData("[first(list), last(list), first([])]", "[1,5,null]")]
    [InlineData("take(list, 2)", "[1,2]")]
    [InlineData("reverse([1, 2])", "[2,1]")]
    [InlineData("concat([1], [2, 3])", "[1,2,3]")]
    [InlineData("flatten([1, [2, [3]]])", "[1,2,3]")]
    [InlineData("uniq([1, 1.0, 2, 1])", "[1,2]")]
    [InlineData("join(['a', 'b'], ',') + join(['c', 'd'])", "\"a,bcd\"")]
    [InlineData("join([1])", null)]
    [InlineData("sort([3, 1, 2], 'desc')", "[3,2,1]")]
    [InlineData("sort([3, 'a'])", null)]
    [InlineData("keys({b: 1, a: 2})", "[\"b\",\"a\"]")]
    [InlineData("values({b: 1, a: 2})", "[1,2]")]
    [InlineData("toPairs({a: 1})", "[[\"a\",1]]")]
    [InlineData("fromPairs([['a', 1]])", "{\"a\":1}")]
    [InlineData("map([nil, true, 1, 1.5, 'a', [], {}], type(#))", "[\"nil\",\"bool\",\"int\",\"float\",\"string\",\"array\",\"map\"]")]
    [InlineData("int('12') + asInt('3') + int(1.9)", "16")]
    [InlineData("int('x')", null)]
    [InlineData("asFloat('1.5') + float(1)", "2.5")]
    [InlineData("string(1) + string(1.5) + string(true) + string([1, 'a']) + string({b: 1, a: 2})", "\"11.5true[1 a]map[a:2 b:1]\"")]
    [InlineData("string(1000000.0)", "\"1e+06\"")]
    [InlineData("toJson({b: 1, a: [true, nil, 1.0, 'x\"']})", "\"{\\\"a\\\":[true,null,1,\\\"x\\\\\\\"\\\"],\\\"b\\\":1}\"")]
    [InlineData("toJSON([1])", "\"[\\n  1\\n]\"")]
    [InlineData("toJSON([])", "\"[]\"")]
    [InlineData("type(fromJSON('{\"a\": 1}').a)", "\"float\"")]
    [InlineData("fromJSON('{')", null)]
    [InlineData("toBase64('Hello World')", "\"SGVsbG8gV29ybGQ=\"")]
    [InlineData("fromBase64('SGVsbG8gV29ybGQ=')", "\"Hello World\"")]
    [InlineData("[bitand(10, 12), bitor(10, 12), bitxor(10, 12), bitnand(10, 12), bitnot(10)]", "[8,14,6,2,-11]")]
    [InlineData("[bitshl(45, 2), bitshr(45, 2), bitushr(-5, 2)]", "[180,11,4611686018427387902]")]
    [InlineData("bitshl(1, -1)", null)]
    [InlineData("upper()", null)]
    [InlineData("nosuch(1)", null)]
    [InlineData("now()", null)]
    public void Functions(string source, string? json) => Check(source, json);

    [Theory]
    [InlineData("date('2023-08-14') < date('2023-08-15T00:00:00Z')", "true")]
    [InlineData("date('2023-08-14') + duration('36h') | string()", "\"2023-08-15 12:00:00 +0000 UTC\"")]
    [InlineData("date('14.08.2023 10:30', '02.01.2006 15:04').Minute()", "30")]
    [InlineData("(date('2023-08-14T10:00:00Z') - date('2023-08-14T09:30:00+00:00')).Minutes()", "30")]
    [InlineData("duration('1h30m').Hours()", "1.5")]
    [InlineData("string(duration('90m') + duration('250ms'))", "\"1h30m0.25s\"")]
    [InlineData("date('2023-08-14').Format('Mon, 2 Jan 06')", "\"Mon, 14 Aug 23\"")]
    [InlineData("date('2023-08-14').AddDate(0, 1, 1).Unix()", "1694736000")]
    [InlineData("date('2023-08-14') == '2023-08-14T00:00:00Z'", "true")]
    [InlineData("date('nonsense')", null)]
    [InlineData("duration('1 fortnight')", null)]
    [InlineData("'x'.Year()", null)]
    public void Times(string source, string? json) => Check(source, json);

    [Fact]
    public void NowIsTheCallersMoment()
    {
        var environment = new Dictionary<string, object?>
        {
            ["now"] = new DateTimeOffset(2024, 1, 1, 0, 10, 0, TimeSpan.Zero),
            ["cronworkflow"] = new Dictionary<string, object?> { ["lastScheduledTime"] = "2024-01-01T00:00:00Z" },
        };
        var expression = Expression.Parse("cronworkflow.lastScheduledTime == nil || (now() - cronworkflow.lastScheduledTime).Seconds() > 360");

        Assert.True(expression.EvaluateBoolean(environment));
        Assert.True(expression.EvaluateBoolean(new Dictionary<string, object?> { ["cronworkflow"] = new Dictionary<string, object?>() }));
    }

    [Fact]
    public void EvaluateBoolean_OtherResult_SaysWhich()
    {
        var e = Assert.Throws<ExpressionException>(() => Expression.Parse("1 + 1").EvaluateBoolean(Environment));

        Assert.Equal("expression \"1 + 1\" is neither true nor false", e.Message);
    }

    [Fact]
    public void FlatDottedKeys_AreFound() =>
        Assert.Equal("Succeeded", Expression.Parse("steps['step-1'].status").Evaluate(new Dictionary<string, object?> { ["steps.step-1.status"] = "Succeeded" }));

    [Theory]
    [InlineData("steps.a.outputs.result == 'x' && steps['a-b'].outputs.parameters.p", "steps.a.outputs.result steps.a-b.outputs.parameters.p")]
    [InlineData("map(steps.a.list, .name + #.other + item.x)", "steps.a.list item.x")]
    [InlineData("let a = b.c; a.d + a", "b.c")]
    [InlineData("a[0].b + a[i].c + $env['x'].y + a?.['z']", "a i x.y a.z")]
    [InlineData("sprig.trunc(5, x) + 'not.a.variable'", "x")]
    [InlineData("retries", "retries")]
    public void VariablePaths_AreNormalised(string source, string paths) =>
        Assert.Equal(paths.Split(' '), Expression.Parse(source).VariablePaths);

    private static void Check(string source, string? json)
    {
        if (json is null)
        {
            Assert.Throws<ExpressionException>(() => Expression.Parse(source).Evaluate(Environment));
        }
        else
        {
            Assert.Equal(json, JsonText.Write(Expression.Parse(source).Evaluate(Environment)));
        }
    }
}
