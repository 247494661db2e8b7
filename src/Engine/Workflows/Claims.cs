using System.Text.Json.Nodes;
using Argosy.Engine.Templates;

namespace Argosy.Engine.Workflows;

/// <summary>
/// Volumes that live as long as their workflow (<c>volumeClaimTemplates</c>). Their data is in one cluster: where the first pod that
/// mounts one was placed, and every later one follows.
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

    /// <summary>Where a node that is about to be placed has to be; null: its own rule decides.</summary>
    public static string? Home(WorkflowState state, int node) =>
        state.Belongings is { Claims.Count: > 0, ClaimsCluster: { } home } && state.At(node) is { } pod && Mounted(state, pod).Any() ? home : null;

    internal static void Bind(Turn turn, Node node, string cluster)
    {
        if (turn.State.Belongings is { Claims.Count: > 0, ClaimsCluster: null } && Mounted(turn.State, node).Any())
        {
            turn.Record(new ClaimsBound(cluster));
        }
    }

    /// <summary>The workflow's claims that the node's containers mount.</summary>
    public static IEnumerable<VolumeClaim> Mounted(WorkflowState state, Node node)
    {
        if (state.Belongings.Claims.Count == 0)
        {
            return [];
        }

        var template = PodRequests.Of(state, node).Template;
        var containers = new[] { template.Object("container"), template.Object("script"), template.Object("containerSet") }
            .Concat(template.Object("containerSet").Objects("containers"))
            .Concat(template.Objects("initContainers")).Concat(template.Objects("sidecars"));
        var mounts = containers.SelectMany(container => container.Objects("volumeMounts")).Select(mount => mount.Text("name")).ToHashSet();
        return state.Belongings.Claims.Where(claim => mounts.Contains(claim.Name));
    }

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
