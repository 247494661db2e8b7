using System.Text.Json.Nodes;
using Argosy.Engine.Expressions;

namespace Argosy.Engine.Tests.Expressions;

public sealed class JsonTagsTests
{
    private static readonly KnownVariables Variables = new KnownVariables { ["foo"] = "a \"b\"\n", ["key"] = "k" }.Without("gone");

    [Theory]
    [InlineData("""{"a":"{{foo}}","{{key}}":["x{{key}}",1,null,true,{"b":"{{=1 + 1}}"}]}""", """{"a":"a \"b\"\n","k":["xk",1,null,true,{"b":"2"}]}""")]
    [InlineData("\"{{key}}\"", "\"k\"")]
    [InlineData("null", "null")]
    [InlineData("""{"k":1,"{{key}}":2}""", """{"k":2}""")]
    public void Values_EnterTextsAndKeys(string source, string expected)
    {
        var rendered = JsonTags.Compile(JsonNode.Parse(source)).Render(Variables);

        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), rendered.Json));
        Assert.Empty(rendered.Unresolved);
    }

    [Fact]
    public void WhatIsNotResolved_IsReportedOnce()
    {
        var tags = JsonTags.Compile(JsonNode.Parse("""["{{x}}","{{x}} {{gone}}","{{=y.z}}"]"""));
        var rendered = tags.Render(Variables);

        Assert.Equal(["x", "=y.z"], rendered.Unresolved);
        Assert.Equal(["gone"], rendered.Absent);
        Assert.Equal(["x", "gone", "y.z"], tags.References);
        Assert.True(tags.HasTags);
    }

    [Fact]
    public void Rendering_GivesATreeOfItsOwn()
    {
        var source = JsonNode.Parse("""{"constant":{"a":1},"b":"{{key}}"}""")!;
        var tags = JsonTags.Compile(source);
        source["constant"]!["a"] = 2;
        var first = tags.Render(Variables).Json!;
        first["constant"]!["a"] = 3;

        Assert.Equal("""{"constant":{"a":1},"b":"k"}""", tags.Render(Variables).Json!.ToJsonString());
    }

    [Fact]
    public void TreeWithoutTags_HasNone() => Assert.False(JsonTags.Compile(JsonNode.Parse("""{"a":["{b}"]}""")).HasTags);
}
