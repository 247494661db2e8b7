using System.Text.Json.Nodes;
using Argosy.Contracts.Agents;

namespace Argosy.ClusterAgent.Tests.Podless;

/// <summary>Conditions of resource templates, as agents and the hub judge them.</summary>
public sealed class ObjectConditionsTests
{
    private const string Job = """{"metadata":{"labels":{"app":"x"}},"status":{"succeeded":3,"failed":0,"phase":"Running","ok":true,"conditions":[{"type":"Complete","status":"True"}],"none":null}}""";

    [Theory]
    [InlineData("status.succeeded > 2", null, ObjectOutcome.Succeeded)]
    [InlineData("status.succeeded > 3", null, ObjectOutcome.Undecided)]
    [InlineData("status.succeeded > 2, status.phase == Running", "status.failed > 3", ObjectOutcome.Succeeded)]
    [InlineData("status.succeeded > 2, status.phase == Done", "status.failed > 3", ObjectOutcome.Undecided)]
    [InlineData("status.succeeded > 2", "status.phase in (Running, Error)", ObjectOutcome.Failed)]
    [InlineData("status.succeeded > 2", "status.failed > 3, status.succeeded < 4", ObjectOutcome.Failed)]
    [InlineData("status.conditions.0.type == Complete", null, ObjectOutcome.Succeeded)]
    [InlineData("status.conditions.1.type == Complete", null, ObjectOutcome.Undecided)]
    [InlineData("status.ok == true, !status.nothing, status.none, metadata.labels.app", null, ObjectOutcome.Succeeded)]
    [InlineData("status.nothing != x", null, ObjectOutcome.Succeeded)]
    [InlineData("status.nothing == x", null, ObjectOutcome.Undecided)]
    [InlineData(null, "status.failed > 0", ObjectOutcome.Succeeded)]
    [InlineData(null, null, ObjectOutcome.Succeeded)]
    public void Conditions_AreLabelTermsOverPaths(string? success, string? failure, ObjectOutcome expected) =>
        Assert.Equal(expected, ObjectConditions.Parse(success, failure).Judge(JsonNode.Parse(Job)).Outcome);

    [Fact]
    public void FailureCondition_Holding_IsNamed() => Assert.Equal(
        "failure condition '{status.phase == [Running]}' evaluated true",
        ObjectConditions.Parse(null, "status.failed > 3, status.phase == Running").Judge(JsonNode.Parse(Job)).Message);

    [Theory]
    [InlineData("status.succeeded >", null, "success condition 'status.succeeded >' failed to parse: ")]
    [InlineData(null, "a b", "fail condition 'a b' failed to parse: ")]
    public void UnreadableCondition_IsRefused(string? success, string? failure, string message) => Assert.StartsWith(
        message, Assert.Throws<FormatException>(() => ObjectConditions.Parse(success, failure)).Message, StringComparison.Ordinal);
}
