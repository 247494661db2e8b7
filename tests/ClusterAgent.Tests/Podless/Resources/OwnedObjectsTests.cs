using System.Text.Json.Nodes;
using Argosy.Contracts.Agents;

namespace Argosy.ClusterAgent.Tests.Podless.Resources;

/// <summary>Objects that belong to a workflow that their cluster does not know.</summary>
public sealed class OwnedObjectsTests
{
    private const string Deputy = """{"metadata":{"uid":"deputy-uid"}}""";

    [Theory]
    [InlineData(true, "")]
    [InlineData(false, ", ownerReferences: [{apiVersion: argoproj.io/v1alpha1, kind: Workflow, name: wf, uid: 0b1f-uid}]")]
    public async Task ObjectOfAWorkflow_RefersToItsDeputy_WhichTheAgentMakes(bool asked, string written)
    {
        await using var story = await ResourceStory.StartAsync();
        story.ThenCore().ThenRefused(404, "NotFound", "none yet").Then(201, Deputy).Then(201, """{"metadata":{"name":"a"}}""");

        var report = await story.RunAsync(new { action = "create", setOwnerReference = asked, manifest = $"{{apiVersion: v1, kind: ConfigMap, metadata: {{name: a{written}}}}}" });

        Assert.Equal((PodPhase.PodSucceeded, ""), (report.Phase, report.Message));
        Assert.Equal(["", "", "", "system:serviceaccount:argo:worker"], story.Server.Users);
        var owner = Assert.Single(story.Sent(3)["metadata"]!["ownerReferences"]!.AsArray())!;
        Assert.Equal(("ConfigMap", "deputy-uid", (string?)story.Sent(2)["metadata"]!["name"]), ((string?)owner["kind"], (string?)owner["uid"], (string?)owner["name"]));
    }

    [Fact]
    public async Task ObjectThatNothingInTheNamespaceCanOwn_IsRefused()
    {
        await using var story = await ResourceStory.StartAsync();
        story.ThenCore();

        var report = await story.RunAsync(new { action = "create", setOwnerReference = true, manifest = "{apiVersion: v1, kind: Node, metadata: {name: n}}" });

        Assert.Contains("cannot be owned by the workflow", report.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ForgottenWorkflow_LosesItsDeputy_AndMayBeForgottenAgain()
    {
        await using var story = await ResourceStory.StartAsync();
        story.Then(200, "{}").ThenRefused(404, "NotFound", "gone");

        await story.Owned.ForgetAsync("0b1f-uid", TestContext.Current.CancellationToken);
        await story.Owned.ForgetAsync("0b1f-uid", TestContext.Current.CancellationToken);

        Assert.All(story.Server.Requests, request => Assert.StartsWith("DELETE /api/v1/namespaces/argo/configmaps/argosy-owner-", request, StringComparison.Ordinal));
    }
}
