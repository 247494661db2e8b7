using System.Text.Json.Nodes;
using Argosy.Engine.Workflows;

namespace Argosy.Engine.Tests.Workflows;

/// <summary>Where artifacts go that do not say it, or not wholly.</summary>
public sealed class ArtifactLocationTests
{
    private static readonly ResourceRef Default = new(ResourceRefKind.ArtifactRepositories, "artifact-repositories");

    private const string Bucket =
        """{"s3":{"bucket":"b","endpoint":"e","keyFormat":"{{workflow.namespace}}/{{workflow.name}}/{{pod.name}}","accessKeySecret":{"name":"n","key":"k"}}}""";

    [Theory]
    [InlineData("{}", """{"embedded":{"key":"default/wf/uid-1/wf/out.tgz"}}""")]
    [InlineData("""{"archive":{"none":{}}}""", """{"archive":{"none":{}},"embedded":{"key":"default/wf/uid-1/wf/out"}}""")]
    [InlineData("""{"s3":{"key":"mine"}}""", """{"embedded":{"key":"mine"}}""")]
    [InlineData("""{"s3":{"key":"mine","bucket":"b","endpoint":"e"}}""", """{"s3":{"key":"mine","bucket":"b","endpoint":"e"}}""")]
    public void Output_WithoutARepository_IsInTheHubsOwnStoreUnlessItIsComplete(string location, string expected) => Assert.Equal(expected, Output(location, null));

    [Theory]
    [InlineData("{}", "default/wf/wf/out.tgz")]
    [InlineData("""{"archive":{"zip":{}}}""", "default/wf/wf/out.zip")]
    [InlineData("""{"s3":{"key":"{{workflow.name}}/mine"}}""", "wf/mine")]
    [InlineData("""{"gcs":{"key":"mine"}}""", "mine")]
    public void Output_WithARepository_IsThereUnderItsKey(string location, string key)
    {
        var s3 = JsonNode.Parse(Output(location, Bucket))!["s3"]!;

        Assert.Equal((key, "b", "e", "n"), ((string?)s3["key"], (string?)s3["bucket"], (string?)s3["endpoint"], (string?)s3["accessKeySecret"]!["name"]));
        Assert.Null(s3["keyFormat"]);
    }

    [Theory]
    [InlineData("{}", "{}", null, false)]
    [InlineData("""{"archiveLogs":true}""", "{}", null, true)]
    [InlineData("""{"archiveLogs":true}""", """{"archiveLocation":{"archiveLogs":false}}""", null, false)]
    [InlineData("{}", """{"archiveLocation":{"archiveLogs":true}}""", null, true)]
    public void Logs_AreArchived_WhereTemplateOrElseWorkflowSaysSo(string workflow, string template, string? repository, bool expected)
    {
        var request = Request(workflow, template, repository);

        Assert.Equal(expected ? ["main main-logs default/wf/uid-1/wf/main.log"] : [], request.Logs.Select(
            log => $"{log.Container} {log.Artifact["name"]} {log.Artifact["embedded"]!["key"]}"));
    }

    [Fact]
    public void InputOfTheTemplatesOwn_MentionsVariables_AreWorkedOut()
    {
        var request = Request("{}", """{"inputs":{"artifacts":[{"name":"in","path":"/i","s3":{"key":"{{workflow.name}}/results"}}]}}""", null);

        Assert.Equal("wf/results", (string?)request.Inputs.Artifacts[0].Json["embedded"]!["key"]);
    }

    private static string Output(string location, string? repository)
    {
        var artifact = (JsonObject)JsonNode.Parse(location)!;
        artifact["name"] = "out";
        artifact["path"] = "/o";
        var request = Request("{}", new JsonObject { ["outputs"] = new JsonObject { ["artifacts"] = new JsonArray(artifact) } }.ToJsonString(), repository);
        var placed = (JsonObject)request.Template["outputs"]!["artifacts"]![0]!;
        placed.Remove("name");
        placed.Remove("path");
        return placed.ToJsonString();
    }

    private static PodRequest Request(string workflow, string template, string? repository)
    {
        var spec = (JsonObject)JsonNode.Parse(workflow)!;
        var only = (JsonObject)JsonNode.Parse(template)!;
        only["name"] = "a";
        only["container"] = JsonNode.Parse("""{"image":"i","command":["c"]}""");
        spec["entrypoint"] = "a";
        spec["templates"] = new JsonArray(only);
        var content = new JsonObject
        {
            ["data"] = new JsonObject { ["v1"] = repository },
            ["annotations"] = new JsonObject { ["workflows.argoproj.io/default-artifact-repository"] = "v1" },
        };
        var story = new Story(spec.ToJsonString(), resources: new() { [Default] = repository is null ? null : content });
        return PodRequests.Of(story.State, story["wf"]);
    }
}
