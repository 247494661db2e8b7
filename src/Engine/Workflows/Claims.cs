using System.Text.Json.Nodes;
using Argosy.Engine.Templates;

namespace Argosy.Engine.Workflows;

/// <summary>
/// Volumes that live as long as their workflow (<c>volumeClaimTemplates</c>). Where their data is, is in <see cref="WorkflowState.ClaimHomes"/>.
/// </summary>
public static class Claims
{
    internal static void Make(Turn turn)
    {
        var state = turn.State;
        if (state.Belongings.Claims.Count > 0)
        {
            return;
        }

        var claims = state.Spec!.Json.Objects("volumeClaimTemplates")
            .Select(claim => claim.Object("metadata").Text("name") ?? "")
            .Select(name => new VolumeClaim(name, $"{state.Name}-{name}"))
            .ToList();
        if (claims.Count > 0)
        {
            turn.Record(new ClaimsMade(claims));
        }
    }

    /// <summary>The workflow's own claims that the node's containers mount.</summary>
    public static IEnumerable<VolumeClaim> Mounted(WorkflowState state, Node node) => state.Belongings.Claims.Count > 0
        ? state.Belongings.Claims.Where(claim => PodRequests.Of(state, node).Claims.Contains(claim.ClaimName))
        : [];

    /// <summary>Failed workflows keep their claims unless told otherwise, so that a retry finds the data.</summary>
    internal static void OnWorkflowEnd(Turn turn)
    {
        var state = turn.State;
        if (state.Belongings.Claims.Count > 0
            && (state.Phase == WorkflowPhase.Succeeded || state.Spec?.Json.Object("volumeClaimGC").Text("strategy") == "OnWorkflowCompletion"))
        {
            Chores.Add(turn, ChoreKind.DropClaims, -1, null, turn.Now);
        }
    }
}
