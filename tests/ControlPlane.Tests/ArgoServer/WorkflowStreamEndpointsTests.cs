using System.Net;
using System.Text.Json.Nodes;
using Argosy.ControlPlane.Resources;

namespace Argosy.ControlPlane.Tests.ArgoServer;

public sealed class WorkflowStreamEndpointsTests : ArgoServerFixture
{
    [Fact]
    public async Task Logs_AreOneJsonObjectPerLine()
    {
        await Server.HaveAsync("mine");

        var stream = await StreamAsync("/api/v1/workflows/default/mine/log?logOptions.follow=true&logOptions.tailLines=5&grep=hello");

        Assert.Equal(
            """
            {"result":{"content":"hello from one","podName":"one"}}
            {"result":{"content":"hello from two","podName":"two"}}

            """,
            stream);
        Assert.True(Server.Logs.Asked!.Follow);
        Assert.Equal(5, Server.Logs.Asked.TailLines);
        Assert.Equal("hello", Server.Logs.Asked.Grep);
        Assert.Equal("main", Server.Logs.Asked.Container);
    }

    [Fact]
    public async Task Logs_ForABrowser_AreServerSentEvents()
    {
        await Server.HaveAsync("mine");

        var stream = await StreamAsync("/api/v1/workflows/default/mine/one/log?logOptions.timestamps=true", "text/event-stream");

        Assert.Equal("data: {\"result\":{\"content\":\"2026-01-02T03:04:05.0000000Z hello from one\",\"podName\":\"one\"}}\n\n", stream);
    }

    [Fact]
    public async Task LogThatBreaks_EndsWithAnError()
    {
        await Server.HaveAsync("mine");
        Server.Logs.Failure = new ApiException(503, "ServiceUnavailable", "cluster gpu is out of reach");

        var last = (await StreamAsync("/api/v1/workflows/default/mine/log")).TrimEnd().Split('\n')[^1];

        Assert.Equal("""{"error":{"grpc_code":14,"http_code":503,"message":"cluster gpu is out of reach"}}""", last);
    }

    [Fact]
    public async Task LogOfAMissingWorkflow_IsNotFound_BeforeTheStreamOpens()
    {
        var (status, _) = await SendAsync(HttpMethod.Get, "/api/v1/workflows/default/nobody/log");

        Assert.Equal(HttpStatusCode.NotFound, status);
    }

    [Fact]
    public async Task Watch_ShowsWhatIsThere_ThenEachChange_OfThoseAskedFor()
    {
        await Server.HaveAsync("mine", labels: """{"team":"red"}""");
        await Server.HaveAsync("other");

        var changes = await FirstAsync(
            3,
            "/api/v1/workflow-events/default?listOptions.labelSelector=team%20in%20(red,blue)&fields=result.type,result.object.metadata.name",
            async seen =>
            {
                var key = new ResourceKey(Kinds.Workflow, "default", "mine");
                if (seen == 1)
                {
                    await Server.HaveAsync("another");
                    await Server.Resources.ModifyAsync(key, Touch, CancellationToken.None);
                }
                else if (seen == 2)
                {
                    await Server.Resources.DeleteAsync(key, CancellationToken.None);
                }
            });

        Assert.Equal(
            [
                """{"type":"ADDED","object":{"metadata":{"name":"mine"}}}""",
                """{"type":"MODIFIED","object":{"metadata":{"name":"mine"}}}""",
                """{"type":"DELETED","object":{"metadata":{"name":"mine"}}}""",
            ],
            changes.Select(change => change.ToJsonString()));
    }

    [Fact]
    public async Task WatchFromAVersion_SkipsWhatTheClientHasSeen()
    {
        await Server.HaveAsync("old");
        var version = (await GetAsync("/api/v1/workflows/default"))["metadata"]!["resourceVersion"]!.ToString();
        await Server.HaveAsync("new");

        var changes = await FirstAsync(
            1, $"/api/v1/workflow-events/default?listOptions.resourceVersion={version}", _ => Task.CompletedTask);

        Assert.Equal("new", changes[0]["object"]!["metadata"]!["name"]!.ToString());
    }

    [Fact]
    public async Task WatchOfLatest_IsOfTheWorkflowCreatedLast()
    {
        await Server.HaveAsync("first");
        await Server.HaveAsync("second");

        var changes = await FirstAsync(
            1, "/api/v1/workflow-events/default?listOptions.fieldSelector=metadata.name=@latest", _ => Task.CompletedTask);

        Assert.Equal("second", changes[0]["object"]!["metadata"]!["name"]!.ToString());
    }

    private static bool Touch(JsonObject workflow)
    {
        workflow["status"] = new JsonObject { ["phase"] = "Running" };
        return true;
    }
}
