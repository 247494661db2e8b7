using System.Text.Json.Nodes;
using Argosy.ClusterAgent.Kubernetes.Api;

namespace Argosy.ClusterAgent.Kubernetes.Pods;

/// <summary>What the agent does to pods. Each may be repeated.</summary>
internal sealed class PodWrites(KubernetesClient client)
{
    /// <summary>A pod's deadline in a field that may be shortened while it runs: the kubelet ends it gracefully and its logs stay.</summary>
    private const int AtOnce = 1;

    public Task<JsonObject> CreateAsync(string @namespace, JsonObject pod, CancellationToken cancellationToken) =>
        client.CreateAsync(ResourceType.Pod, @namespace, pod, cancellationToken);

    /// <summary>Ends the pod because the hub wants it to; one that no kubelet has begun with is deleted.</summary>
    public async Task StopAsync(JsonObject pod, string reason, bool daemonDone, CancellationToken cancellationToken)
    {
        var annotations = new JsonObject { [PodMarks.Cancelled] = reason };
        if (daemonDone)
        {
            annotations[PodMarks.DaemonDone] = "true";
        }

        // First: a pod that is being deleted and does not say why ends as an error.
        await PatchAsync(pod, new JsonObject { ["metadata"] = new JsonObject { ["annotations"] = annotations }, ["spec"] = Deadline() }, cancellationToken);
        await EndUnbegunAsync(pod, cancellationToken);
    }

    /// <summary>Deletes a pod that was stopped and that no kubelet will end, for none has begun with it.</summary>
    public async Task EndUnbegunAsync(JsonObject pod, CancellationToken cancellationToken)
    {
        if (!HasBegun(pod) && pod.Text("metadata", "deletionTimestamp") is null)
        {
            await DeleteAsync(pod, cancellationToken);
        }
    }

    /// <summary>Ends what runs beside the main containers, now that these are over.</summary>
    public Task TidyAsync(JsonObject pod, CancellationToken cancellationToken) => PatchAsync(
        pod,
        new JsonObject
        {
            ["metadata"] = new JsonObject { ["annotations"] = new JsonObject { [PodMarks.Tidied] = "true" } }, ["spec"] = Deadline(),
        },
        cancellationToken);

    /// <summary>The hub has decided the node: the pod stays for its logs, nobody waits for it any more.</summary>
    public async Task ReleaseAsync(JsonObject pod, bool isOver, CancellationToken cancellationToken)
    {
        var patch = new JsonObject
        {
            ["metadata"] = new JsonObject
            {
                ["labels"] = new JsonObject { [PodMarks.State] = PodMarks.Released, [PodMarks.Completed] = "true" },
                ["finalizers"] = OthersFinalizers(pod),
            },
        };
        if (!isOver)
        {
            patch["spec"] = Deadline();
        }

        // First, while the finalizer holds it: an agent that dies in between finds the pod still held, and is told again to let go.
        if (!isOver && !HasBegun(pod))
        {
            await DeleteAsync(pod, cancellationToken);
        }

        await PatchAsync(pod, patch, cancellationToken);
    }

    /// <summary>Has the pod gone, with its logs.</summary>
    public async Task RemoveAsync(JsonObject pod, CancellationToken cancellationToken)
    {
        if (pod["metadata"]?["finalizers"] is JsonArray { Count: > 0 })
        {
            var patch = new JsonObject
            {
                ["metadata"] = new JsonObject
                {
                    ["labels"] = new JsonObject { [PodMarks.State] = PodMarks.Released },
                    ["finalizers"] = OthersFinalizers(pod),
                },
            };
            await PatchAsync(pod, patch, cancellationToken);
        }

        // Old kubelets never let go of a pod that ended by its deadline: what has ended goes at once.
        await DeleteAsync(pod, cancellationToken, atOnce: pod.Text("status", "phase") is "Succeeded" or "Failed");
    }

    /// <summary>Whether a kubelet has taken it up.</summary>
    private static bool HasBegun(JsonObject pod) => pod.Text("status", "startTime") is not null;

    private static JsonObject Deadline() => new() { ["activeDeadlineSeconds"] = AtOnce };

    // Not by $deleteFromPrimitiveList: given twice it adds what it should delete, where the list is gone by then.
    private static JsonArray OthersFinalizers(JsonObject pod) =>
        [.. (pod["metadata"]?["finalizers"] as JsonArray ?? []).Where(finalizer => (string?)finalizer != PodMarks.Finalizer).Select(finalizer => finalizer!.DeepClone())];

    private async Task PatchAsync(JsonObject pod, JsonObject patch, CancellationToken cancellationToken)
    {
        ((JsonObject)patch["metadata"]!)["uid"] = pod.Text("metadata", "uid"); // never a later pod of the same name
        try
        {
            await client.PatchAsync(ResourceType.Pod, pod.Namespace(), pod.Name(), ObjectPatch.Merge(patch), cancellationToken);
        }
        catch (KubernetesException gone) when (gone.IsNotFound || gone.IsConflict)
        {
            // It is not there any more, or another one is: nothing is left to be changed.
        }
    }

    private async Task DeleteAsync(JsonObject pod, CancellationToken cancellationToken, bool atOnce = false)
    {
        try
        {
            await client.DeleteAsync(
                ResourceType.Pod, pod.Namespace(), pod.Name(), new DeleteOptions { Uid = pod.Text("metadata", "uid"), GracePeriodSeconds = atOnce ? 0 : null },
                cancellationToken);
        }
        catch (KubernetesException another) when (another.IsConflict)
        {
            // A later pod of this name: not ours to delete.
        }
    }
}
