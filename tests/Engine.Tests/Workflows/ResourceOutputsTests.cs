using System.Text.Json.Nodes;
using Argosy.Engine.Expressions;
using Argosy.Engine.Templates;
using Argosy.Engine.Workflows;

namespace Argosy.Engine.Tests.Workflows;

public sealed class ResourceOutputsTests
{
    private static readonly JsonNode Job = JsonNode.Parse("""{"metadata":{"name":"job-1"},"status":{"succeeded":3}}""")!;

    [Theory]
    [InlineData("""{"jsonPath":"{.metadata.name}"}""", "job-1")]
    [InlineData("""{"jqFilter":".status.succeeded"}""", "3")]
    [InlineData("""{"jqFilter":".metadata | .name"}""", "job-1")]
    [InlineData("""{"jsonPath":"{.nothing}"}""", "")]
    [InlineData("""{"jqFilter":"error","default":"d"}""", "d")]
    [InlineData("""{"jsonPath":"{.","default":"d"}""", "d")]
    public void Parameter_IsReadFromTheResource(string valueFrom, string expected) =>
        Assert.Equal([new ParameterValue("p", expected)], ResourceOutputs.Of([Output(valueFrom)], Job));

    [Theory]
    [InlineData("""{"jqFilter":"."}""", "")]
    [InlineData("""{"jsonPath":"{.a}","default":"d"}""", "d")]
    public void NoResource_EveryParameterIsItsDefault(string valueFrom, string expected) =>
        Assert.Equal([new ParameterValue("p", expected)], ResourceOutputs.Of([Output(valueFrom)], null));

    [Fact]
    public void ParameterWithoutDefault_ThatCannotBeRead_IsNamed() => Assert.StartsWith(
        "output parameter p: ",
        Assert.Throws<ExpressionException>(() => ResourceOutputs.Of([Output("""{"jqFilter":".a | keys"}""")], Job)).Message,
        StringComparison.Ordinal);

    private static Parameter Output(string valueFrom) => Parameter.Read(new JsonObject { ["name"] = "p", ["valueFrom"] = JsonNode.Parse(valueFrom) });
}
