using Argosy.Engine.Manifests;

namespace Argosy.Engine.Tests.Manifests;

public sealed class ManifestReaderTests
{
    [Theory]
    [InlineData("1", "1")]
    [InlineData("-7", "-7")]
    [InlineData("1_000", "1000")]
    [InlineData("010", "8")]
    [InlineData("08", "8")]
    [InlineData("0x1F", "31")]
    [InlineData("0b101", "5")]
    [InlineData("1.10", "1.1")]
    [InlineData("1.0", "1")]
    [InlineData("1e3", "1000")]
    [InlineData(".5", "0.5")]
    [InlineData("0.0000001", "1e-7")]
    [InlineData("123456789012345678901234567890", "1.2345678901234568e+29")]
    [InlineData("12345678901234567000.5", "12345678901234567000")]
    [InlineData("18446744073709551615", "18446744073709551615")]
    [InlineData("-9223372036854775808", "-9223372036854775808")]
    [InlineData("true", "true")]
    [InlineData("yes", "true")]
    [InlineData("Off", "false")]
    [InlineData("n", "false")]
    [InlineData("~", "null")]
    [InlineData("", "null")]
    [InlineData("Null", "null")]
    [InlineData("'yes'", "\"yes\"")]
    [InlineData("\"010\"", "\"010\"")]
    [InlineData("2020-01-02", "\"2020-01-02\"")]
    [InlineData("12:30", "\"12:30\"")]
    [InlineData("1.2.3", "\"1.2.3\"")]
    [InlineData("-", "[null]")]
    [InlineData("1Gi", "\"1Gi\"")]
    [InlineData("0xyz", "\"0xyz\"")]
    [InlineData("!!str 5", "\"5\"")]
    [InlineData("!!int \"5\"", "5")]
    [InlineData("!!binary aGk=", "\"hi\"")]
    [InlineData("|\n  a\n  b\n", "\"a\\nb\\n\"")]
    [InlineData(">-\n  a\n  b\n", "\"a b\"")]
    public void Scalar_Read_MeansWhatKubectlSends(string yaml, string json)
    {
        var manifest = Assert.Single(ManifestReader.Read(yaml == "-" ? "a:\n- \n" : $"a: {yaml}"));

        Assert.Equal(json, manifest.Json["a"]?.ToJsonString() ?? "null");
    }

    [Fact]
    public void NumbersOfJson_KeepTheirText() =>
        Assert.Equal("1.10", Assert.Single(ManifestReader.Read("""{"a": 1.10}""")).Json["a"]!.ToJsonString());

    [Fact]
    public void FlowStyleYaml_IsNotTakenForBrokenJson() =>
        Assert.Equal("""{"a":{"b":1}}""", Assert.Single(ManifestReader.Read("{a: {b: 1}}")).Json.ToJsonString());

    [Fact]
    public void SeveralDocuments_Read_CountsThoseWithContentAndTellsTheirLines()
    {
        var manifests = ManifestReader.Read("# remark\n---\na: 1\n---\n# nothing\n---\nb: 2\n...\n---\n\nc: 3");

        Assert.Equal([(0, 3, "a"), (1, 7, "b"), (2, 11, "c")], manifests.Select(m => (m.Document, m.Line, m.Json.First().Key)));
    }

    [Fact]
    public void KeysThatAreNotText_Read_BecomeText() =>
        Assert.Equal("""{"1":"a","true":"b"}""", Assert.Single(ManifestReader.Read("1: a\nyes: b")).Json.ToJsonString());

    [Fact]
    public void AnchorsAndMergeKeys_Read_OwnKeysWin()
    {
        var json = Assert.Single(ManifestReader.Read("""
            base: &base {x: 1, b: 2}
            more: &more {b: 3, z: 4}
            one: {<<: *base, b: 9}
            both: {b: 9, <<: [*more, *base]}
            same: *base
            """)).Json;

        Assert.Equal("""{"b":9,"x":1}""", json["one"]!.ToJsonString());
        Assert.Equal("""{"b":9,"z":4,"x":1}""", json["both"]!.ToJsonString());
        Assert.Equal("""{"x":1,"b":2}""", json["same"]!.ToJsonString());
    }

    [Theory]
    [InlineData("spec:\n  a: 1\n  b: 2\n  a: 3\n", 2, 4)]
    [InlineData("{\"spec\": {\"a\": 1,\n\"a\": 3}}", 1, 2)]
    public void KeyWrittenTwice_Read_TakesTheLastAndTellsBothLines(string text, int first, int second)
    {
        var manifest = Assert.Single(ManifestReader.Read(text));

        Assert.Equal("3", manifest.Json["spec"]!["a"]!.ToJsonString());
        Assert.Equal(new DuplicateKey("a", first, second), Assert.Single(manifest.DuplicateKeys));
    }

    [Fact]
    public void LinesOfAQuotedText_Read_MayBeginAnywhere()
    {
        const string Text = "a:\n  b: [\"\n      one \\\"two\\\"\n\n  three\n  \"]\n  c: \"x\ny\"\nd: 1";

        Assert.Equal("""{"a":{"b":[" one \u0022two\u0022\nthree "],"c":"x y"},"d":1}""", Assert.Single(ManifestReader.Read(Text)).Json.ToJsonString());
    }

    [Theory]
    [InlineData("a: \"b\nc", 1)]
    [InlineData("a: [1, 2", 2)]
    [InlineData("a: 1\n b: 2", 2)]
    [InlineData("- 1\n- 2", 1)]
    [InlineData("text", 1)]
    [InlineData("a: *missing", 1)]
    [InlineData("a: &a [*a]", 1)]
    [InlineData("a: .inf", 1)]
    [InlineData("ok: 1\na: \u0007", 2)]
    [InlineData("? [a]\n: 1", 1)]
    [InlineData("a: {<<: 5}", 1)]
    [InlineData("{\"a\": ]", 1)]
    public void BrokenText_Read_IsRefusedWithItsLine(string text, int line)
    {
        var error = Assert.Throws<ManifestException>(() => ManifestReader.Read(text));

        Assert.Equal(line, error.Line);
        Assert.StartsWith($"line {line}, column ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AliasesThatMultiply_Read_AreRefused()
    {
        var lines = new List<string> { "a0: &a0 [x, x, x, x, x, x, x, x, x, x]" };
        for (var i = 1; i < 10; i++)
        {
            lines.Add($"a{i}: &a{i} [{string.Join(", ", Enumerable.Repeat($"*a{i - 1}", 10))}]");
        }

        var error = Assert.Throws<ManifestException>(() => ManifestReader.Read(string.Join('\n', lines)));

        Assert.Equal("document contains excessive aliasing", error.Problem);
    }

    [Fact]
    public void AliasesThatNest_Read_AreRefused()
    {
        var lines = new List<string> { "a0: &a0 [x]" };
        lines.AddRange(Enumerable.Range(1, 200).Select(i => $"a{i}: &a{i} [*a{i - 1}]"));

        var error = Assert.Throws<ManifestException>(() => ManifestReader.Read(string.Join('\n', lines)));

        Assert.Equal("objects and lists may be 100 deep at most", error.Problem);
    }

    [Theory]
    [InlineData("[")]
    [InlineData("{")]
    [InlineData("{a: ")]
    [InlineData("{\"a\":")]
    [InlineData("- ")]
    [InlineData("? ")]
    [InlineData(": ")]
    [InlineData("&a ")]
    [InlineData("*a ")]
    [InlineData("!a ")]
    [InlineData("'")]
    [InlineData("\"")]
    [InlineData("a")]
    [InlineData("a ")]
    [InlineData("|\n")]
    [InlineData("%")]
    [InlineData("%YAML 1.1\n")]
    [InlineData("\t")]
    [InlineData("\0")]
    [InlineData("`@")]
    [InlineData("]")]
    [InlineData("a: b: ")]
    [InlineData("[a, ")]
    [InlineData("a:\n")]
    [InlineData("\\")]
    [InlineData("...\n")]
    [InlineData("a: b\n")]
    [InlineData("? a\n")]
    [InlineData("a: \"b\nc\"\n")]
    [InlineData("a: {\"b\":\n\"\n\", ")]
    public void TenMegabytesOfGarbage_Read_EndsWithAnAnswer(string piece)
    {
        var text = string.Concat(Enumerable.Repeat(piece, 10 * 1024 * 1024 / piece.Length));

        try
        {
            ManifestReader.Read(text);
        }
        catch (ManifestException refused)
        {
            Assert.NotEmpty(refused.Problem);
        }
    }

    [Fact]
    public void RandomGarbage_Read_IsReadOrRefusedButNeverThrowsAnythingElse()
    {
        var random = new Random(20260101);
        const string Alphabet = "ab01:-[]{},&*!|>'\"%@`#?~<= \n\n  \t.\\/é\u2028";
        for (var i = 0; i < 30_000; i++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(1, 40)).Select(_ => Alphabet[random.Next(Alphabet.Length)]));
            try
            {
                ManifestReader.Read(text);
            }
            catch (ManifestException refused)
            {
                Assert.NotEmpty(refused.Problem);
            }
        }
    }

    [Fact]
    public void TooLongText_Read_IsRefusedUnread()
    {
        var error = Assert.Throws<ManifestException>(() => ManifestReader.Read(new string(' ', ManifestReader.MaxLength + 1)));

        Assert.Contains("characters at most", error.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void WrittenManifest_ReadAgain_IsTheSame()
    {
        var json = Assert.Single(ManifestReader.Read("a: [1, 0.5, x, true, ~]\nb: {c: 'é\"\\\\'}")).Json;

        Assert.True(System.Text.Json.Nodes.JsonNode.DeepEquals(json, Assert.Single(ManifestReader.Read(json.ToJsonString())).Json));
    }
}
