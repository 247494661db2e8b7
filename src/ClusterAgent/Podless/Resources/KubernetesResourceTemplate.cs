using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Argosy.ClusterAgent.Kubernetes.Api;
using Argosy.Contracts.Agents;

namespace Argosy.ClusterAgent.Podless.Resources;

/// <summary>
/// A <c>resource</c> template in a Kubernetes cluster: what upstream has kubectl do in a pod, the agent does itself, in the name of the workflow's
/// service account, so that the tenant's own rights in the cluster decide. Failures read as upstream's, whose pod ends with exit code 64.
/// </summary>
internal sealed class KubernetesResourceTemplate(
    KubernetesClient client, ApiDiscovery discovery, OwnedObjects owned, IHubLink hub, TimeProvider time) : IPodlessTemplate
{
    private const int FailedExitCode = 64;

    private readonly ResourceTargets _targets = new(discovery);
    private readonly ResourceManifests _manifests = new(hub);
    private readonly Persistence _persistence = new(time);

    public string Field => "resource";

    public async Task<NodeReport> RunAsync(PodIntent intent, JsonElement body, CancellationToken cancellationToken)
    {
        try
        {
            return await ActAsync(intent, ResourceSpec.Read(intent, body), cancellationToken);
        }
        catch (ResourceFailureException failure)
        {
            return Failed(intent, failure.Message);
        }
        catch (KubernetesException refusal)
        {
            return Failed(intent, ResourceFailureException.Tell(refusal, intent.Key.Namespace));
        }
    }

    private async Task<NodeReport> ActAsync(PodIntent intent, ResourceSpec spec, CancellationToken cancellationToken)
    {
        var documents = await _manifests.ReadAsync(spec, cancellationToken);
        IReadOnlyList<ResourceTarget> targets;
        try
        {
            targets = await _persistence.UntilDoneAsync(token => _targets.FindAsync(spec, documents, token), cancellationToken);
        }
        catch (NotServedException elsewhere) when (elsewhere.HubMay && documents.Count <= 1)
        {
            return await hub.ActOnResourceAsync(intent, cancellationToken); // workflows that create workflows: these live on the hub
        }
        catch (NotServedException unknown)
        {
            throw new ResourceFailureException(unknown.Message);
        }

        var inItsName = client.As(intent.Key.Namespace, spec.ServiceAccount);
        var wait = new ObjectWait(inItsName, _persistence, time);
        var actions = new ResourceActions(inItsName, owned, _persistence, wait);
        var patch = documents is [var first, ..] ? first : null;
        JsonObject? last = null;
        foreach (var target in targets)
        {
            last = await _persistence.UntilDoneAsync(token => actions.ActAsync(spec, target, target.Item ?? patch, token), cancellationToken);
        }

        if (last is null || !spec.Conditions.AreGiven || spec.Flags.DryRun)
        {
            return Succeeded(intent, spec, last);
        }

        var waited = targets[^1] with { Name = (string?)last["metadata"]?["name"] ?? "" };
        var (verdict, found) = await wait.UntilAsync(waited, spec.Conditions, cancellationToken);
        return verdict.Outcome == ObjectOutcome.Failed ? Failed(intent, verdict.Message!) : Succeeded(intent, spec, found);
    }

    private static NodeReport Succeeded(PodIntent intent, ResourceSpec spec, JsonObject? found)
    {
        (found?["metadata"] as JsonObject)?.Remove("managedFields"); // bookkeeping, and often more than the rest
        return new NodeReport
        {
            Key = intent.Key,
            Phase = PodPhase.PodSucceeded,
            HasExitCode = true,
            ResourceJson = spec.HasOutputs ? found?.ToJsonString() ?? "" : "", // nobody else looks at it, and it may have a megabyte
        };
    }

    private static NodeReport Failed(PodIntent intent, string message) => new()
    {
        Key = intent.Key,
        Phase = PodPhase.PodFailed,
        Message = string.Create(CultureInfo.InvariantCulture, $"main: Error (exit code {FailedExitCode}): {message}"),
        HasExitCode = true,
        ExitCode = FailedExitCode,
    };
}
