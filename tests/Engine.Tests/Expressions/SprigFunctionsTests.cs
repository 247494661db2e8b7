using Argosy.Engine.Expressions;
using Argosy.Engine.Expressions.Sprig;
using Argosy.Engine.Expressions.Values;

namespace Argosy.Engine.Tests.Expressions;

public sealed class SprigFunctionsTests
{
    [Theory]
    [InlineData("trunc(5, 'hello world')", "\"hello\"")]
    [InlineData("trunc(-5, 'hello world')", "\"world\"")]
    [InlineData("trunc(99, 'hi')", "\"hi\"")]
    [InlineData("substr(0, 5, 'hello world')", "\"hello\"")]
    [InlineData("substr(6, -1, 'hello world')", "\"world\"")]
    [InlineData("abbrev(5, 'hello world')", "\"he...\"")]
    [InlineData("abbrevboth(5, 10, '1234 5678 9123')", "\"...5678...\"")]
    [InlineData("abbrevboth(0, 8, 'hello world')", "\"hello...\"")]
    [InlineData("trim(' a ') + sprig.trimAll('$', '$5$') + sprig.trimPrefix('-', '-x') + sprig.trimSuffix('-', 'y-')", "\"a5xy\"")]
    [InlineData("upper('a') + sprig.lower('B') + sprig.title('hello world') + sprig.untitle('Hi')", "\"AbHello Worldhi\"")]
    [InlineData("repeat(3, 'ab')", "\"ababab\"")]
    [InlineData("replace('-', '_', 'a-b-c')", "\"a_b_c\"")]
    [InlineData("contains('ell', 'hello')", "true")]
    [InlineData("hasPrefix('he', 'hello') && sprig.hasSuffix('lo', 'hello')", "true")]
    [InlineData("quote('a\"b', 1) + sprig.squote('c')", "\"\\\"a\\\\\\\"b\\\" \\\"1\\\"'c'\"")]
    [InlineData("cat('a', 1, nil, true)", "\"a 1 true\"")]
    [InlineData("indent(2, 'a\\nb')", "\"  a\\n  b\"")]
    [InlineData("nindent(1, 'a')", "\"\\n a\"")]
    [InlineData("nospace(' a b ')", "\"ab\"")]
    [InlineData("initials('First Try')", "\"FT\"")]
    [InlineData("snakecase('FirstName') + sprig.kebabcase('HTTPServer') + sprig.camelcase('foo_bar')", "\"first_namehttp-serverFooBar\"")]
    [InlineData("plural('one', 'many', 2)", "\"many\"")]
    [InlineData("wrap(5, 'one two three')", "\"one\\ntwo\\nthree\"")]
    [InlineData("fail('no')", null)]
    public void Texts(string call, string? json) => Check(call, json);

    [Theory]
    [InlineData("default('d', '')", "\"d\"")]
    [InlineData("default('d', 'x')", "\"x\"")]
    [InlineData("default('d', 0)", "\"d\"")]
    [InlineData("empty([]) && sprig.empty(nil) && !sprig.empty('x')", "true")]
    [InlineData("coalesce(nil, '', 'x')", "\"x\"")]
    [InlineData("ternary('yes', 'no', true)", "\"yes\"")]
    [InlineData("all(1, 'a')", "true")]
    [InlineData("any(0, '')", "false")]
    [InlineData("typeOf({}) + sprig.kindOf([])", "\"map[string]interface {}slice\"")]
    [InlineData("deepEqual([1], [1])", "true")]
    public void Defaults(string call, string? json) => Check(call, json);

    [Theory]
    [InlineData("atoi('12') + sprig.atoi('x')", "12")]
    [InlineData("int('12') + sprig.int64(3.9) + sprig.int('x')", "15")]
    [InlineData("float64('1.5')", "1.5")]
    [InlineData("add(1, '2', 3)", "6")]
    [InlineData("add1(1) + sprig.sub(5, 2) + sprig.mul(2, 3, 4) + sprig.div(7, 2) + sprig.mod(7, 2)", "33")]
    [InlineData("div(1, 0)", null)]
    [InlineData("addf(1.5, 2)", "3.5")]
    [InlineData("max(1, '5', 3)", "5")]
    [InlineData("min(4, 2)", "2")]
    [InlineData("round(123.5555, 3)", "123.556")]
    [InlineData("ceil(1.1) + sprig.floor(1.9)", "3")]
    [InlineData("until(3)", "[0,1,2]")]
    [InlineData("untilStep(3, 9, 3)", "[3,6]")]
    [InlineData("seq(5) + '|' + sprig.seq(2, 4) + '|' + sprig.seq(6, -2, 2)", "\"1 2 3 4 5|2 3 4|6 4 2\"")]
    [InlineData("toDecimal('777')", "511")]
    public void Numbers(string call, string? json) => Check(call, json);

    [Theory]
    [InlineData("join(',', [1, nil, 'a'])", "\"1,a\"")]
    [InlineData("splitList(',', 'a,b')", "[\"a\",\"b\"]")]
    [InlineData("split(',', 'a,b')._1", "\"b\"")]
    [InlineData("splitn(',', 2, 'a,b,c')._1", "\"b,c\"")]
    [InlineData("sortAlpha(['b', 'a'])", "[\"a\",\"b\"]")]
    [InlineData("append([1], 2)", "[1,2]")]
    [InlineData("prepend([1], 2)", "[2,1]")]
    [InlineData("concat(sprig.rest([1, 2]), sprig.initial([1, 2]))", "[2,1]")]
    [InlineData("list(sprig.first([1, 2]), sprig.last([1, 2]))", "[1,2]")]
    [InlineData("reverse(sprig.uniq([1, 1, 2]))", "[2,1]")]
    [InlineData("without([1, 2, 3], 1, 3)", "[2]")]
    [InlineData("has(4, [1, 4])", "true")]
    [InlineData("compact([0, 1, ''])", "[1]")]
    [InlineData("slice([1, 2, 3], 1, 2)", "[2]")]
    [InlineData("slice([1], 5)", null)]
    [InlineData("chunk(2, [1, 2, 3])", "[[1,2],[3]]")]
    public void Lists(string call, string? json) => Check(call, json);

    [Theory]
    [InlineData("dict('a', 1, 'b')", "{\"a\":1,\"b\":\"\"}")]
    [InlineData("get({a: 1}, 'b')", "\"\"")]
    [InlineData("set({a: 1}, 'b', 2)", "{\"a\":1,\"b\":2}")]
    [InlineData("unset({a: 1, b: 2}, 'b')", "{\"a\":1}")]
    [InlineData("hasKey({a: 1}, 'a')", "true")]
    [InlineData("pick({a: 1, b: 2}, 'b')", "{\"b\":2}")]
    [InlineData("omit({a: 1, b: 2}, 'b')", "{\"a\":1}")]
    [InlineData("pluck('a', {a: 1}, {b: 2}, {a: 3})", "[1,3]")]
    [InlineData("merge({a: 1, c: {x: 1}}, {a: 2, b: 3, c: {y: 2}})", "{\"a\":1,\"b\":3,\"c\":{\"x\":1,\"y\":2}}")]
    [InlineData("mergeOverwrite({a: 1}, {a: 2})", "{\"a\":2}")]
    [InlineData("dig('a', 'b', 'none', {a: {b: 1}})", "1")]
    [InlineData("dig('a', 'x', 'none', {a: {b: 1}})", "\"none\"")]
    public void Maps(string call, string? json) => Check(call, json);

    [Theory]
    [InlineData("b64enc('hi') + sprig.b64dec('aGk=')", "\"aGk=hi\"")]
    [InlineData("b64dec('*')", null)]
    [InlineData("b32enc('hello') + sprig.b32dec('NBSWY3DP')", "\"NBSWY3DPhello\"")]
    [InlineData("sha1sum('a')", "\"86f7e437faa5a7fce15d1ddcb9eaeaea377667b8\"")]
    [InlineData("sha256sum('a')", "\"ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb\"")]
    [InlineData("adler32sum('Wikipedia')", "\"300286872\"")]
    [InlineData("toJson({a: 1}) + sprig.toString(1)", "\"{\\\"a\\\":1}1\"")]
    [InlineData("fromJson('[1]')", "[1]")]
    [InlineData("regexMatch('^a', 'abc')", "true")]
    [InlineData("regexFind('[a-z][1-9]', 'abcd1234')", "\"d1\"")]
    [InlineData("regexFindAll('[2468]', '123456789', 2)", "[\"2\",\"4\"]")]
    [InlineData("regexReplaceAll('a(x*)b', '-ab-axxb-', '${1}W')", "\"-W-xxW-\"")]
    [InlineData("regexReplaceAllLiteral('a(x*)b', '-ab-', '${1}')", "\"-${1}-\"")]
    [InlineData("regexSplit('z+', 'pizza', -1)", "[\"pi\",\"a\"]")]
    [InlineData("regexQuoteMeta('1.2')", "\"1\\\\.2\"")]
    [InlineData("regexFind('(?P<x>[[:digit:]]+)', 'ab12')", "\"12\"")]
    [InlineData("regexMatch('(', 'a')", null)]
    [InlineData("base('/a/b.txt') + sprig.ext('b.txt') + sprig.dir('/a/b/c') + sprig.clean('a//b/../c')", "\"b.txt.txt/a/ba/c\"")]
    [InlineData("urlParse('http://u@h:8080/p?q=1#f').host", "\"h:8080\"")]
    [InlineData("urlJoin({scheme: 'http', host: 'h', path: '/p', query: 'q'})", "\"http://h/p?q\"")]
    public void EncodingsPatternsAndPaths(string call, string? json) => Check(call, json);

    [Theory]
    [InlineData("date('2006-01-02', '2024-02-03T04:05:06Z')", "\"2024-02-03\"")]
    [InlineData("dateInZone('15:04', sprig.toDate('2006-01-02', '2024-02-03'), 'UTC')", "\"00:00\"")]
    [InlineData("unixEpoch(sprig.dateModify('1h', '1970-01-01T00:00:00Z'))", "\"3600\"")]
    [InlineData("htmlDate(0)", "\"1970-01-01\"")]
    [InlineData("duration('95')", "\"1m35s\"")]
    [InlineData("durationRound('2h10m5s')", "\"2h\"")]
    [InlineData("date('2006', 'today')", null)]
    public void Times(string call, string? json) => Check(call, json);

    [Theory]
    [InlineData("semver('1.2.3-rc.1+b').Prerelease + '|' + string(sprig.semver('v1.2').Minor)", "\"rc.1|2\"")]
    [InlineData("semverCompare('^1.2.3', '1.9.0') && !sprig.semverCompare('^1.2.3', '2.0.0') && !sprig.semverCompare('^1.2.3', '1.2.2')", "true")]
    [InlineData("semverCompare('^0.2.3', '0.2.9') && !sprig.semverCompare('^0.2.3', '0.3.0') && !sprig.semverCompare('^0.0.3', '0.0.4')", "true")]
    [InlineData("semverCompare('~1.2', '1.2.9') && !sprig.semverCompare('~1.2.3', '1.3.0') && sprig.semverCompare('~1', '1.9.9')", "true")]
    [InlineData("semverCompare('>=1.0, <2 || >3.1', '3.2.0') && !sprig.semverCompare('>=1.0, <2 || >3.1', '2.5.0')", "true")]
    [InlineData("semverCompare('1.x', '1.4.0') && sprig.semverCompare('1.2 - 1.4', '1.4.0') && sprig.semverCompare('=1.2.3', '1.2.3') && sprig.semverCompare('*', '9.9.9')", "true")]
    [InlineData("semverCompare('>=1.0.0', '1.1.0-rc.1') || sprig.semverCompare('!=1.2', '1.2.7')", "false")]
    [InlineData("semverCompare('>=1.1.0-0', '1.1.0-rc.1') && sprig.semverCompare('>1.1.0-rc.1', '1.1.0-rc.2') && sprig.semverCompare('>1.1.0-rc.2', '1.1.0')", "true")]
    [InlineData("semver('nope')", null)]
    public void Versions(string call, string? json) => Check(call, json);

    [Theory]
    [InlineData("now()")]
    [InlineData("ago('2024-01-01T00:00:00Z')")]
    [InlineData("uuidv4()")]
    [InlineData("randAlphaNum(4)")]
    public void UnrepeatableFunction_WithoutOccasion_SaysWhyNot(string call)
    {
        var e = Assert.Throws<ExpressionException>(() => Expression.Parse("sprig." + call).Evaluate(new Dictionary<string, object?>()));

        Assert.StartsWith($"{call[..call.IndexOf('(', StringComparison.Ordinal)]} is not available", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sprig.date('2006-01-02', sprig.now())", "^2026-01-02$")]
    [InlineData("now().Year()", "^2026$")]
    [InlineData("sprig.ago('2026-01-02T00:00:00Z')", "^3h0m0s$")]
    [InlineData("sprig.uuidv4()", "^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$")]
    [InlineData("sprig.randAlphaNum(5) + sprig.randAlpha(5) + sprig.randNumeric(5)", "^[a-zA-Z0-9]{5}[a-zA-Z]{5}[0-9]{5}$")]
    [InlineData("sprig.randInt(5, 7) in [5, 6]", "^true$")]
    [InlineData("len(sprig.shuffle('abc')) == 3 && len(sprig.randAscii(3)) == 3 && len(sprig.b64dec(sprig.randBytes(3))) > 0", "^true$")]
    public void ClockAndChance_ComeFromTheOccasion_AndRepeat(string source, string pattern)
    {
        string At(string place) => TagText.Parse($"{{{{={source}}}}}").Render(new OccasionalVariables(place)).Text;

        Assert.Matches(pattern, At("a"));
        Assert.Equal(At("a"), At("a"));
        Assert.True(!source.Contains("uuid", StringComparison.Ordinal) || At("a") != At("b"));
    }

    [Fact]
    public void EveryFunctionThatUpstreamExposes_IsKnown()
    {
        const string Names = """
            hello ago date date_in_zone date_modify dateInZone dateModify duration durationRound htmlDate htmlDateInZone must_date_modify mustDateModify
            mustToDate now toDate unixEpoch abbrev abbrevboth trunc trim upper lower title untitle substr repeat trimall trimAll trimSuffix trimPrefix
            nospace initials randAlphaNum randAlpha randAscii randNumeric swapcase shuffle snakecase camelcase kebabcase wrap wrapWith contains hasPrefix
            hasSuffix quote squote cat indent nindent replace plural sha1sum sha256sum sha512sum adler32sum toString atoi int64 int float64 seq toDecimal
            split splitList splitn toStrings until untilStep add1 add sub div mod mul randInt add1f addf subf divf mulf biggest max min maxf minf ceil
            floor round join sortAlpha default empty coalesce all any compact mustCompact fromJson toJson toPrettyJson toRawJson mustFromJson mustToJson
            mustToPrettyJson mustToRawJson ternary deepCopy mustDeepCopy typeOf typeIs typeIsLike kindOf kindIs deepEqual getHostByName base dir clean ext
            isAbs osBase osClean osDir osExt osIsAbs b64enc b64dec b32enc b32dec tuple list dict get set unset hasKey pluck keys pick omit merge
            mergeOverwrite mustMerge mustMergeOverwrite values append push mustAppend mustPush prepend mustPrepend first mustFirst rest mustRest last
            mustLast initial mustInitial reverse mustReverse uniq mustUniq without mustWithout has mustHas slice mustSlice concat dig chunk mustChunk
            bcrypt htpasswd genPrivateKey derivePassword buildCustomCert genCA genCAWithKey genSelfSignedCert genSelfSignedCertWithKey genSignedCert
            genSignedCertWithKey encryptAES decryptAES randBytes uuidv4 semver semverCompare fail regexMatch mustRegexMatch regexFindAll mustRegexFindAll
            regexFind mustRegexFind regexReplaceAll mustRegexReplaceAll regexReplaceAllLiteral mustRegexReplaceAllLiteral regexSplit mustRegexSplit
            regexQuoteMeta urlParse urlJoin
            """;

        var missing = Names.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Where(name => SprigFunctions.Table.Find(name) is null);
        Assert.Equal("", string.Join(' ', missing));
    }

    [Theory]
    [InlineData("toJson({a: '<&>'})", "\"{\\\"a\\\":\\\"\\\\u003c\\\\u0026\\\\u003e\\\"}\"")]
    [InlineData("toRawJson({a: '<'}) == '{\"a\":\"<\"}'", "true")]
    public void Json_IsEscapedAsGoEscapesIt_UnlessRaw(string call, string? json) => Check(call, json);

    [Fact]
    public void UnknownFunction_IsAnError() => Assert.Throws<ExpressionException>(() => Expression.Parse("sprig.env('HOME')"));

    private static void Check(string call, string? json)
    {
        if (json is null)
        {
            Assert.Throws<ExpressionException>(() => Expression.Parse("sprig." + call).Evaluate(new Dictionary<string, object?>()));
        }
        else
        {
            Assert.Equal(json, JsonText.Write(Expression.Parse("sprig." + call).Evaluate(new Dictionary<string, object?>())));
        }
    }

    private sealed class OccasionalVariables(string place) : IVariables
    {
        public Occasion Occasion => new(new DateTimeOffset(2026, 1, 2, 3, 0, 0, TimeSpan.Zero), place);

        public string? Find(string name) => null;

        public IEnumerable<KeyValuePair<string, string>> Under(string root) => [];
    }
}
