using System.Text.Json.Nodes;
using Argosy.Cli.Client;

namespace Argosy.Cli.Tests.Client;

public sealed class NodeTests
{
    [Theory]
    [InlineData("""{"name":"dag-fail-r4gvc.A","templateName":"echo"}""", "dag-fail-r4gvc-echo-848175806")]
    [InlineData("""{"name":"dag-fail-r4gvc.A","templateRef":{"name":"t","template":"echo"}}""", "dag-fail-r4gvc-echo-848175806")]
    [InlineData("""{"name":"dag-fail-r4gvc.A"}""", "dag-fail-r4gvc-848175806")]
    [InlineData("""{"name":"dag-fail-r4gvc","templateName":"echo"}""", "dag-fail-r4gvc")]
    public void PodName_FollowsFromTheNamesOfWorkflowTemplateAndNode(string node, string expected)
    {
        var workflow = new Workflow(JsonNode.Parse("""{"metadata":{"name":"dag-fail-r4gvc"}}""")!.AsObject());

        Assert.Equal(expected, new Node("id", JsonNode.Parse(node)!.AsObject()).PodName(workflow));
    }
}
