using System.Text.Json.Nodes;
using Argosy.Engine.Workflows;

namespace Argosy.Engine.Tests.Workflows;

/// <summary>What an agent's answer means for http, data and resource templates.</summary>
public sealed class PodlessOutcomeTests
{
    [Theory]
    [InlineData(200, "", NodePhase.Succeeded, null)]
    [InlineData(299, "", NodePhase.Succeeded, null)]
    [InlineData(404, "", NodePhase.Failed, "received non-2xx response code: 404")]
    [InlineData(404, "response.statusCode == 404", NodePhase.Succeeded, null)]
    [InlineData(200, "response.body contains 'no'", NodePhase.Failed, "successCondition 'response.body contains 'no'' evaluated false")]
    [InlineData(200, "response.headers['X-Kind'][0] == 'good' && request.method == 'POST' && request.url == 'http://x/wf'", NodePhase.Succeeded, null)]
    public void HttpAnswer_Reported_IsJudgedByTheConditionOrItsStatus(int status, string condition, NodePhase expected, string? message)
    {
        var story = new Story($$$"""
            {"entrypoint":"a","templates":[{"name":"a","http":{"url":"http://x/{{workflow.name}}","method":"POST","successCondition":"{{{condition}}}"}}]}
            """);

        story.Report("wf", new PodStatus(PodPhase.Succeeded)
        {
            Http = new HttpAnswer(status, new Dictionary<string, IReadOnlyList<string>> { ["X-Kind"] = ["good"] }),
            Outputs = new NodeOutputs { Result = "yes" },
        });

        Assert.Equal((expected, message, "yes"), (story["wf"].Phase, story["wf"].Message, story["wf"].Outputs.Result));
    }

    [Fact]
    public void ConditionThatCannotBeEvaluated_IsAnError()
    {
        var story = new Story("""{"entrypoint":"a","templates":[{"name":"a","http":{"url":"http://x","successCondition":"response.nowhere.deep > 1"}}]}""");

        story.Report("wf", new PodStatus(PodPhase.Succeeded) { Http = new HttpAnswer(200, new Dictionary<string, IReadOnlyList<string>>()) });

        Assert.Equal(NodePhase.Error, story["wf"].Phase);
    }

    [Fact]
    public void ListedFiles_AreKeysThatGoThroughTheTransformations()
    {
        var story = new Story("""
            {"entrypoint":"a","templates":[{"name":"a","data":{"source":{"artifactPaths":{"name":"x","s3":{"key":"in/"}}},
              "transformation":[{"expression":"filter(data, {# endsWith '.pdf'})"},{"expression":"map(data, {# + '.ocr'})"}]}}]}
            """);

        story.Report("wf", new PodStatus(PodPhase.Succeeded) { Files = ["a.pdf", "b.txt", "c/d.pdf"] });

        Assert.Equal("""["in/a.pdf.ocr","in/c/d.pdf.ocr"]""", story["wf"].Outputs.Result);
    }

    [Fact]
    public void ReportedResource_IsWhatOutputParametersAreTakenFrom()
    {
        var story = GivenResource();

        story.Report("wf", new PodStatus(PodPhase.Succeeded)
        {
            Resource = JsonNode.Parse("""{"metadata":{"name":"job-1"},"status":{"succeeded":3}}""")!.AsObject(),
            Outputs = new NodeOutputs { ExitCode = "0" },
        });

        var outputs = story["wf"].Outputs;
        Assert.Equal((NodePhase.Succeeded, "job-1", "3", "0"), (story["wf"].Phase, outputs.Parameter("name"), outputs.Parameter("done"), outputs.ExitCode));
    }

    [Fact]
    public void ResourceThatIsNoMore_GivesEachParameterItsDefault()
    {
        var story = GivenResource();

        story.Report("wf", new PodStatus(PodPhase.Succeeded));

        Assert.Equal((NodePhase.Succeeded, "", "none"), (story["wf"].Phase, story["wf"].Outputs.Parameter("name"), story["wf"].Outputs.Parameter("done")));
    }

    [Fact]
    public void ParameterThatCannotBeTakenFromTheResource_FailsTheNode_AndIsNamed()
    {
        var story = new Story("""
            {"entrypoint":"a","templates":[{"name":"a","resource":{"action":"get","manifest":"x"},
              "outputs":{"parameters":[{"name":"p","valueFrom":{"jqFilter":".a | keys"}}]}}]}
            """);

        story.Report("wf", new PodStatus(PodPhase.Succeeded) { Resource = [] });

        Assert.Equal(NodePhase.Failed, story["wf"].Phase);
        Assert.StartsWith("output parameter p: ", story["wf"].Message, StringComparison.Ordinal);
    }

    private static Story GivenResource() => new("""
        {"entrypoint":"a","templates":[{"name":"a","resource":{"action":"get","manifest":"x"},"outputs":{"parameters":[
          {"name":"name","valueFrom":{"jsonPath":"{.metadata.name}"}},
          {"name":"done","valueFrom":{"jqFilter":".status.succeeded","default":"none"}}]}}]}
        """);
}
