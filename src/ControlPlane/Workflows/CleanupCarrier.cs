using Argosy.Contracts.Agents;
using Argosy.ControlPlane.Artifacts;
using Argosy.ControlPlane.Clusters;
using Argosy.ControlPlane.Dispatch;
using Argosy.ControlPlane.Resources;
using Argosy.Engine.Workflows;
using Orleans;

namespace Argosy.ControlPlane.Workflows;

/// <summary>
/// Cleans up what workflows leave: pods that podGC chose, claims, artifacts. Works beside the workflow's turns and tells it what came of
/// each; what is not answered is ordered again.
/// </summary>
internal sealed class CleanupCarrier(
    IResources resources, IArtifacts artifacts, OverflowOutputs overflow, AgentSessions sessions, IGrainFactory grains, WorkflowViews views)
    : IOrderCarrier
{
    public async Task CarryOutAsync(WorkflowState state, IReadOnlyList<WorkflowOrder> orders)
    {
        overflow.Drop(state, orders.OfType<ReleaseNode>().Select(release => state.At(release.Node)).OfType<Node>());
        foreach (var order in orders)
        {
            switch (order)
            {
                case DoChore { Kind: ChoreKind.RemovePods } chore:
                    var pods = PodGarbage.Chosen(state, chore.Node).ToList();
                    Tell(state, chore, await SendAsync(pods.ToLookup(pod => pod.Cluster!, pod => new HubMessage { Remove = AgentOrders.KeyOf(state, pod) })));
                    views.Withdraw(state, pods);
                    break;
                case DoChore { Kind: ChoreKind.DropClaims } chore:
                    var clusters = state.Nodes.Select(node => node.Cluster).OfType<string>().Distinct();
                    Tell(state, chore, await SendAsync(clusters.ToLookup(cluster => cluster, _ => new HubMessage { DropClaims = state.Uid })));
                    break;
                case DoChore { Kind: ChoreKind.CollectArtifact } chore:
                    DeleteAsync(state.Uid, state.Namespace, chore, state.At(chore.Node)?.Outputs.Artifact(chore.Name!)).Ignore();
                    break;
                default:
                    break;
            }
        }
    }

    /// <returns>Later, where a cluster is away; one that is not registered any more has nothing left to clean up.</returns>
    private async Task<ChoreAnswer> SendAsync(ILookup<string, HubMessage> messages)
    {
        var outcome = ChoreOutcome.Done;
        foreach (var cluster in messages)
        {
            if (sessions.Find(cluster.Key) is not null)
            {
                await grains.GetGrain<IClusterGrain>(cluster.Key).Deliver([.. cluster]);
            }
            else if (await resources.FindAsync(new ResourceKey(Kinds.Cluster, null, cluster.Key), CancellationToken.None) is not null)
            {
                outcome = ChoreOutcome.Later;
            }
        }

        return new ChoreAnswer(outcome, null);
    }

    private async Task DeleteAsync(string uid, string @namespace, DoChore chore, ArtifactValue? artifact)
    {
        ChoreAnswer answer;
        try
        {
            if (artifact is not null)
            {
                var transfer = new ArtifactTransfer { Name = artifact.Name, LocationJson = artifact.Json.ToJsonString() };
                await artifacts.DeleteAsync(@namespace, transfer, CancellationToken.None);
            }

            answer = new ChoreAnswer(ChoreOutcome.Done, null);
        }
        catch (ArtifactMissingException)
        {
            answer = new ChoreAnswer(ChoreOutcome.Done, null);
        }
        catch (Exception failure)
        {
            answer = new ChoreAnswer(ChoreOutcome.Failed, failure.Message);
        }

        Tell(uid, chore, answer);
    }

    private readonly record struct ChoreAnswer(ChoreOutcome Outcome, string? Error);

    private void Tell(WorkflowState state, DoChore chore, ChoreAnswer answer) => Tell(state.Uid, chore, answer);

    // Not awaited: the workflow is in the middle of the turn that asked.
    private void Tell(string uid, DoChore chore, ChoreAnswer answer) =>
        grains.GetGrain<IWorkflowGrain>(uid).Ask(new ChoreAnswered(chore.Number, answer.Outcome, answer.Error)).Ignore();
}
