using Argosy.Engine.Expressions;
using Argosy.Engine.Templates;

namespace Argosy.Engine.Workflows;

/// <summary>Steps: groups one after another, the members of a group side by side.</summary>
internal static class StepsEvaluation
{
    public static void Advance(Turn turn, Node steps)
    {
        var template = turn.TemplateOf(steps);
        if (steps.Members.Count == 0)
        {
            Open(turn, steps, 0, template);
            return;
        }

        var group = turn.State[steps.Members[^1]];
        if (!group.Phase.IsEnd())
        {
            return;
        }

        if (group.Phase.IsFailure())
        {
            turn.End(steps, NodePhase.Failed, group.Message); // a Steps node is Failed even where the child was in Error
        }
        else if (steps.Members.Count < template.StepGroups.Count)
        {
            Open(turn, steps, steps.Members.Count, template);
        }
        else
        {
            GroupOutputs.EndWith(turn, steps, template);
        }
    }

    public static void AdvanceGroup(Turn turn, Node group, int member)
    {
        var steps = turn.State[group.Owner];
        var template = turn.TemplateOf(steps);
        var index = IndexOf(turn.State, steps, group);
        var variables = VariablesOf(turn, steps, template);
        Hooks.Consider(turn, group, member, variables);
        if (group.Plan is not Plan plan)
        {
            try
            {
                group.Plan = plan = new Plan([.. template.StepGroups[index].SelectMany(step => StepCalls.Expand(step, $"{group.Name}.{step.Name}", variables))]);
            }
            catch (ExpressionException failure)
            {
                turn.End(group, NodePhase.Error, failure.Message);
                return;
            }
        }

        if (!Calls.MakeRest(turn, plan, group, steps, template, variables))
        {
            return;
        }

        if (group.Open == 0 && plan.IsDone)
        {
            Close(turn, group);
        }
    }

    private static void Open(Turn turn, Node steps, int index, Template template)
    {
        if (index >= template.StepGroups.Count)
        {
            GroupOutputs.EndWith(turn, steps, template);
            return;
        }

        var flags = steps.Flags & NodeFlags.OnExit;
        if (Launching.IsRefused(turn.State, flags))
        {
            turn.End(steps, NodePhase.Failed, Launching.RefusalOf(turn.State));
            return;
        }

        if (turn.State.Suspended && !flags.HasFlag(NodeFlags.OnExit))
        {
            return; // resuming looks at every running group again
        }

        var group = turn.Create(new NodeCreated(
            NodeNames.StepGroup(steps.Name, index), NodeType.StepGroup, NodePhase.Running, steps.Index, steps.Index, "", turn.Now)
        {
            Scope = steps.Scope,
            Flags = flags,
            Ordinal = index,
        });
        turn.Notify(group.Index);
    }

    private static void Close(Turn turn, Node group)
    {
        if (group.FailedOwned == 0)
        {
            turn.End(group, NodePhase.Succeeded);
            return;
        }

        var failed = group.Members.Select(index => turn.State[index])
            .First(node => node.Phase.IsFailure() && Tolerated(turn, node) is false);
        turn.End(group, NodePhase.Failed, $"child '{turn.State.IdOf(failed)}' failed");
    }

    private static bool Tolerated(Turn turn, Node node) => Tolerance.Of(turn, node) is { } continueOn
        && (node.Phase == NodePhase.Failed ? continueOn.Failed : continueOn.Error);

    private static int IndexOf(WorkflowState state, Node steps, Node group) => group.Ordinal >= 0
        ? group.Ordinal
        : steps.Members.Select(index => state[index]).ToList().IndexOf(group);

    internal static IVariables VariablesOf(Turn turn, Node node, Template template) =>
        new NodeVariables(turn.State, node, template, new WorkflowVariables(turn.State, turn.Now));
}

/// <summary>The calls a group will make, and how far it has come. Worked out again after a restart.</summary>
internal sealed class Plan(IReadOnlyList<PlannedCall> calls)
{
    private int next;

    public bool IsDone => next == calls.Count;

    public PlannedCall Current => calls[next];

    public void Advance() => next++;
}

/// <summary>Makes the calls of a plan that have not been made, as far as parallelism lets it.</summary>
internal static class Calls
{
    /// <returns>False when the group has ended meanwhile.</returns>
    public static bool MakeRest(Turn turn, Plan plan, Node group, Node boundary, Template template, IVariables variables)
    {
        while (!plan.IsDone)
        {
            if (template.FailFast && HasFailed(group))
            {
                if (boundary.ActiveChildren == 0)
                {
                    turn.End(group, NodePhase.Failed, FailFastMessage);
                    return false;
                }

                return true;
            }

            var planned = plan.Current;
            if (turn.State.Find(planned.NodeName) is not null)
            {
                plan.Advance(); // made before a restart
                continue;
            }

            switch (MakeOne(turn, planned, group, boundary, variables))
            {
                case CallOutcome.Made:
                    plan.Advance();
                    break;
                case CallOutcome.Waiting:
                    return true;
                case CallOutcome.Refused:
                    EndRefused(turn, group);
                    return false;
            }

            if (group.Phase.IsEnd())
            {
                return false;
            }
        }

        return true;
    }

    public const string FailFastMessage = "template has failed or errored children and failFast enabled";

    private static CallOutcome MakeOne(Turn turn, PlannedCall planned, Node group, Node boundary, IVariables variables)
    {
        var flags = group.Flags & NodeFlags.OnExit;
        try
        {
            if (!planned.IsEmptyLoop)
            {
                return StepCalls.Make(turn, planned, group, boundary, variables, flags);
            }

            Launching.Skip(
                turn,
                new Call(planned.NodeName, StepCalls.Nothing, boundary.Scope, group.Index, boundary.Index)
                {
                    StepName = planned.Step.Name,
                    TemplateName = planned.Step.Json.Text("template") ?? "",
                    Flags = flags,
                    Variables = variables,
                },
                NodePhase.Skipped,
                "Skipped, empty params");
            return CallOutcome.Made;
        }
        catch (ExpressionException failure)
        {
            turn.End(group, NodePhase.Error, failure.Message);
            return CallOutcome.Made;
        }
    }

    private static void EndRefused(Turn turn, Node group)
    {
        if (group.Open == 0)
        {
            turn.End(group, NodePhase.Failed, Launching.RefusalOf(turn.State));
        }
    }

    private static bool HasFailed(Node group) => group.FailedOwned > 0;
}
