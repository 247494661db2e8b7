using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Argosy.ClusterAgent.Kubernetes.Api;
using Argosy.Contracts.Agents;

namespace Argosy.ClusterAgent.Podless.Resources;

/// <summary>
/// Objects that go when their workflow goes (<c>setOwnerReference</c>). The workflow is an object of the hub, and Kubernetes deletes what
/// refers to an owner that its own cluster does not have. So a workflow gets a small ConfigMap as its deputy in the cluster: objects refer to that,
/// and deleting it lets the cluster's own garbage collector do the rest, whatever their kinds, without the agent having rights on them.
/// </summary>
/// <param name="namespaces">Where workflows may run in this cluster: where deputies can be.</param>
internal sealed class OwnedObjects(KubernetesClient client, IReadOnlyList<string> namespaces)
{
    /// <summary>
    /// Makes the object one of the workflow's: where the template asks for it, and also where its manifest names the workflow as an owner
    /// by <c>{{workflow.uid}}</c> itself.
    /// </summary>
    public async Task AdoptAsync(ResourceSpec spec, ResourceTarget target, JsonObject item, CancellationToken cancellationToken)
    {
        var metadata = item["metadata"]!.AsObject();
        var owners = metadata["ownerReferences"] as JsonArray ?? [];
        var written = owners.OfType<JsonObject>().Where(owner => (string?)owner["uid"] == spec.Key.WorkflowUid).ToList();
        if (!spec.Owned && written.Count == 0)
        {
            return;
        }

        if (target.Namespace != spec.Key.Namespace)
        {
            throw new ResourceFailureException(
                $"error: {target.Spelled} cannot be owned by the workflow: Kubernetes lets an owner have only objects of its own namespace, which is "
                + $"\"{spec.Key.Namespace}\"; leave setOwnerReference out and delete it in an exit handler");
        }

        written.ForEach(owner => owners.Remove(owner));
        owners.Add((JsonNode)await DeputyAsync(spec.Key, cancellationToken));
        metadata["ownerReferences"] = owners.DeepClone();
    }

    /// <summary>Lets everything that a workflow owns go. Harmless to repeat, and where it owns nothing.</summary>
    public async Task ForgetAsync(string workflowUid, CancellationToken cancellationToken)
    {
        foreach (var @namespace in namespaces)
        {
            await client.DeleteAsync(ResourceType.ConfigMap, @namespace, NameOf(workflowUid), DeleteOptions.Default, cancellationToken);
        }
    }

    private async Task<JsonObject> DeputyAsync(AttemptKey key, CancellationToken cancellationToken)
    {
        var name = NameOf(key.WorkflowUid);
        var deputy = await client.FindAsync(ResourceType.ConfigMap, key.Namespace, name, cancellationToken) ?? await MakeAsync(key, name, cancellationToken);
        return new JsonObject { ["apiVersion"] = "v1", ["kind"] = "ConfigMap", ["name"] = name, ["uid"] = (string?)deputy["metadata"]!["uid"] };
    }

    private async Task<JsonObject> MakeAsync(AttemptKey key, string name, CancellationToken cancellationToken)
    {
        var deputy = new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "ConfigMap",
            ["metadata"] = new JsonObject
            {
                ["name"] = name,
                ["labels"] = new JsonObject { ["argosy.io/workflow-uid"] = key.WorkflowUid },
                ["annotations"] = new JsonObject { ["argosy.io/owner"] = $"stands for workflow {key.Namespace}/{key.Workflow}: what refers to it goes with it" },
            },
        };
        try
        {
            return await client.CreateAsync(ResourceType.ConfigMap, key.Namespace, deputy, cancellationToken);
        }
        catch (KubernetesException exists) when (exists.IsAlreadyThere)
        {
            return await client.GetAsync(ResourceType.ConfigMap, key.Namespace, name, cancellationToken);
        }
    }

    private static string NameOf(string workflowUid) => $"argosy-owner-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(workflowUid)))[..20]}";
}
