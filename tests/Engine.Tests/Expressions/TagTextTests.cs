using Argosy.Engine.Expressions;

namespace Argosy.Engine.Tests.Expressions;

public sealed class TagTextTests
{
    private static readonly KnownVariables Variables = new KnownVariables
    {
        ["foo"] = "bar",
        ["quote"] = "a \"b\" \\ c",
        ["tag"] = "{{foo}}",
        ["inputs.parameters.message"] = "hello world",
        ["inputs.parameters.which"] = "message",
        ["inputs.parameters.should-print"] = "true",
        ["inputs.parameters.intParam"] = "42",
        ["workflow.parameters.json"] = """[{"name":"debug","value":"true"}]""",
        ["workflow.name"] = "wf",
        ["item"] = """{"type":"x","size":"2"}""",
        ["item.type"] = "x",
        ["item.size"] = "2",
        ["steps.a-b.outputs.result"] = "7",
        ["steps.a-b.status"] = "Succeeded",
    }.Without("steps.skipped.outputs.result").Without("steps.skipped.ip");

    [Theory]
    [InlineData("plain")]
    [InlineData("")]
    [InlineData("a }} b")]
    [InlineData("{{ unclosed")]
    [InlineData("{{{{{{")]
    [InlineData("{{= unclosed")]
    [InlineData("{ {foo} }")]
    public void TextWithoutTags_IsItself(string text)
    {
        var parsed = TagText.Parse(text);

        Assert.False(parsed.HasTags);
        Assert.Empty(parsed.References);
        Assert.Equal(new Rendered(text, [], []), parsed.Render(Variables));
    }

    [Theory]
    [InlineData("{{foo}}", "bar")]
    [InlineData("a {{ foo }}{{foo}}\n", "a barbar\n")]
    [InlineData("{{quote}}", "a \"b\" \\ c")]
    [InlineData("{{tag}}", "{{foo}}")]
    [InlineData("{{inputs.parameters.{{inputs.parameters.which}}}}", "hello world")]
    [InlineData("{{inputs.parameters.{{= 'mess' + 'age' }}}}", "hello world")]
    [InlineData("{{ unclosed {{foo}}", "{{ unclosed bar")]
    [InlineData("{{foo}} {{", "bar {{")]
    [InlineData("{{foo}}}", "bar}")]
    public void SimpleTags_TakeTheirValues(string text, string expected) =>
        Assert.Equal(new Rendered(expected, [], []), TagText.Parse(text).Render(Variables), RenderedComparer.Instance);

    [Theory]
    [InlineData("{{nope}} {{ nope }} {{foo}}", "{{nope}} {{ nope }} bar", "nope", "")]
    [InlineData("{{steps.skipped.ip}}", "{{steps.skipped.ip}}", "", "steps.skipped.ip")]
    [InlineData("{{inputs.parameters.{{nope}}}}", "{{inputs.parameters.{{nope}}}}", "nope", "")]
    [InlineData("{{nope.{{foo}}}}", "{{nope.bar}}", "nope.bar", "")]
    [InlineData("{{}}", "{{}}", "", "")]
    [InlineData("{{{foo}}", "{{{foo}}", "{foo", "")]
    [InlineData("{{- with secret \"{{foo}}\" -}} {{ .Data }}", "{{- with secret \"bar\" -}} {{ .Data }}", "- with secret \"bar\" -|.Data", "")]
    public void TagsWithoutValue_StayAndAreReported(string text, string expected, string unresolved, string absent)
    {
        string[] names = unresolved.Length == 0 && text == "{{}}" ? [""] : unresolved.Split('|', StringSplitOptions.RemoveEmptyEntries);
        var rendered = TagText.Parse(text).Render(Variables);

        Assert.Equal(new Rendered(expected, names, absent.Split('|', StringSplitOptions.RemoveEmptyEntries)), rendered, RenderedComparer.Instance);
    }

    [Theory]
    [InlineData("{{=foo}}", "bar")]
    [InlineData("{{= 1 + \n1 }}", "2")]
    [InlineData("{{='some\\\\path'}}", "some\\path")]
    [InlineData("{{=\"'\"}}", "'")]
    [InlineData("{{=true == false}}", "false")]
    [InlineData("{{=7 / 2}} {{=1e21}} {{=0.000001}} {{=1e20 + 0.0}}", "3.5 1e+21 0.000001 100000000000000000000")]
    [InlineData("{{=[1, '2', {an: 'object'}]}}", "[1,\"2\",{\"an\":\"object\"}]")]
    [InlineData("{{=toJson({a: {b: 1}})}}", "{\"a\":{\"b\":1}}")]
    [InlineData("{{={a: {b: 1}}}}", "{\"a\":{\"b\":1}}")]
    [InlineData("{{='}}'}}", "}}")]
    [InlineData("{{='{{foo}}'}}", "{{foo}}")]
    [InlineData("{{=asInt(inputs.parameters.intParam) + 1}}", "43")]
    [InlineData("{{= inputs.parameters[\"should-print\"] == 'true'}}", "true")]
    [InlineData("{{=jsonpath(workflow.parameters.json, '$[0].value') == 'true'}}", "true")]
    [InlineData("{{= sprig.trunc(5, inputs.parameters.message) }}", "hello")]
    [InlineData("{{= sprig.dig('name', nil, workflow) }}", "wf")]
    [InlineData("{{=steps['a-b'].outputs.result}}", "7")]
    [InlineData("{{= get(item, 'type') ?? 'always' }}", "x")]
    [InlineData("{{= get(item, 'nope') ?? 'always' }}", "always")]
    [InlineData("{{=item.size}}", "2")]
    [InlineData("{{=len(inputs.parameters)}}", "4")]
    [InlineData("{{=foo == 'bar' ? 'y' : nope}}", "y")]
    [InlineData("{{=true || nope.never == 'x'}}", "true")]
    [InlineData("{{=steps.skipped.outputs.result ?? 'fallback'}}", "fallback")]
    [InlineData("{{=inputs.parameters.optional ?? 'd'}}", "d")]
    [InlineData("{{=inputs.parameters.optional == nil}}", "true")]
    [InlineData("{{=steps.skipped.outputs.result == nil}}", "true")]
    [InlineData("{{=concat(['always'], foo == 'bar' ? ['test'] : []) | toJSON()}}", "[\n  \"always\",\n  \"test\"\n]")]
    public void ExpressionTags_TakeTheirResults(string text, string expected) =>
        Assert.Equal(new Rendered(expected, [], []), TagText.Parse(text).Render(Variables), RenderedComparer.Instance);

    [Theory]
    [InlineData("{{= nope }}")]
    [InlineData("{{=nope.a.b == 'x'}}")]
    [InlineData("{{=sprig.int(retries)}}")]
    [InlineData("{{=nope ?? 'd'}}")]
    [InlineData("{{=workflow.status == nil}}")]
    [InlineData("{{=workflow.status ?? 'none'}}")]
    [InlineData("{{=inputs.parameters.optional == 'x'}}")]
    [InlineData("{{=steps.pending.outputs.result ?? 'd'}}")]
    [InlineData("{{=filter([1], steps.pending.id == '1')}}")]
    public void ExpressionNeedingUnknownVariable_StaysAndIsReported(string text)
    {
        var rendered = TagText.Parse(text).Render(Variables);

        Assert.Equal(text, rendered.Text);
        Assert.Equal(["=" + text[3..^2].Trim()], rendered.Unresolved);
    }

    [Theory]
    [InlineData("{{=nil}}", "failed to evaluate expression \"nil\": the result is nil")]
    [InlineData("{{= steps.skipped.outputs.result }}", "failed to evaluate expression \"steps.skipped.outputs.result\": the result is nil")]
    [InlineData("{{=!}}", "failed to evaluate expression \"!\": unexpected end of expression at character 2")]
    [InlineData("{{=1 + 'a'}}", "failed to evaluate expression \"1 + 'a'\": invalid operation: + (mismatched types int and string)")]
    public void ExpressionWithoutResult_Fails(string text, string message)
    {
        var parsed = TagText.Parse(text);

        Assert.Equal(message, Assert.Throws<ExpressionException>(() => parsed.Render(Variables)).Message);
    }

    [Fact]
    public void References_NameTagsAndPaths()
    {
        var text = TagText.Parse("{{ a.b }} {{x.{{c}}}} {{=steps['a-b'].outputs.result + a.b}} {{=!}}");

        Assert.Equal(["a.b", "c", "steps.a-b.outputs.result"], text.References);
    }

    [Fact]
    public void VariableThatIsAlsoABeginning_IsSeenAsMap() =>
        Assert.Equal("{\"size\":\"2\",\"type\":\"x\"}", TagText.Parse("{{=toJson(item)}}").Render(Variables).Text);

    [Theory]
    [InlineData("{{", "")]
    [InlineData("{{=", "")]
    [InlineData("}}", "")]
    [InlineData("{{a", "")]
    [InlineData("{{", "}}")]
    [InlineData("{{={", "}}")]
    [InlineData("{{='", "'}}")]
    [InlineData("{{={}} ", "")]
    [InlineData("{", "}")]
    public void HugeTextOfBraces_IsReadAtOnce(string opening, string closing)
    {
        var half = 1_000_000 / (opening.Length + closing.Length + 1);
        var text = string.Concat(Enumerable.Repeat(opening, half).Append("x").Concat(Enumerable.Repeat(closing, half)));

        Assert.NotNull(TagText.Parse(text));
    }

    [Fact]
    public void DeeplyNestedTags_AreResolvedInsideOnly()
    {
        var text = string.Concat(Enumerable.Repeat("{{", 100)) + "foo" + string.Concat(Enumerable.Repeat("}}", 100));

        Assert.Contains("bar", TagText.Parse(text).Render(Variables).Text, StringComparison.Ordinal);
    }

    private sealed class RenderedComparer : IEqualityComparer<Rendered>
    {
        public static readonly RenderedComparer Instance = new();

        public bool Equals(Rendered? x, Rendered? y) =>
            x!.Text == y!.Text && x.Unresolved.SequenceEqual(y.Unresolved) && x.Absent.SequenceEqual(y.Absent);

        public int GetHashCode(Rendered rendered) => rendered.Text.GetHashCode(StringComparison.Ordinal);
    }
}
