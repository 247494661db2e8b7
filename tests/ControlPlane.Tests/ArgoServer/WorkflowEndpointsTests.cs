using System.Net;
using System.Text.Json.Nodes;
using Argosy.ControlPlane.Resources;

namespace Argosy.ControlPlane.Tests.ArgoServer;

public sealed class WorkflowEndpointsTests : ArgoServerFixture
{
    private const string Good = """{"metadata":{"generateName":"hello-"},"spec":{"entrypoint":"main","templates":[{"name":"main"}]}}""";

    [Fact]
    public async Task CreatedWorkflow_IsStoredInTheNamespaceOfThePath()
    {
        var (status, created) = await SendAsync(HttpMethod.Post, "/api/v1/workflows/team", $$"""{"workflow":{{Good}}}""");

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal("team", created["metadata"]!["namespace"]!.ToString());
        var stored = await GetAsync($"/api/v1/workflows/team/{created["metadata"]!["name"]}");
        Assert.Equal("main", stored["spec"]!["entrypoint"]!.ToString());
    }

    [Fact]
    public async Task ManifestOfAnotherNamespace_IsRefused()
    {
        var (status, error) = await SendAsync(
            HttpMethod.Post, "/api/v1/workflows/team", """{"workflow":{"metadata":{"name":"a","namespace":"other"},"spec":{}}}""");

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Equal(3, (int)error["code"]!);
    }

    [Fact]
    public async Task ServerDryRun_AnswersTheWorkflow_StoresNothing()
    {
        var (status, _) = await SendAsync(HttpMethod.Post, "/api/v1/workflows/team", $$"""{"workflow":{{Good}},"serverDryRun":true}""");

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Empty((await GetAsync("/api/v1/workflows/team"))["items"]!.AsArray());
    }

    [Fact]
    public async Task BadManifest_Linted_AnswersEveryErrorWithItsPath()
    {
        var (status, error) = await SendAsync(
            HttpMethod.Post, "/api/v1/workflows/team/lint", """{"workflow":{"kind":"Workflow","metadata":{"name":"bad"},"spec":{}}}""");

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Equal(
            "Workflow \"bad\" is invalid: spec.entrypoint: entrypoint is required; spec.templates: templates is required",
            error["message"]!.ToString());
        Assert.Equal(2, error["details"]![0]!["fieldViolations"]!.AsArray().Count);
    }

    [Theory]
    [InlineData(400, "BadRequest", HttpStatusCode.BadRequest, 3)]
    [InlineData(401, "Unauthorized", HttpStatusCode.Unauthorized, 16)]
    [InlineData(403, "Forbidden", HttpStatusCode.Forbidden, 7)]
    [InlineData(404, "NotFound", HttpStatusCode.NotFound, 5)]
    [InlineData(409, "AlreadyExists", HttpStatusCode.Conflict, 6)]
    [InlineData(409, "Conflict", HttpStatusCode.Conflict, 10)]
    [InlineData(422, "Invalid", HttpStatusCode.BadRequest, 3)]
    [InlineData(503, "ServiceUnavailable", HttpStatusCode.ServiceUnavailable, 14)]
    [InlineData(500, "InternalError", HttpStatusCode.InternalServerError, 2)]
    public async Task Refusal_OfTheHub_BecomesArgosCodeAndStatus(int code, string reason, HttpStatusCode status, int grpcCode)
    {
        Server.Resources.Refusal = new ApiException(code, reason, "no");

        var (answered, error) = await SendAsync(HttpMethod.Post, "/api/v1/workflows/team", $$"""{"workflow":{{Good}}}""");

        Assert.Equal(status, answered);
        Assert.Equal(grpcCode, (int)error["code"]!);
        Assert.Equal("no", error["message"]!.ToString());
    }

    [Theory]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("""{"workflow":1}""")]
    [InlineData("""{"workflow":{},"workflow":{}}""")]
    public async Task MalformedBody_IsTheClientsFault(string body)
    {
        var (status, error) = await SendAsync(HttpMethod.Post, "/api/v1/workflows/team", body);

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Equal(3, (int)error["code"]!);
    }

    [Fact]
    public async Task BodyNestedTooDeeply_IsRefused()
    {
        var (status, _) = await SendAsync(HttpMethod.Post, "/api/v1/workflows/team", new string('[', 100_000));

        Assert.Equal(HttpStatusCode.BadRequest, status);
    }

    [Fact]
    public async Task MissingWorkflow_IsNotFoundInKubernetesWords()
    {
        var (status, error) = await SendAsync(HttpMethod.Get, "/api/v1/workflows/team/nobody");

        Assert.Equal(HttpStatusCode.NotFound, status);
        Assert.Equal("workflows.argoproj.io \"nobody\" not found", error["message"]!.ToString());
    }

    [Fact]
    public async Task Latest_IsTheWorkflowCreatedLast()
    {
        await Server.HaveAsync("first");
        await Server.HaveAsync("second");

        Assert.Equal("second", (await GetAsync("/api/v1/workflows/default/@latest"))["metadata"]!["name"]!.ToString());
    }

    [Fact]
    public async Task List_IsNewestFirst_InPages_WithoutNodes()
    {
        foreach (var name in new[] { "a", "b", "c" })
        {
            await Server.HaveAsync(name, status: """{"phase":"Running","nodes":{"n":{}}}""");
        }

        var first = await GetAsync("/api/v1/workflows/default?listOptions.limit=2");
        var second = await GetAsync($"/api/v1/workflows/default?listOptions.limit=2&listOptions.continue={first["metadata"]!["continue"]}");

        Assert.Equal(["c", "b"], first["items"]!.AsArray().Select(item => item!["metadata"]!["name"]!.ToString()));
        Assert.Equal(["a"], second["items"]!.AsArray().Select(item => item!["metadata"]!["name"]!.ToString()));
        Assert.Null(second["metadata"]!["continue"]);
        Assert.Null(first["items"]![0]!["status"]!["nodes"]);
        Assert.Equal("Running", first["items"]![0]!["status"]!["phase"]!.ToString());
    }

    [Theory]
    [InlineData("listOptions.labelSelector=team=red", "red-one,red-two")]
    [InlineData("listOptions.fieldSelector=metadata.name=blue", "blue")]
    [InlineData("listOptions.fieldSelector=metadata.name!=blue", "red-one,red-two")]
    [InlineData("listOptions.fieldSelector=metadata.name=red&nameFilter=Prefix", "red-one,red-two")]
    [InlineData("listOptions.fieldSelector=metadata.name=two&nameFilter=Contains", "red-two")]
    [InlineData("createdAfter=2026-01-01T00:00:00Z", "blue,red-two")]
    public async Task ListFilters_KeepWhatFits(string query, string names)
    {
        await Server.HaveAsync("red-one", labels: """{"team":"red"}""");
        await Server.HaveAsync("red-two", labels: """{"team":"red"}""");
        await Server.HaveAsync("blue");

        var list = await GetAsync($"/api/v1/workflows/default?{query}");

        Assert.Equal(names.Split(','), list["items"]!.AsArray().Select(item => item!["metadata"]!["name"]!.ToString()).Order());
    }

    [Fact]
    public async Task ListWithoutNamespace_IsOfAllNamespaces()
    {
        await Server.HaveAsync("a", "one");
        await Server.HaveAsync("b", "two");

        Assert.Equal(2, (await GetAsync("/api/v1/workflows/"))["items"]!.AsArray().Count);
    }

    [Theory]
    [InlineData("items.metadata.name", """{"items":[{"metadata":{"name":"a"}}]}""")]
    [InlineData("-metadata,items.metadata,items.spec,apiVersion,kind", """{"items":[{"apiVersion":"argoproj.io/v1alpha1","kind":"Workflow","status":{}}]}""")]
    public async Task Fields_TrimTheAnswer(string fields, string expected)
    {
        await Server.HaveAsync("a");

        var list = await GetAsync($"/api/v1/workflows/default?fields={fields}");

        Assert.Equal(expected, list.ToJsonString());
    }

    [Fact]
    public async Task Submission_OfATemplate_RefersToIt_WithTheOptions()
    {
        await SendAsync(HttpMethod.Post, "/api/v1/workflow-templates/team", """
            {"template":{"metadata":{"name":"train"},"spec":{"workflowMetadata":{"labels":{"a":"template","b":"template"}}}}}
            """);

        var (_, workflow) = await SendAsync(HttpMethod.Post, "/api/v1/workflows/team/submit", """
            {"resourceKind":"WorkflowTemplate","resourceName":"train","submitOptions":{
              "parameters":["x=1","y=a=b"],"labels":"b=mine,c=mine","entryPoint":"other","serviceAccount":"robot","priority":7}}
            """);

        Assert.StartsWith("train-", workflow["metadata"]!["name"]!.ToString(), StringComparison.Ordinal);
        Assert.Equal(
            """{"a":"template","b":"mine","workflows.argoproj.io/workflow-template":"train","c":"mine"}""",
            workflow["metadata"]!["labels"]!.ToJsonString());
        Assert.Equal(
            """{"workflowTemplateRef":{"name":"train"},"entrypoint":"other","serviceAccountName":"robot","priority":7}""",
            Without(workflow["spec"]!, "arguments"));
        Assert.Equal(
            """[{"name":"x","value":"1"},{"name":"y","value":"a=b"}]""",
            workflow["spec"]!["arguments"]!["parameters"]!.ToJsonString());
    }

    [Fact]
    public async Task Submission_OfAMissingTemplate_IsNotFound()
    {
        var (status, _) = await SendAsync(
            HttpMethod.Post, "/api/v1/workflows/team/submit", """{"resourceKind":"ClusterWorkflowTemplate","resourceName":"none"}""");

        Assert.Equal(HttpStatusCode.NotFound, status);
    }

    [Fact]
    public async Task DeletedWorkflow_IsGone()
    {
        await Server.HaveAsync("a");

        Assert.Equal(HttpStatusCode.OK, (await SendAsync(HttpMethod.Delete, "/api/v1/workflows/default/a")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await SendAsync(HttpMethod.Delete, "/api/v1/workflows/default/a")).Status);
    }

    private static string Without(JsonNode node, string field)
    {
        var copy = node.DeepClone().AsObject();
        copy.Remove(field);
        return copy.ToJsonString();
    }
}
