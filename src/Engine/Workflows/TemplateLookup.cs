using Argosy.Engine.Templates;

namespace Argosy.Engine.Workflows;

/// <summary>Finds templates: in the workflow's own spec or in the resource that a templateRef names.</summary>
internal static class TemplateLookup
{
    public static Template? Of(WorkflowState state, Node node)
    {
        if (node.TemplateName.Length > 0)
        {
            return In(state, node.Scope, node.TemplateName);
        }

        return state.At(node.Boundary) is { } boundary && node.StepName is { } step
            ? Of(state, boundary)?.FindStep(step)?.Inline
            : null;
    }

    public static Template? In(WorkflowState state, TemplateScope scope, string name) => scope.Holder is { } holder
        ? state.HeldSpec(holder)?.FindTemplate(name)
        : state.Spec?.FindTemplate(name);

    public static ResourceRef Holder(TemplateRef reference) => new(
        reference.ClusterScope ? ResourceRefKind.ClusterWorkflowTemplate : ResourceRefKind.WorkflowTemplate, reference.Name);
}

/// <summary>Which failures of a node its owner tolerates (continueOn of its step or task).</summary>
internal static class Tolerance
{
    public static bool Covers(Turn turn, NodePhase phase, NodeFlags flags, string? stepName, int boundary)
    {
        if (!phase.IsFailure())
        {
            return false;
        }

        if (flags.HasFlag(NodeFlags.Hooked))
        {
            return true; // a hook's end never changes its owner's phase
        }

        if (stepName is null || flags.HasFlag(NodeFlags.Retried) || turn.State.At(boundary) is not { } around
            || turn.TemplateOf(around).FindStep(stepName)?.ContinueOn is not { } continueOn)
        {
            return false;
        }

        return phase == NodePhase.Failed ? continueOn.Failed : continueOn.Error;
    }
}
