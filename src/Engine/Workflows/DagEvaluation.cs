using Argosy.Engine.Expressions;
using Argosy.Engine.Templates;

namespace Argosy.Engine.Workflows;

/// <summary>A DAG: each wanted task runs when what it depends on has come about.</summary>
internal static class DagEvaluation
{
    /// <param name="member">The node that changed, or -1 to look at every task.</param>
    public static void Advance(Turn turn, Node dag, int member)
    {
        var template = turn.TemplateOf(dag);
        var variables = StepsEvaluation.VariablesOf(turn, dag, template);
        var plan = dag.Plan as DagPlan ?? DagPlan.Of(template.Dag!, variables);
        dag.Plan = plan;
        Hooks.Consider(turn, dag, member, variables);
        if (turn.State.At(member)?.StepName is { } changed)
        {
            foreach (var dependent in template.Dag!.DependentsOf(changed))
            {
                Consider(turn, dag, template, plan, dependent, variables);
            }
        }
        else
        {
            foreach (var task in plan.Wanted)
            {
                Consider(turn, dag, template, plan, task, variables);
            }
        }

        if (dag.Open == 0 && !dag.Phase.IsEnd())
        {
            Close(turn, dag, template, plan);
        }
    }

    public static void AdvanceTaskGroup(Turn turn, Node group)
    {
        var dag = turn.State[group.Boundary];
        var template = turn.TemplateOf(dag);
        var variables = StepsEvaluation.VariablesOf(turn, dag, template);
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

    private static void Consider(Turn turn, Node dag, Template template, DagPlan plan, string name, IVariables variables)
    {
        var nodeName = $"{dag.Name}.{name}";
        if (!plan.Wanted.Contains(name) || turn.State.Find(nodeName) is not null || dag.Phase.IsEnd())
        {
            return;
        }

        var task = template.Dag!.Find(name)!;
        if (!template.Dag.DependenciesOf(task).All(dependency => IsSettled(turn.State, dag, dependency)))
        {
            return;
        }

        var flags = dag.Flags & NodeFlags.OnExit;
        if (Launching.IsRefused(turn.State, flags))
        {
            return; // the DAG ends when what runs has ended
        }

        if (turn.State.Suspended && !flags.HasFlag(NodeFlags.OnExit))
        {
            return;
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
            return;
        }

        if (dag.Is(NodeFlags.None) || template.FailFast is false || dag.FailedOwned == 0)
        {
            Call(turn, dag, task, nodeName, skipped, variables);
        }
        else if (dag.ActiveChildren == 0)
        {
            turn.End(dag, NodePhase.Failed, Calls.FailFastMessage);
        }
    }

    private static void Call(Turn turn, Node dag, Step task, string nodeName, Call skipped, IVariables variables)
    {
        try
        {
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
                StepCalls.Make(turn, planned[0], dag, dag, variables, skipped.Flags);
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
    }

    /// <summary>Whether the dependency has ended, and its exit hook with it.</summary>
    private static bool IsSettled(WorkflowState state, Node dag, string dependency)
    {
        var name = $"{dag.Name}.{dependency}";
        return state.Find(name) is { IsFulfilled: true } && (state.Find(NodeNames.Exit(name))?.IsFulfilled ?? true);
    }

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

    private static void Close(Turn turn, Node dag, Template template, DagPlan plan)
    {
        var unmade = plan.Wanted.Where(task => turn.State.Find($"{dag.Name}.{task}") is null).ToList();
        if (unmade.Count > 0 && !Launching.IsRefused(turn.State, dag.Flags))
        {
            return; // held back or waiting for a resource
        }

        if (Launching.IsRefused(turn.State, dag.Flags & NodeFlags.OnExit) && unmade.Count > 0)
        {
            turn.End(dag, NodePhase.Failed, Launching.RefusalOf(turn.State));
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

    // A task that ran speaks for its branch; one that was skipped or omitted passes on what it depended on, failure first.
    private static NodePhase BranchPhase(WorkflowState state, Node dag, DagTemplate template, string task, Dictionary<string, NodePhase> known)
    {
        if (known.TryGetValue(task, out var phase))
        {
            return phase;
        }

        var node = state.Find($"{dag.Name}.{task}");
        phase = node?.Phase ?? NodePhase.Succeeded;
        if (node?.Type == NodeType.Skipped && phase is NodePhase.Skipped or NodePhase.Omitted)
        {
            phase = NodePhase.Succeeded;
            foreach (var dependency in template.DependenciesOf(template.Find(task)!))
            {
                var inherited = BranchPhase(state, dag, template, dependency, known);
                phase = inherited.IsFailure() ? inherited : phase;
            }
        }

        return known[task] = phase;
    }
}

/// <summary>What a DAG is asked to do: its targets, and everything they need.</summary>
internal sealed class DagPlan
{
    private DagPlan(IReadOnlyList<string> targets, IReadOnlySet<string> wanted)
    {
        Targets = targets;
        Wanted = wanted;
    }

    public IReadOnlyList<string> Targets { get; }

    public IReadOnlySet<string> Wanted { get; }

    public static DagPlan Of(DagTemplate template, IVariables variables)
    {
        var target = template.Target is { Length: > 0 } text ? TagText.Parse(text).Render(variables).Text : null;
        IReadOnlyList<string> targets = target is null
            ? [.. template.Leaves]
            : [.. target.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Where(name => template.Find(name) is not null)];
        var wanted = new HashSet<string>(StringComparer.Ordinal);
        var open = new Stack<string>(targets.Reverse());
        while (open.TryPop(out var name))
        {
            if (template.Find(name) is { } task && wanted.Add(name))
            {
                foreach (var dependency in template.DependenciesOf(task))
                {
                    open.Push(dependency);
                }
            }
        }

        return new DagPlan(targets, wanted);
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
