using System.Text.Json.Nodes;
using Argosy.ClusterAgent.Kubernetes.Watching;

namespace Argosy.ClusterAgent.Tests.Kubernetes;

public sealed class ClusterCapacityTests
{
    [Fact]
    public void Capacity_IsOfReadyNodesThatTakePods_AndOfPodsThatHaveNotEnded()
    {
        var nodes = new[] { Node("a", "True"), Node("b", "False"), Node("c", "True", unschedulable: true), Node("d", "True") }.Select(ClusterCapacity.OfNode);
        var pods = new[]
        {
            Json("""{"status":{"phase":"Running"},"spec":{"containers":[{"resources":{"requests":{"cpu":"100m","memory":"1Mi"}}},{"resources":{"limits":{"cpu":"1"}}}]}}"""),
            Json("""{"status":{"phase":"Succeeded"},"spec":{"containers":[{"resources":{"requests":{"cpu":"8"}}}]}}"""),
            Json("""{"spec":{"initContainers":[{"resources":{"requests":{"memory":"1Gi"}}}],"containers":[{"resources":{"requests":{"memory":"1Ki"}}},{}]}}"""),
        };

        var capacity = ClusterCapacity.Of(nodes, pods);

        Assert.Equal(2u, capacity.KubeNodes);
        Assert.Equal((4000, 2 * 16L * 1024 * 1024 * 1024, 2), (capacity.Allocatable["cpu"], capacity.Allocatable["memory"], capacity.Allocatable["nvidia.com/gpu"]));
        Assert.Equal((1100, (1024L * 1024) + (1024L * 1024 * 1024)), (capacity.Requested["cpu"], capacity.Requested["memory"]));
    }

    private static JsonObject Node(string name, string ready, bool unschedulable = false) => Json($$$"""
        {"metadata":{"name":"{{{name}}}","resourceVersion":"1","labels":{"x":"y"} },"spec":{"unschedulable":{{{(unschedulable ? "true" : "false")}}} },
         "status":{"images":[1,2],"allocatable":{"cpu":"2","memory":"16Gi","nvidia.com/gpu":"1"},
           "conditions":[{"type":"DiskPressure","status":"True"},{"type":"Ready","status":"{{{ready}}}"}]} }
        """);

    private static JsonObject Json(string text) => JsonNode.Parse(text)!.AsObject();
}
