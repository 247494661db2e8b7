using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Argosy.ClusterAgent.Kubernetes.Api;
using Argosy.Contracts.Agents;

namespace Argosy.ClusterAgent.Kubernetes.Pods;

/// <summary>
/// What a workflow has in the cluster beside its pods: its claims, which stay until the hub drops them, and its disruption budget, which is there while
/// it has pods that are not decided.
/// </summary>
internal sealed class WorkflowObjects(KubernetesClient client, ApiDiscovery discovery, IReadOnlyList<string> namespaces, Func<string, bool> hasAttempts)
    : IDisposable
{
    private const string Protection = "kubernetes.io/pvc-protection";

    private readonly ConcurrentDictionary<string, bool> _budgets = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _budgetsTurn = new(1); // nobody may rely on a budget that is being deleted
    private readonly ConcurrentDictionary<string, bool> _claims = new(StringComparer.Ordinal);

    /// <summary>Makes what the pod of the intent needs.</summary>
    /// <exception cref="PodRefusedException">A claim's name is taken by somebody else's.</exception>
    public async Task MakeAsync(PodIntent intent, CancellationToken cancellationToken)
    {
        if (intent.ClaimsJson.Length > 0 && JsonNode.Parse(intent.ClaimsJson) is JsonArray claims)
        {
            foreach (var claim in claims.OfType<JsonObject>())
            {
                await MakeClaimAsync(intent.Key, claim, cancellationToken);
            }
        }

        if (intent.DisruptionBudgetJson.Length == 0)
        {
            return;
        }

        await _budgetsTurn.WaitAsync(cancellationToken);
        try
        {
            if (!_budgets.ContainsKey(intent.Key.WorkflowUid))
            {
                await MakeBudgetAsync(intent, cancellationToken);
                _budgets[intent.Key.WorkflowUid] = true;
            }
        }
        finally
        {
            _budgetsTurn.Release();
        }
    }

    /// <summary>An attempt was let go: the last one takes the budget with it.</summary>
    public async Task LetGoAsync(string workflowUid, string @namespace, CancellationToken cancellationToken)
    {
        if (!_budgets.ContainsKey(workflowUid) || hasAttempts(workflowUid))
        {
            return;
        }

        await _budgetsTurn.WaitAsync(cancellationToken);
        try
        {
            if (_budgets.ContainsKey(workflowUid) && !hasAttempts(workflowUid))
            {
                await DeleteAsync(await BudgetTypeAsync(cancellationToken), @namespace, workflowUid, cancellationToken);
                _budgets.TryRemove(workflowUid, out _); // not before: a deletion that failed has to be repeated
            }
        }
        finally
        {
            _budgetsTurn.Release();
        }
    }

    public void Dispose() => _budgetsTurn.Dispose();

    /// <summary>After a restart: whose budget there may be.</summary>
    public void Remember(string workflowUid) => _budgets[workflowUid] = true;

    /// <summary>
    /// Deletes the workflow's claims. Kubernetes protects a claim as long as there are pods that name it, ended ones as well, which stay for their logs; so
    /// its protection is taken away, as upstream does.
    /// </summary>
    public async Task DropClaimsAsync(string workflowUid, CancellationToken cancellationToken)
    {
        foreach (var @namespace in namespaces)
        {
            await foreach (var claim in client.ListAsync(ResourceType.PersistentVolumeClaim, @namespace, Of(workflowUid), cancellationToken))
            {
                await DropAsync(@namespace, claim, cancellationToken);
            }
        }

        foreach (var claim in _claims.Keys.Where(claim => claim.StartsWith(workflowUid + "/", StringComparison.Ordinal)))
        {
            _claims.TryRemove(claim, out _);
        }
    }

    /// <summary>Deletes everything but pods that is the workflow's.</summary>
    public async Task ForgetAsync(string workflowUid, CancellationToken cancellationToken)
    {
        var budgets = await BudgetTypeAsync(cancellationToken);
        foreach (var @namespace in namespaces)
        {
            await DeleteAsync(budgets, @namespace, workflowUid, cancellationToken);
        }

        _budgets.TryRemove(workflowUid, out _);
        await DropClaimsAsync(workflowUid, cancellationToken); // last: by them the next life of the agent knows that something is left
    }

    public static ListQuery Of(string workflowUid) => new() { LabelSelector = $"{PodMarks.Managed}=true,{PodMarks.WorkflowUid}={workflowUid}" };

    private async Task MakeClaimAsync(AttemptKey key, JsonObject claim, CancellationToken cancellationToken)
    {
        var name = claim.Name();
        if (!_claims.TryAdd($"{key.WorkflowUid}/{name}", true))
        {
            return;
        }

        Mark(claim, key.WorkflowUid);
        try
        {
            await client.CreateAsync(ResourceType.PersistentVolumeClaim, key.Namespace, claim, cancellationToken);
        }
        catch (KubernetesException taken) when (taken.IsAlreadyThere)
        {
            var present = await client.FindAsync(ResourceType.PersistentVolumeClaim, key.Namespace, name, cancellationToken);
            if (present?.Label(PodMarks.WorkflowUid) is { } owner && owner != key.WorkflowUid || present is not null && present.Label(PodMarks.Managed) is null)
            {
                _claims.TryRemove($"{key.WorkflowUid}/{name}", out _);
                throw new PodRefusedException($"{taken.Message}, and is not this workflow's: delete it, or give the workflow another name", taken);
            }
        }
        catch
        {
            _claims.TryRemove($"{key.WorkflowUid}/{name}", out _);
            throw;
        }
    }

    private async Task MakeBudgetAsync(PodIntent intent, CancellationToken cancellationToken)
    {
        var type = await BudgetTypeAsync(cancellationToken);
        var budget = new JsonObject
        {
            ["apiVersion"] = type.ApiVersion,
            ["kind"] = type.Kind,
            ["metadata"] = new JsonObject { ["name"] = intent.Key.Workflow, ["namespace"] = intent.Key.Namespace },
            ["spec"] = JsonNode.Parse(intent.DisruptionBudgetJson),
        };
        Mark(budget, intent.Key.WorkflowUid);
        try
        {
            await client.CreateAsync(type, intent.Key.Namespace, budget, cancellationToken);
        }
        catch (KubernetesException taken) when (taken.IsAlreadyThere)
        {
            // This workflow's, from an earlier life of the agent; or somebody's who protects the same pods.
        }
    }

    private static void Mark(JsonObject item, string workflowUid)
    {
        var labels = PodBuilder.Child(PodBuilder.Child(item, "metadata"), "labels");
        labels[PodMarks.Managed] = "true";
        labels[PodMarks.WorkflowUid] = workflowUid;
    }

    private async Task<ResourceType> BudgetTypeAsync(CancellationToken cancellationToken) =>
        await discovery.FindAsync("policy/v1", "PodDisruptionBudget", cancellationToken)
        ?? await discovery.FindAsync("policy/v1beta1", "PodDisruptionBudget", cancellationToken)
        ?? throw new PodRefusedException("this cluster serves no PodDisruptionBudget, and the workflow asks for one");

    private async Task DropAsync(string @namespace, JsonObject claim, CancellationToken cancellationToken)
    {
        var others = (claim["metadata"]?["finalizers"] as JsonArray ?? []).Where(finalizer => (string?)finalizer != Protection).Select(finalizer => finalizer!.DeepClone());
        var patch = new JsonObject
        {
            ["metadata"] = new JsonObject { ["uid"] = claim.Text("metadata", "uid"), ["finalizers"] = new JsonArray([.. others]) },
        };
        await client.DeleteAsync(ResourceType.PersistentVolumeClaim, @namespace, claim.Name(), DeleteOptions.Default, cancellationToken);
        try
        {
            await client.PatchAsync(ResourceType.PersistentVolumeClaim, @namespace, claim.Name(), ObjectPatch.Merge(patch), cancellationToken);
        }
        catch (KubernetesException gone) when (gone.IsNotFound || gone.IsConflict)
        {
            // It went by itself.
        }
    }

    private async Task DeleteAsync(ResourceType type, string @namespace, string workflowUid, CancellationToken cancellationToken)
    {
        await foreach (var item in client.ListAsync(type, @namespace, Of(workflowUid), cancellationToken))
        {
            await client.DeleteAsync(type, @namespace, item.Name(), DeleteOptions.Default, cancellationToken);
        }
    }
}
