using System.Text.Json.Nodes;
using Argosy.Engine.Expressions;
using Argosy.Engine.Templates;

namespace Argosy.Engine.Workflows;

/// <summary>Takes up a workflow that had a life before: its recorded nodes become nodes like any other, and what was under way goes on.</summary>
internal static class Adoption
{
    public static void Begin(Turn turn, JsonObject manifest, HubSettings? hub)
    {
        var desired = (JsonObject)manifest.DeepClone();
        desired.Remove("status");
        turn.Record(new WorkflowAccepted(desired, turn.Now, hub));
        RecordedRun run;
        try
        {
            run = RecordedRun.Read(manifest.Object("status")!);
        }
        catch (FormatException unreadable)
        {
            WorkflowEnd.Reach(turn, WorkflowPhase.Error, unreadable.Message);
            return;
        }

        var structure = new RecordedStructure(turn.State.Name, run.Nodes, name => TemplateOf(turn.State, name));
        turn.Record(new RunAdopted(run.Status, structure.Loose.Count > 0 ? structure.Loose : null));
        Dictionary<RecordedPlace, int> indexes = [];
        foreach (var place in structure.InOrder())
        {
            if (!structure.IsOvertaken(place))
            {
                turn.Record(Fact(turn, place, indexes));
                indexes[place] = turn.State.Find(place.Name)!.Index;
            }
        }

        Recovery.Look(turn);
        turn.Notify(-1);
    }

    /// <summary>Readies what was under way to go on here.</summary>
    /// <returns>False when templates must be read first; everything is looked at again when they are.</returns>
    public static bool IsReady(Turn turn)
    {
        var state = turn.State;
        var missing = state.Nodes.Where(node => !node.Phase.IsEnd()).Select(node => node.Scope.Holder).OfType<ResourceRef>()
            .Where(holder => !state.Resources.ContainsKey(holder)).Distinct().ToList();
        foreach (var holder in missing)
        {
            turn.AwaitResource(holder, Turn.UnderWay);
        }

        if (missing.Count > 0 || state.Spec is null)
        {
            return missing.Count == 0; // a workflow template of its own is asked for by the workflow itself
        }

        foreach (var node in state.Nodes.Where(node => node.Recorded is not null && !node.Phase.IsEnd()).ToList())
        {
            GoOn(turn, node);
        }

        if (state.Shutdown != ShutdownStrategy.None)
        {
            Shutdowns.Enforce(turn, state.Shutdown);
        }

        return true;
    }

    private static void GoOn(Turn turn, Node node)
    {
        var template = TemplateLookup.Of(turn.State, node);
        if (template is not null)
        {
            Rebinding.Complete(turn, node, template);
        }

        if (template is null && node.Type is not (NodeType.StepGroup or NodeType.TaskGroup or NodeType.Container))
        {
            turn.End(node, NodePhase.Error, $"template {node.TemplateName} of this recorded node is not to be found");
        }
        else if (node.IsPod)
        {
            GoOnWithPod(turn, node);
        }
        else if (node.Phase == NodePhase.Pending && node.Type is not (NodeType.Container or NodeType.Skipped))
        {
            turn.Record(new NodePhaseChanged(node.Index, NodePhase.Running, null, node.WakeAt));
        }
    }

    private static void GoOnWithPod(Turn turn, Node node)
    {
        if (node.Cluster is not null)
        {
            return;
        }

        if (node.Phase == NodePhase.Running)
        {
            turn.Record(new NodeAttemptLost(node.Index, "its pod is of another life of this workflow"));
        }

        try
        {
            PodRequests.Of(turn.State, node);
        }
        catch (ExpressionException failure)
        {
            turn.End(node, NodePhase.Error, failure.Message);
        }
    }

    private static Template? TemplateOf(WorkflowState state, string name) => state.Spec?.FindTemplate(name.Length > 0 ? name : state.Spec.Entrypoint ?? "");

    private static NodeAdopted Fact(Turn turn, RecordedPlace place, Dictionary<RecordedPlace, int> indexes)
    {
        var json = place.Node.Json;
        var boundary = place.Boundary is { } around && indexes.TryGetValue(around, out var index) ? index : -1;
        var owner = place.Owner is { } owning && indexes.TryGetValue(owning, out index) ? index : -1;
        var flags = place.Flags;
        var template = turn.State.At(boundary) is { } group ? TemplateLookup.Of(turn.State, group) : null;
        if (place.StepName is { } step && template?.RefersToResultOf(step) == true)
        {
            flags |= NodeFlags.CaptureResult;
        }

        return new NodeAdopted(place.Name, place.Type, owner, boundary, json)
        {
            Id = place.Id,
            TemplateName = TemplateNameOf(turn.State, place),
            Scope = ScopeOf(json),
            StepName = place.StepName,
            Ordinal = place.Ordinal,
            Flags = flags,
            Tolerated = IsTolerated(template, place),
        };
    }

    private static string TemplateNameOf(WorkflowState state, RecordedPlace place) =>
        place.Node.TemplateName.Length == 0 && place.Name == state.Name ? state.Spec?.Entrypoint ?? "" : place.Node.TemplateName;

    private static bool IsTolerated(Template? around, RecordedPlace place)
    {
        if (!place.Node.Phase.IsFailure())
        {
            return false;
        }

        if (place.Flags.HasFlag(NodeFlags.Hooked))
        {
            return true;
        }

        return place.StepName is { } step && !place.Flags.HasFlag(NodeFlags.Retried) && around?.FindStep(step)?.ContinueOn is { } continueOn
            && (place.Node.Phase == NodePhase.Failed ? continueOn.Failed : continueOn.Error);
    }

    private static TemplateScope ScopeOf(JsonObject node)
    {
        if (TemplateRef.Read(node.Object("templateRef")) is { } reference)
        {
            return new TemplateScope(TemplateLookup.Holder(reference));
        }

        return node.Text("templateScope")?.Split('/', 2) switch
        {
            ["namespaced", var name] => new TemplateScope(new ResourceRef(ResourceRefKind.WorkflowTemplate, name)),
            ["cluster", var name] => new TemplateScope(new ResourceRef(ResourceRefKind.ClusterWorkflowTemplate, name)),
            _ => TemplateScope.Local,
        };
    }
}
