using Argosy.Engine.Expressions;
using Argosy.Engine.Templates;

namespace Argosy.Engine.Workflows;

/// <summary>A DAG: each wanted task runs when what it depends on has come about.</summary>
internal static class DagEvaluation
{
    /// <param name="member">The node that changed, or which tasks to look at.</param>
    public static void Advance(Turn turn, Node dag, int member)
    {
        var template = turn.TemplateOf(dag);
        var variables = StepsEvaluation.VariablesOf(turn, dag, template);
        var plan = dag.Plan as DagPlan ?? DagPlan.Of(template.Dag!, variables);
        dag.Plan = plan;
        Hooks.Consider(turn, dag, member, variables);
        if (member == Turn.HeldBack)
        {
            while (plan.TryPeekHeldBack(out var first) && Consider(turn, dag, template, plan, first, variables) != CallOutcome.Waiting)
            {
                plan.TakeHeldBack();
            }
        }
        else
        {
            IEnumerable<string> concerned = TaskOf(turn.State, dag, member) is { } changed ? template.Dag!.DependentsOf(changed) : plan.Wanted;
            foreach (var task in concerned)
            {
                if (Consider(turn, dag, template, plan, task, variables) == CallOutcome.Waiting)
                {
                    plan.HoldBack(task);
                }
            }
        }

        if (dag.Open == 0)
        {
            Close(turn, dag, template, plan, variables);
        }
    }

    /// <summary>The task that a member is a run of, or a hook of; null: not one task alone.</summary>
    private static string? TaskOf(WorkflowState state, Node dag, int member)
    {
        if (state.At(member) is not { } node)
        {
            return null;
        }

        return node.Is(NodeFlags.Hooked) ? NodeNames.Hooked(node.Name)?[(dag.Name.Length + 1)..] : node.StepName;
    }

    public static void AdvanceTaskGroup(Turn turn, Node group)
    {
        var dag = turn.State[group.Boundary];
        var template = turn.TemplateOf(dag);
        var variables = SeenBy(turn, dag, template, group.StepName!);
        if (group.Plan is not Plan plan)
        {
            try
            {
                group.Plan = plan = new Plan(StepCalls.Expand(template.FindStep(group.StepName!)!, group.Name, variables));
            }
            catch (ExpressionException failure)
            {
                turn.End(group, NodePhase.Error, failure.Message);
                return;
            }
        }

        if (Calls.MakeRest(turn, plan, group, dag, template, variables) && plan.IsDone && group.Open == 0)
        {
            var failed = group.Members.Select(index => turn.State[index])
                .Where(node => node.Phase.IsFailure() && node.Ordinal >= 0).OrderBy(node => node.Ordinal).LastOrDefault();
            turn.End(group, failed?.Phase ?? NodePhase.Succeeded, failed?.Message);
        }
    }

    /// <returns>Waiting: the task could start, but for a place or a resource. Made: nothing more is to be done about it now.</returns>
    private static CallOutcome Consider(Turn turn, Node dag, Template template, DagPlan plan, string name, IVariables variables)
    {
        var nodeName = $"{dag.Name}.{name}";
        if (!plan.Wanted.Contains(name) || turn.State.Find(nodeName) is not null || dag.Phase.IsEnd())
        {
            return CallOutcome.Made;
        }

        var task = template.Dag!.Find(name)!;
        if (!plan.AreSettled(task.Name, template.Dag.DependenciesOf(task), dependency => IsSettled(turn, dag, dependency, variables)))
        {
            return CallOutcome.Made;
        }

        var flags = dag.Flags & NodeFlags.Exempt;
        if (Launching.IsRefused(turn.State, flags))
        {
            return CallOutcome.Refused; // the DAG ends when what runs has ended
        }

        if (turn.State.Suspended && (flags & NodeFlags.Exempt) == 0)
        {
            return CallOutcome.Refused; // resuming looks at every task again
        }

        var skipped = new Call(nodeName, StepCalls.Nothing, dag.Scope, dag.Index, dag.Index)
        {
            StepName = name,
            TemplateName = task.Json.Text("template") ?? "",
            Flags = flags,
            Variables = variables,
        };
        if (!DependenciesHold(turn.State, dag, template.Dag, task))
        {
            Launching.Skip(turn, skipped, NodePhase.Omitted, "omitted: depends condition not met");
            return CallOutcome.Made;
        }

        return FailsFast(dag, template)
            ? CallOutcome.Refused
            : Call(turn, dag, task, nodeName, skipped with { Variables = SeenBy(turn, dag, template, name) });
    }

    /// <summary>A task sees what it depends on, directly or not; what has merely ended before it, it does not.</summary>
    private static IVariables SeenBy(Turn turn, Node dag, Template template, string task) =>
        StepsEvaluation.VariablesOf(turn, dag, template, other => template.Dag!.IsBefore(other, task));

    // What has failed and was to fail fast starts nothing more; it ends when what runs has ended.
    private static bool FailsFast(Node dag, Template template) => template.FailFast && dag.FailedOwned > 0;

    private static CallOutcome Call(Turn turn, Node dag, Step task, string nodeName, Call skipped)
    {
        var variables = skipped.Variables;
        try
        {
            if (turn.TemplateOf(dag).Dag!.MistakeIn(task) is { } mistake)
            {
                throw new ExpressionException(mistake);
            }

            var planned = StepCalls.Expand(task, nodeName, variables);
            if (planned[0].IsEmptyLoop)
            {
                Launching.Skip(turn, skipped, NodePhase.Skipped, "Skipped, empty params");
            }
            else if (task.IsLoop)
            {
                var group = turn.Create(new NodeCreated(
                    nodeName, NodeType.TaskGroup, NodePhase.Running, dag.Index, dag.Index, skipped.TemplateName, turn.Now)
                {
                    Scope = dag.Scope,
                    StepName = task.Name,
                    Flags = skipped.Flags,
                });
                group.Plan = new Plan(planned);
                turn.Notify(group.Index);
            }
            else
            {
                return StepCalls.Make(turn, planned[0], dag, dag, variables, skipped.Flags);
            }
        }
        catch (ExpressionException failure)
        {
            Launching.Fail(turn, new NodeCreated(nodeName, NodeType.Skipped, NodePhase.Error, dag.Index, dag.Index, skipped.TemplateName, turn.Now)
            {
                Scope = dag.Scope,
                StepName = task.Name,
                Flags = skipped.Flags,
                Message = failure.Message,
            });
        }

        return CallOutcome.Made;
    }

    /// <summary>Whether the dependency has ended, and its hooks with it.</summary>
    private static bool IsSettled(Turn turn, Node dag, string dependency, IVariables variables) =>
        turn.State.Find($"{dag.Name}.{dependency}") is { IsFulfilled: true } node && Hooks.AreDone(turn, dag, node, variables);

    private static bool DependenciesHold(WorkflowState state, Node dag, DagTemplate template, Step task)
    {
        bool Term(string dependency, string? result)
        {
            var node = state.Find($"{dag.Name}.{dependency}")!;
            var continueOn = template.Find(dependency)?.ContinueOn ?? ContinueOn.Nothing;
            return DependsResult.Holds(state, node, result, continueOn);
        }

        return template.DependsOf(task) is { } condition
            ? condition.Evaluate(Term)
            : template.DependenciesOf(task).All(dependency => Term(dependency, null));
    }

    private static void Close(Turn turn, Node dag, Template template, DagPlan plan, IVariables variables)
    {
        if (dag.Members.Count < plan.Wanted.Count || plan.Wanted.Any(task => turn.State.Find($"{dag.Name}.{task}") is null))
        {
            if (Launching.IsRefused(turn.State, dag.Flags & NodeFlags.Exempt))
            {
                turn.End(dag, NodePhase.Failed, Launching.RefusalOf(turn.State));
            }
            else if (FailsFast(dag, template))
            {
                turn.End(dag, NodePhase.Failed, Calls.FailFastMessage);
            }

            return; // else the rest is held back or waits for a resource
        }

        if (!Hooks.AreMade(turn, dag, variables) || dag.Open > 0)
        {
            return;
        }

        var branches = new Dictionary<string, NodePhase>(StringComparer.Ordinal);
        foreach (var target in plan.Targets)
        {
            var phase = BranchPhase(turn.State, dag, template.Dag!, target, branches);
            var continueOn = template.Dag!.Find(target)?.ContinueOn ?? ContinueOn.Nothing;
            if ((phase == NodePhase.Failed && !continueOn.Failed) || (phase == NodePhase.Error && !continueOn.Error))
            {
                turn.End(dag, phase);
                return;
            }
        }

        GroupOutputs.EndWith(turn, dag, template);
    }

    // A task that ran speaks for its branch; one that was skipped or omitted passes on what it depended on, failure first. Branches may be
    // as long as the DAG, so this does not call itself.
    private static NodePhase BranchPhase(WorkflowState state, Node dag, DagTemplate template, string target, Dictionary<string, NodePhase> known)
    {
        var open = new Stack<string>([target]);
        while (open.TryPeek(out var task))
        {
            var node = state.Find($"{dag.Name}.{task}");
            if (known.ContainsKey(task) || node is not { Type: NodeType.Skipped, Phase: NodePhase.Skipped or NodePhase.Omitted })
            {
                known.TryAdd(task, node?.Phase ?? NodePhase.Succeeded);
                open.Pop();
                continue;
            }

            var dependencies = template.DependenciesOf(template.Find(task)!);
            var unknown = dependencies.Where(dependency => !known.ContainsKey(dependency)).ToList();
            if (unknown.Count > 0)
            {
                unknown.ForEach(open.Push);
                continue;
            }

            known[task] = dependencies.Select(dependency => known[dependency]).LastOrDefault(phase => phase.IsFailure(), NodePhase.Succeeded);
            open.Pop();
        }

        return known[target];
    }
}

/// <summary>What a term of a depends condition says of a task.</summary>
internal static class DependsResult
{
    /// <param name="result">Null for the bare name of a task.</param>
    public static bool Holds(WorkflowState state, Node node, string? result, ContinueOn continueOn) => result switch
    {
        null => node.Phase is NodePhase.Succeeded or NodePhase.Skipped || node.Daemoned
            || (node.Phase == NodePhase.Failed && continueOn.Failed)
            || (node.Phase == NodePhase.Error && continueOn.Error),
        "Succeeded" => node.Phase == NodePhase.Succeeded,
        "Failed" => node.Phase == NodePhase.Failed,
        "Errored" => node.Phase == NodePhase.Error,
        "Skipped" => node.Phase == NodePhase.Skipped,
        "Omitted" => node.Phase == NodePhase.Omitted,
        "Daemoned" => node.Daemoned && !node.Phase.IsEnd(),
        "AnySucceeded" => Items(state, node).Any(item => item.Phase == NodePhase.Succeeded),
        "AllFailed" => Items(state, node) is var items && items.Any() && items.All(item => item.Phase == NodePhase.Failed),
        _ => false,
    };

    private static IEnumerable<Node> Items(WorkflowState state, Node node) =>
        node.Type == NodeType.TaskGroup ? node.Members.Select(index => state[index]).Where(item => !item.Is(NodeFlags.Hooked)) : [];
}
