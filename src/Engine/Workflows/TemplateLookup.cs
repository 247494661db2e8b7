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
    public static ContinueOn? Of(Turn turn, Node node)
    {
        if (node.Is(NodeFlags.Hooked))
        {
            return new ContinueOn(Error: true, Failed: true); // a hook's end never changes its owner's phase
        }

        if (node.StepName is null || node.Is(NodeFlags.Retried) || turn.State.At(node.Boundary) is not { } boundary)
        {
            return null;
        }

        return turn.TemplateOf(boundary).FindStep(node.StepName)?.ContinueOn;
    }
}
