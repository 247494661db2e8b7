using System.Text.Json.Nodes;
using Argosy.ControlPlane.Resources;

namespace Argosy.ControlPlane.Clusters;

/// <summary>Declares clusters whose agents this process starts itself.</summary>
internal sealed class ClusterDeclaration(IResources resources)
{
    /// <summary>Registers the cluster, or gives a registered one these labels.</summary>
    public async Task DeclareAsync(string name, IReadOnlyDictionary<string, string> labels, CancellationToken cancellationToken)
    {
        var wanted = new JsonObject();
        foreach (var (key, value) in labels)
        {
            wanted[key] = value;
        }

        var named = new ResourceKey(Kinds.Cluster, null, name);
        var present = await resources.ModifyAsync(
            named,
            cluster =>
            {
                if (JsonNode.DeepEquals(cluster["spec"]?["labels"], wanted) && ClusterRuntime.IsEmbedded(cluster))
                {
                    return false;
                }

                var spec = cluster["spec"] as JsonObject ?? [];
                spec[ClusterRuntime.Field] = ClusterRuntime.Embedded;
                spec["labels"] = wanted.DeepClone();
                cluster["spec"] = spec;
                return true;
            },
            cancellationToken);
        if (present is null)
        {
            await resources.CreateAsync(
                Kinds.Cluster,
                null,
                new JsonObject
                {
                    ["apiVersion"] = Kinds.Cluster.ApiVersion,
                    ["kind"] = "Cluster",
                    ["metadata"] = new JsonObject { ["name"] = name },
                    ["spec"] = new JsonObject { [ClusterRuntime.Field] = ClusterRuntime.Embedded, ["labels"] = wanted },
                },
                cancellationToken);
        }
    }
}
