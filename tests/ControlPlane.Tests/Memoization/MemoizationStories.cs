using System.Text.Json.Nodes;
using Argosy.Contracts.Agents;
using Argosy.ControlPlane.Tests.Workflows;

namespace Argosy.ControlPlane.Tests.Memoization;

public sealed class MemoizationStories
{
    private const string Spec = """
        {"entrypoint":"main","templates":[{"name":"main","memoize":{"key":"cache-key","maxAge":"1h","cache":{"configMap":{"name":"cache-config"}}},
          "container":{"image":"busybox","command":["true"]}}]}
        """;

    [Fact]
    public async Task SecondRun_TakesWhatTheFirstLeftInTheConfigMap_AndRunsNoPod()
    {
        await using var hub = await HubUnderTest.StartAsync();
        await hub.Hub.DeclareClusterAsync("one", new Dictionary<string, string>());
        await using var agent = await ScriptedAgent.ConnectAsync(hub.Hub, "one");
        await hub.CreateAsync("first", Spec);
        await agent.ReportsAsync((await agent.IsAskedToRunAsync()).Key, PodPhase.PodSucceeded);
        await hub.EndsAsync("first", "Succeeded");

        await hub.CreateAsync("second", Spec);
        var second = await hub.EndsAsync("second", "Succeeded");

        Assert.Equal("""{"hit":true,"key":"cache-key","cacheName":"cache-config"}""", second["status"]!["nodes"]!["second"]!["memoizationStatus"]!.ToJsonString());
        var map = (await hub.SendAsync(HttpMethod.Get, "/api/v1/namespaces/default/configmaps/cache-config"))!;
        Assert.Equal("Cache", (string?)map["metadata"]!["labels"]!["workflows.argoproj.io/configmap-type"]);
        var entry = JsonNode.Parse((string)map["data"]!["cache-key"]!)!.AsObject();
        Assert.Equal(["nodeID", "outputs", "creationTimestamp", "lastHitTimestamp"], entry.Select(field => field.Key));
        Assert.Equal("first", (string?)entry["nodeID"]);
    }

    [Fact]
    public async Task ConfigMapThatIsNoCache_IsNotTouched()
    {
        await using var hub = await HubUnderTest.StartAsync();
        await hub.SendAsync(
            HttpMethod.Post, "/api/v1/namespaces/default/configmaps", """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"cache-config"},"data":{"a":"b"}}""");
        await hub.CreateAsync("wf", Spec);

        var error = await hub.EndsAsync("wf", "Error");
        Assert.Equal(
            "memoization configmap doesn't have workflows.argoproj.io/configmap-type label, refusing to use it", (string?)error["status"]!["nodes"]!["wf"]!["message"]);
    }
}
