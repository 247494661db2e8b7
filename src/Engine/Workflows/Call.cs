using Argosy.Engine.Expressions;
using Argosy.Engine.Templates;

namespace Argosy.Engine.Workflows;

/// <summary>A template about to be run as a node.</summary>
internal sealed record Call(string NodeName, Template Template, TemplateScope Scope, int Owner, int Boundary)
{
    /// <summary>Empty for an inline template.</summary>
    public string TemplateName { get; init; } = "";

    public string? StepName { get; init; }

    public int Ordinal { get; init; } = -1;

    public NodeFlags Flags { get; init; }

    public Arguments Arguments { get; init; } = Arguments.None;

    public required IVariables Variables { get; init; }
}

/// <summary>What came of a call.</summary>
internal enum CallOutcome
{
    /// <summary>The node exists (it may have ended at once).</summary>
    Made,

    /// <summary>Not yet: its owner is looked at again when it can be.</summary>
    Waiting,

    /// <summary>The workflow is being brought to an end: nothing new is started.</summary>
    Refused,
}

/// <summary>Finds the template that a step, a hook or the workflow calls.</summary>
internal static class Callee
{
    public readonly record struct Found(Template? Template, TemplateScope Scope, string Name, ResourceRef? Missing, string? Error);

    public static Found Find(Turn turn, TemplateScope scope, string? template, TemplateRef? reference, Template? inline)
    {
        if (inline is not null)
        {
            return new Found(inline, scope, "", null, null);
        }

        if (reference is not null)
        {
            var holder = TemplateLookup.Holder(reference);
            if (!turn.State.Resources.ContainsKey(holder))
            {
                return new Found(null, scope, reference.Template, holder, null);
            }

            scope = new TemplateScope(holder);
            template = reference.Template;
        }

        var name = template ?? "";
        return TemplateLookup.In(turn.State, scope, name) is { } found
            ? new Found(found, scope, name, null, null)
            : new Found(null, scope, name, null, scope.Holder is { } missing
                ? $"template {name} not found in {missing}"
                : $"template name '{name}' undefined");
    }
}
