using System.Net;
using Argosy.ControlPlane.Resources;

namespace Argosy.ControlPlane.Tests.ArgoServer;

public sealed class WorkflowVerbEndpointsTests : ArgoServerFixture
{
    [Theory]
    [InlineData("suspend", "{}", "suspend")]
    [InlineData("resume", """{"nodeFieldSelector":"displayName=ask"}""", "resume displayName=ask")]
    [InlineData("stop", """{"message":"enough"}""", "stop  enough")]
    [InlineData("terminate", "", "terminate")]
    [InlineData("retry", """{"restartSuccessful":true,"nodeFieldSelector":"id=1","parameters":["a=b"]}""", "retry True id=1 a=b")]
    [InlineData("resubmit", """{"memoized":true,"parameters":["a=b"]}""", "resubmit True a=b")]
    [InlineData("set", """{"nodeFieldSelector":"id=1","phase":"Failed","message":"m","outputParameters":"{\"k\":\"v\"}"}""", "set id=1 Failed m k=v")]
    public async Task Verb_ReachesTheWorkflow_WithItsOptions(string verb, string options, string recorded)
    {
        var (status, answer) = await SendAsync(HttpMethod.Put, $"/api/v1/workflows/default/mine/{verb}", options);

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal("mine", answer["metadata"]!["name"]!.ToString());
        Assert.Equal([$"default/mine {recorded}"], Server.Verbs.Calls);
    }

    [Fact]
    public async Task VerbOnLatest_ReachesTheWorkflowCreatedLast()
    {
        await Server.HaveAsync("first");
        await Server.HaveAsync("second");

        await SendAsync(HttpMethod.Put, "/api/v1/workflows/default/@latest/terminate");

        Assert.Equal(["default/second terminate"], Server.Verbs.Calls);
    }

    [Fact]
    public async Task RefusedVerb_AnswersTheReason()
    {
        Server.Verbs.Refusal = new ApiException(400, "BadRequest", "Cannot retry a workflow in phase Running");

        var (status, error) = await SendAsync(HttpMethod.Put, "/api/v1/workflows/default/mine/retry");

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Equal("Cannot retry a workflow in phase Running", error["message"]!.ToString());
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"nodeFieldSelector":"id=1","outputParameters":"[]"}""")]
    public async Task SetWithoutSense_IsRefused(string options)
    {
        var (status, _) = await SendAsync(HttpMethod.Put, "/api/v1/workflows/default/mine/set", options);

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Empty(Server.Verbs.Calls);
    }
}
