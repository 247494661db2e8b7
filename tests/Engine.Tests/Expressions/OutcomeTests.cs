using Argosy.Engine.Expressions;
using Argosy.Engine.Expressions.Outcomes;

namespace Argosy.Engine.Tests.Expressions;

public sealed class OutcomeTests
{
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
