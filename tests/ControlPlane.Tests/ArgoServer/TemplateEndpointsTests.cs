using System.Net;

namespace Argosy.ControlPlane.Tests.ArgoServer;

public sealed class TemplateEndpointsTests : ArgoServerFixture
{
    [Theory]
    [InlineData("/api/v1/workflow-templates/team")]
    [InlineData("/api/v1/cluster-workflow-templates")]
    public async Task Template_LivesItsLife(string path)
    {
        var (created, template) = await SendAsync(
            HttpMethod.Post, path, """{"template":{"metadata":{"name":"t"},"spec":{"entrypoint":"a"}}}""");
        template["spec"]!["entrypoint"] = "b";
        var (updated, _) = await SendAsync(HttpMethod.Put, $"{path}/t", $$"""{"template":{{template.ToJsonString()}}}""");
        var (stale, error) = await SendAsync(HttpMethod.Put, $"{path}/t", $$"""{"template":{{template.ToJsonString()}}}""");
        var read = await GetAsync($"{path}/t");
        var listed = await GetAsync(path);
        var (deleted, _) = await SendAsync(HttpMethod.Delete, $"{path}/t");
        var (missing, _) = await SendAsync(HttpMethod.Get, $"{path}/t");

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.Conflict), (created, updated, stale));
        Assert.Equal(10, (int)error["code"]!);
        Assert.Equal("b", read["spec"]!["entrypoint"]!.ToString());
        Assert.Single(listed["items"]!.AsArray());
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.NotFound), (deleted, missing));
    }

    [Theory]
    [InlineData("/api/v1/workflow-templates/team/lint")]
    [InlineData("/api/v1/cluster-workflow-templates/lint")]
    public async Task BadTemplate_Linted_IsRefused(string path)
    {
        var (status, _) = await SendAsync(HttpMethod.Post, path, """{"template":{"metadata":{"name":"t"},"spec":{}}}""");

        Assert.Equal(HttpStatusCode.BadRequest, status);
    }

    [Fact]
    public async Task NamePattern_KeepsNamesThatContainIt()
    {
        foreach (var name in new[] { "train-small", "train-large", "serve" })
        {
            await SendAsync(HttpMethod.Post, "/api/v1/workflow-templates/team", $$$"""{"template":{"metadata":{"name":"{{{name}}}"},"spec":{} } }""");
        }

        Assert.Equal(2, (await GetAsync("/api/v1/workflow-templates/team?namePattern=train"))["items"]!.AsArray().Count);
    }

    [Theory]
    [InlineData("/api/v1/info", "links")]
    [InlineData("/api/v1/version", "version")]
    [InlineData("/api/v1/userinfo", "subject")]
    public async Task ServerFacts_AreThere(string path, string field) => Assert.NotNull((await GetAsync(path))[field]);
}
