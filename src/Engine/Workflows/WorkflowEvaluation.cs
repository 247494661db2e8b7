using Argosy.Engine.Expressions;
using Argosy.Engine.Templates;

namespace Argosy.Engine.Workflows;

/// <summary>The workflow as a whole: its start, its entrypoint, its exit handler, its end.</summary>
internal static class WorkflowEvaluation
{
    private const int Itself = -1;

    public static void Advance(Turn turn)
    {
        var state = turn.State;
        if (!state.Accepted || state.Phase.IsEnd() || !IsReady(turn))
        {
            return;
        }

        if (state.Phase is WorkflowPhase.None or WorkflowPhase.Pending && !Begins(turn))
        {
            return;
        }

        Claims.Make(turn);
        if (state.Find(state.Name) is not { } root)
        {
            Start(turn);
            if (!state.Phase.IsEnd())
            {
                ConsiderHooks(turn);
            }

            return;
        }

        var hooksAreMade = ConsiderHooks(turn);
        if (!root.IsFulfilled || !ExitHandlerIsDone(turn) || !hooksAreMade
            || state.Spec!.Hooks.Keys.Any(hook => state.Find(NodeNames.Hook(state.Name, hook)) is { IsFulfilled: false }))
        {
            return;
        }

        Daemons.StopAll(turn);
        if (state.OpenNodes == 0)
        {
            Finish(turn, root);
        }
    }

    /// <summary>Has the workflow run, unless it is postponed or waits for its locks. One that is being ended waits for nothing.</summary>
    private static bool Begins(Turn turn)
    {
        var state = turn.State;
        if (!Launching.IsRefused(state, NodeFlags.None) && (state.Postponed || !Locks.HasWorkflowLocks(turn)))
        {
            return false;
        }

        if (state.NodeCount > 0)
        {
            turn.Record(new WorkflowPhaseChanged(WorkflowPhase.Running, null, turn.Now));
            Locks.AskAgain(turn, Launching.IsRefused(state, NodeFlags.None) ? [] : state.Nodes);
            Shutdowns.NotifyGroups(turn); // it was tried again, and waited
            return true;
        }

        if (WorkflowMetadata.Stamp(turn) is { } invalid)
        {
            WorkflowEnd.Reach(turn, WorkflowPhase.Error, invalid);
            return false;
        }

        turn.Record(new WorkflowPhaseChanged(WorkflowPhase.Running, null, turn.Now));
        ArtifactCollection.Consider(turn, state.Spec);
        Metrics.OnWorkflowStart(turn);
        if (Estimation.BaselineOf(state) is { } baseline)
        {
            turn.Record(new ResourceRequested(baseline)); // nobody waits for it
            turn.Order(new ReadResource(baseline));
        }

        return true;
    }

    /// <summary>Whether everything that the workflow is made of has been read.</summary>
    private static bool IsReady(Turn turn)
    {
        var state = turn.State;
        if (state.Spec is null)
        {
            var reference = state.WorkflowTemplateRef!.Value;
            if (!state.Resources.ContainsKey(reference))
            {
                turn.AwaitResource(reference, Itself);
            }
            else
            {
                var kind = reference.Kind == ResourceRefKind.ClusterWorkflowTemplate ? "clusterworkflowtemplates" : "workflowtemplates";
                WorkflowEnd.Reach(turn, WorkflowPhase.Error, $"{kind}.argoproj.io \"{reference.Name}\" not found");
            }

            return false;
        }

        var missing = WorkflowArguments.Missing(state).Distinct().ToList();
        foreach (var resource in missing)
        {
            turn.AwaitResource(resource, Itself);
        }

        return missing.Count == 0 && HasArtifactRepository(turn);
    }

    private static bool HasArtifactRepository(Turn turn)
    {
        var state = turn.State;
        // A run that was taken up with its nodes brought its repository along, or had none.
        if (state.Belongings.ArtifactRepositoryRef is not null || state.NodeCount > 0 || !ArtifactRepositories.AreNeeded(state.Spec!))
        {
            return true;
        }

        var (reference, missing, error) = ArtifactRepositories.Choose(state);
        if (missing is { } resource)
        {
            turn.AwaitResource(resource, Itself);
        }
        else if (error is not null)
        {
            WorkflowEnd.Reach(turn, WorkflowPhase.Error, error);
        }
        else
        {
            turn.Record(new ArtifactRepositoryChosen(reference!));
        }

        return reference is not null;
    }

    private static void Start(Turn turn)
    {
        var state = turn.State;
        if (Launching.IsRefused(state, NodeFlags.None))
        {
            Daemons.StopAll(turn);
            if (state.OpenNodes == 0) // a hook may run although nothing else ever did
            {
                WorkflowEnd.Reach(turn, WorkflowPhase.Failed, Launching.RefusalOf(state));
            }

            return;
        }

        var variables = new WorkflowVariables(state, turn.Now);
        string name;
        try
        {
            name = TagText.Parse(state.Spec!.Entrypoint ?? "").Render(variables).Text;
        }
        catch (ExpressionException failure)
        {
            WorkflowEnd.Reach(turn, WorkflowPhase.Failed, $"invalid spec: spec.entrypoint: {failure.Message}");
            return;
        }

        if (state.Spec.FindTemplate(name) is not { } template)
        {
            WorkflowEnd.Reach(turn, WorkflowPhase.Failed, $"invalid spec: spec.entrypoint template name '{name}' undefined");
            return;
        }

        Launching.Launch(turn, new Call(state.Name, template, TemplateScope.Local, Itself, Itself)
        {
            TemplateName = name,
            Arguments = OwnArguments(state),
            Variables = variables,
        });
    }

    /// <summary>What the entrypoint is called with, and every exit handler that names no arguments.</summary>
    internal static Arguments OwnArguments(WorkflowState state) => new(
        [.. WorkflowArguments.Values(state).Select(value => new Parameter(value.Name) { Value = value.Value })],
        state.Spec!.Arguments.Artifacts);

    private static bool ExitHandlerIsDone(Turn turn)
    {
        var state = turn.State;
        if (!state.Spec!.Hooks.TryGetValue("exit", out var hook) || state.Shutdown == ShutdownStrategy.Terminate)
        {
            return true;
        }

        var name = NodeNames.Exit(state.Name);
        if (state.Find(name) is null)
        {
            Hooks.Make(
                turn, Itself, Itself, TemplateScope.Local, name, hook, new WorkflowVariables(state, turn.Now), NodeFlags.OnExit,
                OwnArguments(state));
        }

        return state.Find(name) is { IsFulfilled: true };
    }

    /// <returns>False when a hook that is due has to wait.</returns>
    private static bool ConsiderHooks(Turn turn)
    {
        var state = turn.State;
        var made = true;
        foreach (var (name, hook) in state.Spec!.Hooks)
        {
            var nodeName = NodeNames.Hook(state.Name, name);
            if (name == "exit" || hook.Expression is not { Length: > 0 } expression || state.Find(nodeName) is not null)
            {
                continue;
            }

            var root = state.Find(state.Name);
            var status = root is null ? WorkflowPhase.Running : WorkflowOutcome.Of(state, root, root.Phase);
            var own = new Dictionary<string, string>(StringComparer.Ordinal) { ["workflow.status"] = status.ToText() };
            var variables = new LocalVariables(own, new WorkflowVariables(state, turn.Now));
            try
            {
                if (ExpressionText.IsTrue(expression, variables))
                {
                    made &= CallOutcome.Waiting != Hooks.Make(
                        turn, Itself, Itself, TemplateScope.Local, nodeName, hook, variables, NodeFlags.OnExit, Arguments.None);
                }
            }
            catch (ExpressionException)
            {
                // Not true yet: it names something that is not known.
            }
        }

        return made;
    }

    private static void Finish(Turn turn, Node root)
    {
        var exit = turn.State.Find(NodeNames.Exit(turn.State.Name));
        var (phase, message) = WorkflowOutcome.AtEnd(turn.State, root, exit);
        WorkflowEnd.Reach(turn, phase, message);
    }
}

/// <summary>The end of a workflow, however it comes: the phase, and what is cleaned up because of it.</summary>
internal static class WorkflowEnd
{
    public static void Reach(Turn turn, WorkflowPhase phase, string? message)
    {
        turn.Record(new WorkflowPhaseChanged(phase, message, turn.Now));
        Metrics.OnWorkflowEnd(turn);
        Claims.OnWorkflowEnd(turn);
        PodGarbage.OnWorkflowEnd(turn);
        ArtifactCollection.OnWorkflowEnd(turn);
    }
}
