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
        var variables = VariablesOf(turn, steps, template);
        Hooks.Consider(turn, group, member, variables);

        // A step sees the groups before its own, whatever of its own group has ended meanwhile.
        var before = VariablesOf(turn, steps, template, step => template.StepGroups[group.Ordinal].All(beside => beside.Name != step));
        if (group.Plan is not Plan plan)
        {
            try
            {
                group.Plan = plan = new Plan([.. template.StepGroups[group.Ordinal].SelectMany(step => StepCalls.Expand(step, $"{group.Name}.{step.Name}", before))]);
            }
            catch (ExpressionException failure)
            {
                turn.End(group, NodePhase.Error, failure.Message);
                return;
            }
        }

        if (Calls.MakeRest(turn, plan, group, steps, template, before) && group.Open == 0 && plan.IsDone
            && Hooks.AreMade(turn, group, variables) && group.Open == 0)
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

        var flags = steps.Flags & NodeFlags.Exempt;
        if (Launching.IsRefused(turn.State, flags))
        {
            turn.End(steps, NodePhase.Failed, Launching.RefusalOf(turn.State));
            return;
        }

        if (turn.State.Suspended && (flags & NodeFlags.Exempt) == 0)
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

        var failed = group.Members.Select(index => turn.State[index]).First(node => node.IsFatal);
        turn.End(group, NodePhase.Failed, $"child '{turn.State.IdOf(failed)}' failed");
    }

    internal static IVariables VariablesOf(Turn turn, Node node, Template template, Predicate<string>? sees = null) =>
        new NodeVariables(turn.State, node, template, new WorkflowVariables(turn.State, turn.Now), sees);
}

/// <summary>The calls a group will make, and how far it has come. Worked out again after a restart.</summary>
internal sealed class Plan(IReadOnlyList<PlannedCall> calls)
{
    private int next;

    public bool IsDone => next == calls.Count;

    public PlannedCall Current => calls[next];

    /// <summary>Why the next call can never be made; the group ends with it when what it has made has ended.</summary>
    public string? Failure { get; set; }

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
            if (plan.Failure is { } failure)
            {
                return !EndWhenAlone(turn, group, NodePhase.Error, failure);
            }

            if (template.FailFast && group.FailedOwned > 0)
            {
                return !EndWhenAlone(turn, group, NodePhase.Failed, FailFastMessage);
            }

            var planned = plan.Current;
            if (turn.State.Find(planned.NodeName) is not null)
            {
                plan.Advance(); // made before a restart
                continue;
            }

            try
            {
                switch (MakeOne(turn, planned, group, boundary, variables))
                {
                    case CallOutcome.Made:
                        plan.Advance();
                        break;
                    case CallOutcome.Waiting:
                        return true;
                    case CallOutcome.Refused:
                        return !EndWhenAlone(turn, group, NodePhase.Failed, Launching.RefusalOf(turn.State));
                }
            }
            catch (ExpressionException exception)
            {
                plan.Failure = exception.Message;
            }
        }

        return true;
    }

    public const string FailFastMessage = "template has failed or errored children and failFast enabled";

    private static CallOutcome MakeOne(Turn turn, PlannedCall planned, Node group, Node boundary, IVariables variables)
    {
        var flags = group.Flags & NodeFlags.Exempt;
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

    /// <summary>Ends the group if nothing in it is under way; else what is under way leads here again when it has ended.</summary>
    private static bool EndWhenAlone(Turn turn, Node group, NodePhase phase, string message)
    {
        if (group.Open == 0)
        {
            turn.End(group, phase, message);
        }

        return group.Phase.IsEnd();
    }
}
