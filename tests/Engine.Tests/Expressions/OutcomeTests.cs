using System.Text.Json.Nodes;
using Argosy.Engine.Expressions;
using Argosy.Engine.Expressions.Outcomes;

namespace Argosy.Engine.Tests.Expressions;

public sealed class OutcomeTests
{
    private const string Job = """{"metadata":{"labels":{"app":"x"}},"status":{"succeeded":3,"failed":0,"phase":"Running","ok":true,"conditions":[{"type":"Complete","status":"True"}],"none":null}}""";

    [Theory]
    [InlineData("status.succeeded > 2", null, ResourceOutcome.Succeeded)]
    [InlineData("status.succeeded > 3", null, ResourceOutcome.Undecided)]
    [InlineData("status.succeeded > 2, status.phase == Running", "status.failed > 3", ResourceOutcome.Succeeded)]
    [InlineData("status.succeeded > 2, status.phase == Done", "status.failed > 3", ResourceOutcome.Undecided)]
    [InlineData("status.succeeded > 2", "status.phase in (Running, Error)", ResourceOutcome.Failed)]
    [InlineData("status.succeeded > 2", "status.failed > 3, status.succeeded < 4", ResourceOutcome.Failed)]
    [InlineData("status.conditions.0.type == Complete", null, ResourceOutcome.Succeeded)]
    [InlineData("status.conditions.1.type == Complete", null, ResourceOutcome.Undecided)]
    [InlineData("status.ok == true, !status.nothing, status.none, metadata.labels.app", null, ResourceOutcome.Succeeded)]
    [InlineData("status.nothing != x", null, ResourceOutcome.Succeeded)]
    [InlineData("status.nothing == x", null, ResourceOutcome.Undecided)]
    [InlineData(null, "status.failed > 0", ResourceOutcome.Succeeded)]
    [InlineData(null, null, ResourceOutcome.Succeeded)]
    public void ResourceConditions_AreLabelTermsOverPaths(string? success, string? failure, ResourceOutcome expected) =>
        Assert.Equal(expected, ResourceConditions.Parse(success, failure).Judge(JsonNode.Parse(Job)).Outcome);

    [Fact]
    public void FailureCondition_Holding_IsNamed() => Assert.Equal(
        "failure condition 'status.phase=Running' evaluated true",
        ResourceConditions.Parse(null, "status.failed > 3, status.phase == Running").Judge(JsonNode.Parse(Job)).Message);

    [Theory]
    [InlineData("status.succeeded >", null, "success condition 'status.succeeded >' failed to parse: ")]
    [InlineData(null, "a b", "fail condition 'a b' failed to parse: ")]
    public void UnreadableCondition_IsRefused(string? success, string? failure, string message) => Assert.StartsWith(
        message, Assert.Throws<ExpressionException>(() => ResourceConditions.Parse(success, failure)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData(null, 200, true, null)]
    [InlineData("", 204, true, null)]
    [InlineData(null, 404, false, "received non-2xx response code: 404")]
    [InlineData("response.statusCode == 404", 404, true, null)]
    [InlineData("response.body contains 'google'", 200, true, null)]
    [InlineData("response.body contains \"bing\"", 200, false, "successCondition 'response.body contains \"bing\"' evaluated false")]
    [InlineData("response.headers['Content-Type'][0] == 'text/html' && request.method == 'GET'", 200, true, null)]
    [InlineData("request.url startsWith 'http:' && request.body == 'ask' && request.headers['X'][1] == 'b'", 500, true, null)]
    public void HttpOutcome_IsTheConditionsOrTheStatus(string? condition, int status, bool succeeded, string? message) =>
        Assert.Equal(new HttpOutcome(succeeded, message), Judge(condition, status));

    [Theory]
    [InlineData("response.statusCode")]
    [InlineData("response.")]
    [InlineData("nothing.at.all == 1")]
    public void ConditionThatIsNone_Judge_Fails(string condition) => Assert.Throws<ExpressionException>(() => Judge(condition, 200));

    [Theory]
    [InlineData("""["a.pdf","b.txt"]""")]
    [InlineData("""["a.pdf"]""", "filter(data, {# endsWith \".pdf\"})")]
    [InlineData("""["x/a.pdf"]""", "filter(data, {# endsWith '.pdf'})", "map(data, {'x/' + #})")]
    [InlineData("2", "len(data)")]
    public void DataPipeline_HandsEachResultOn(string expected, params string[] expressions) =>
        Assert.Equal(expected, DataPipeline.Parse(expressions).Run(["a.pdf", "b.txt"]));

    [Fact]
    public void DataPipeline_Failing_SaysWhere()
    {
        Assert.StartsWith(
            "transformation[1] 'map(' is no expression: ",
            Assert.Throws<ExpressionException>(() => DataPipeline.Parse(["data", "map("])).Message, StringComparison.Ordinal);
        Assert.StartsWith(
            "unable to run transformation[0] 'data.x': ",
            Assert.Throws<ExpressionException>(() => DataPipeline.Parse(["data.x"]).Run(["a"])).Message, StringComparison.Ordinal);
    }

    private static HttpOutcome Judge(string? condition, int status) => HttpOutcome.Judge(
        condition,
        new HttpRequestSeen("GET", "http://h/", "ask", new Dictionary<string, IReadOnlyList<string>> { ["X"] = ["a", "b"] }),
        new HttpResponseSeen(status, "<title>google</title>", new Dictionary<string, IReadOnlyList<string>> { ["Content-Type"] = ["text/html"] }));
}
