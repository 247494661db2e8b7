using System.Text.Json.Nodes;
using Argosy.Engine.Expressions;
using Argosy.Engine.Templates;

namespace Argosy.Engine.Workflows;

/// <summary>Gets a leaf node ready to be placed: its pod is worked out once, so that what cannot run ends here, with a reason.</summary>
internal static class LeafStart
{
    public static void Prepare(Turn turn, Node node)
    {
        PodRequest request;
        try
        {
            request = PodRequests.Of(turn.State, node);
            if (PodManifest.NeedsCheck(turn.State, request))
            {
                PodManifest.Of(turn.State, node);
            }
        }
        catch (ExpressionException failure)
        {
            turn.End(node, NodePhase.Error, failure.Message);
            return;
        }

        if (request.Unresolved is { } tag)
        {
            turn.End(node, NodePhase.Error, $"failed to resolve {{{{{tag}}}}}");
            return;
        }

        if ((request.PendingDeadline < request.Deadline ? request.PendingDeadline : request.Deadline ?? request.PendingDeadline) is { } deadline)
        {
            turn.Record(new NodePhaseChanged(node.Index, NodePhase.Pending, null, deadline));
        }

        foreach (var container in request.Template.Object("containerSet").Objects("containers"))
        {
            var name = container.Text("name") ?? "";
            turn.Create(new NodeCreated($"{node.Name}.{name}", NodeType.Container, NodePhase.Pending, node.Index, node.Boundary, node.TemplateName, turn.Now)
            {
                Scope = node.Scope,
                StepName = node.StepName,
                Flags = node.Flags & NodeFlags.Exempt,
            });
        }

        turn.Order(new PlaceNode(node.Index, PodRequests.PlacementOf(turn.State, node)));
    }
}
