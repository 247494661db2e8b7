using Argosy.Engine.Expressions;
using Argosy.Engine.Templates;

namespace Argosy.Engine.Workflows;

/// <summary>
/// Lifecycle hooks of steps and tasks: <c>exit</c> runs when the node has ended (not when it was skipped or omitted), any other when its
/// expression comes true. The owner waits for hook nodes as for any other.
/// </summary>
internal static class Hooks
{
    /// <param name="member">The node that changed, or which of them.</param>
    public static void Consider(Turn turn, Node owner, int member, IVariables variables)
    {
        if (member == Turn.HeldBack)
        {
            var waiting = owner.WithWaitingHook;
            owner.WithWaitingHook = null;
            foreach (var index in waiting ?? [])
            {
                OfNode(turn, owner, turn.State.At(index), variables);
            }
        }
        else if (member == Turn.Everything)
        {
            AreMade(turn, owner, variables);
        }
        else
        {
            OfNode(turn, owner, turn.State.At(member), variables);
        }
    }

    /// <summary>Makes what hooks of the owner's members are due and not made.</summary>
    /// <returns>False when one of them has to wait: its owner must not end yet.</returns>
    public static bool AreMade(Turn turn, Node owner, IVariables variables)
    {
        if (!turn.TemplateOf(Around(turn, owner)).HasHooks)
        {
            return true;
        }

        var made = true;
        foreach (var index in owner.Members.ToArray())
        {
            made &= OfNode(turn, owner, turn.State.At(index), variables);
        }

        return made;
    }

    /// <summary>Whether every hook of the node that is due has run to its end.</summary>
    public static bool AreDone(Turn turn, Node owner, Node node, IVariables variables)
    {
        foreach (var (name, hook) in Of(turn, Around(turn, owner), node))
        {
            var made = turn.State.Find(NodeNames.Hook(node.Name, name));
            if (made is null ? IsDue(node, name, hook, variables) && !Launching.IsRefused(turn.State, FlagsOf(owner, name)) : !made.IsFulfilled)
            {
                return false;
            }
        }

        return true;
    }

    private static bool OfNode(Turn turn, Node owner, Node? node, IVariables variables)
    {
        var made = true;
        var boundary = Around(turn, owner);
        foreach (var (name, hook) in Of(turn, boundary, node))
        {
            var nodeName = NodeNames.Hook(node!.Name, name);
            if (turn.State.Find(nodeName) is null && IsDue(node, name, hook, variables))
            {
                made &= Call(turn, owner, boundary, node, name, hook, variables) != CallOutcome.Waiting;
            }
        }

        if (!made)
        {
            (owner.WithWaitingHook ??= []).Add(node!.Index);
        }

        return made;
    }

    private static IReadOnlyDictionary<string, LifecycleHook> Of(Turn turn, Node boundary, Node? node) =>
        node?.StepName is null || node.Is(NodeFlags.Hooked) || node.Is(NodeFlags.Retried) || node.Type == NodeType.Skipped
            || turn.TemplateOf(boundary).FindStep(node.StepName) is not { } step
            ? LifecycleHook.None
            : step.Hooks;

    private static Node Around(Turn turn, Node owner) => owner.Type == NodeType.DAG ? owner : turn.State[owner.Boundary];

    private static bool IsDue(Node node, string name, LifecycleHook hook, IVariables variables)
    {
        if (name == "exit" && !node.Phase.IsCompleted())
        {
            return false;
        }

        if (hook.Expression is not { Length: > 0 } expression)
        {
            return name == "exit";
        }

        try
        {
            // The hook's own node is seen with its present phase, though it has not ended.
            var own = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                [$"steps.{node.StepName}.status"] = node.Phase.ToString(),
                [$"tasks.{node.StepName}.status"] = node.Phase.ToString(),
            };
            return ExpressionText.IsTrue(expression, new LocalVariables(own, variables));
        }
        catch (ExpressionException)
        {
            return false; // not true yet: a variable it names is not known
        }
    }

    private static CallOutcome Call(
        Turn turn, Node owner, Node boundary, Node node, string name, LifecycleHook hook, IVariables variables) =>
        Make(
            turn, owner.Index, boundary.Index, boundary.Scope, NodeNames.Hook(node.Name, name), hook, OutputsOf(node, variables), FlagsOf(boundary, name),
            name == "exit" ? WorkflowEvaluation.OwnArguments(turn.State) : Arguments.None);

    /// <summary>What ended while the workflow was stopped still gets its exit hook; other hooks are refused like any node.</summary>
    private static NodeFlags FlagsOf(Node boundary, string name) => (boundary.Flags & NodeFlags.Exempt) | (name == "exit" ? NodeFlags.StepExit : NodeFlags.None);

    /// <summary>Calls a hook's template; what cannot be called becomes a node in Error.</summary>
    public static CallOutcome Make(
        Turn turn, int owner, int boundary, TemplateScope scope, string nodeName, LifecycleHook hook, IVariables variables, NodeFlags flags,
        Arguments inherited)
    {
        var failed = new NodeCreated(nodeName, NodeType.Pod, NodePhase.Error, owner, boundary, hook.Template ?? "", turn.Now)
        {
            Scope = scope,
            Flags = flags | NodeFlags.Hooked,
        };
        try
        {
            var callee = Callee.Find(turn, scope, hook.Template, hook.TemplateRef, null);
            if (callee.Missing is { } missing)
            {
                turn.AwaitResource(missing, owner);
                return CallOutcome.Waiting;
            }

            if (callee.Template is null)
            {
                Launching.Fail(turn, failed with { Message = callee.Error });
                return CallOutcome.Made;
            }

            var rendered = JsonTags.Compile(hook.Json).Render(variables);
            var arguments = StepCalls.ArgumentsOf((System.Text.Json.Nodes.JsonObject)rendered.Json!, rendered);
            if (arguments.Parameters.Count + arguments.Artifacts.Count == 0)
            {
                arguments = inherited;
            }

            return Launching.Launch(turn, new Call(nodeName, callee.Template, callee.Scope, owner, boundary)
            {
                TemplateName = callee.Name,
                Flags = flags | NodeFlags.Hooked,
                Arguments = arguments,
                Variables = variables,
            });
        }
        catch (ExpressionException failure)
        {
            Launching.Fail(turn, failed with { Message = failure.Message });
            return CallOutcome.Made;
        }
    }

    /// <summary>An exit hook sees its own node's outputs as the step's or task's, whichever item of a loop it is.</summary>
    private static LocalVariables OutputsOf(Node node, IVariables variables)
    {
        var own = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var prefix in new[] { $"steps.{node.StepName}.", $"tasks.{node.StepName}." })
        {
            own[prefix + "status"] = node.Phase.ToString();
            if (node.Outputs.Result is { } result)
            {
                own[prefix + "outputs.result"] = result;
            }

            if (node.Outputs.ExitCode is { } exitCode)
            {
                own[prefix + "exitCode"] = exitCode;
            }

            foreach (var parameter in node.Outputs.Parameters)
            {
                own[$"{prefix}outputs.parameters.{parameter.Name}"] = parameter.Value;
            }

            foreach (var artifact in node.Outputs.Artifacts)
            {
                own[$"{prefix}outputs.artifacts.{artifact.Name}"] = artifact.Json.ToJsonString();
            }
        }

        return new LocalVariables(own, variables);
    }
}

/// <summary>Daemons live as long as the steps or DAG around them.</summary>
internal static class Daemons
{
    private const string Reason = "its steps or DAG is done";

    public static void StopWithin(Turn turn, int boundary)
    {
        foreach (var node in turn.State.RunningDaemonsWithin(boundary).ToList())
        {
            Stop(turn, node);
        }
    }

    public static void StopAll(Turn turn)
    {
        foreach (var node in turn.State.RunningDaemons.ToList())
        {
            Stop(turn, node);
        }
    }

    private static void Stop(Turn turn, Node node)
    {
        if (node.Type == NodeType.Retry)
        {
            turn.End(node, NodePhase.Succeeded);
            if (turn.State.At(node.Members[^1]) is { Phase: NodePhase.Pending or NodePhase.Running, Daemoned: false } next)
            {
                Shutdowns.Abandon(turn, next, Reason); // an attempt that nobody will need any more
            }
        }
        else if (!node.CancelRequested)
        {
            Shutdowns.Cancel(turn, node, Reason, daemonDone: true);
        }
    }
}
