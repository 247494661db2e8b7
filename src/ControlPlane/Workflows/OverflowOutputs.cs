using Argosy.Contracts.Agents;
using Argosy.ControlPlane.Artifacts;
using Argosy.ControlPlane.Clusters;
using Argosy.ControlPlane.Dispatch;
using Argosy.Engine.Workflows;
using Microsoft.Extensions.Logging;

namespace Argosy.ControlPlane.Workflows;

/// <summary>
/// Deletes what an attempt's outputs have overflowed into: they are in the journal once the attempt is let go. What a killed hub leaves goes with the
/// workflow.
/// </summary>
internal sealed class OverflowOutputs(IArtifacts artifacts, Fleet fleet, ILogger<OverflowOutputs> log)
{
    public void Drop(WorkflowState state, IEnumerable<Node> nodes)
    {
        // An embedded agent needs no room beyond its report.
        var keys = nodes.Where(node => node.IsPod && node.Cluster is { } cluster && !fleet.IsEmbedded(cluster)).Select(node => AgentOrders.KeyOf(state, node)).ToList();
        if (keys.Count > 0)
        {
            _ = Task.Run(() => DropAsync(state.Namespace, keys)); // not for the workflow's turn to wait for
        }
    }

    private async Task DropAsync(string @namespace, IReadOnlyList<AttemptKey> keys)
    {
        try
        {
            foreach (var key in keys)
            {
                var outputs = new ArtifactTransfer { Name = "outputs", LocationJson = AttemptOutputs.LocationOf(key).ToJsonString() };
                await artifacts.DeleteAsync(@namespace, outputs, CancellationToken.None);
            }
        }
        catch (Exception failure) when (failure is IOException or ArtifactLocationException)
        {
            WorkflowLog.OutputsStay(log, failure, keys[0].WorkflowUid);
        }
    }
}
