using Argosy.Engine.Expressions;
using Argosy.Engine.Templates;

namespace Argosy.Engine.Workflows;

/// <summary>
/// Lifecycle hooks of steps and tasks: <c>exit</c> runs when the node has ended (not when it was skipped or omitted), any other when its
/// expression comes true. The owner waits for hook nodes as for any other.
/// </summary>
internal static class Hooks
{
    /// <param name="member">The node that changed; -1: look at every member.</param>
    public static void Consider(Turn turn, Node owner, int member, IVariables variables)
    {
        if (member >= 0)
        {
            OfNode(turn, owner, turn.State.At(member), variables);
            return;
        }

        foreach (var index in owner.Members.ToArray())
        {
            OfNode(turn, owner, turn.State.At(index), variables);
        }
    }

    private static void OfNode(Turn turn, Node owner, Node? node, IVariables variables)
    {
        if (node?.StepName is null || node.Is(NodeFlags.Hooked) || node.Is(NodeFlags.Retried) || node.Type == NodeType.Skipped)
        {
            return;
        }

        var boundary = owner.Type == NodeType.DAG ? owner : turn.State[owner.Boundary];
        if (turn.TemplateOf(boundary).FindStep(node.StepName) is not { Hooks.Count: > 0 } step)
        {
            return;
        }

        foreach (var (name, hook) in step.Hooks)
        {
            if (turn.State.Find(NodeNames.Hook(node.Name, name)) is null && IsDue(turn, node, name, hook, variables))
            {
                Call(turn, owner, boundary, node, NodeNames.Hook(node.Name, name), hook, variables);
            }
        }
    }

    private static bool IsDue(Turn turn, Node node, string name, LifecycleHook hook, IVariables variables)
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

    private static void Call(
        Turn turn, Node owner, Node boundary, Node node, string nodeName, LifecycleHook hook, IVariables variables) =>
        Make(turn, owner.Index, boundary.Index, boundary.Scope, nodeName, hook, OutputsOf(node, variables), boundary.Flags & NodeFlags.OnExit, []);

    /// <summary>Calls a hook's template; what cannot be called becomes a node in Error.</summary>
    public static CallOutcome Make(
        Turn turn, int owner, int boundary, TemplateScope scope, string nodeName, LifecycleHook hook, IVariables variables, NodeFlags flags,
        IReadOnlyList<ParameterValue> inherited)
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
            if (arguments.Parameters.Count == 0 && inherited.Count > 0)
            {
                arguments = arguments with { Parameters = [.. inherited.Select(given => new Parameter(given.Name) { Value = given.Value })] };
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
    public static void StopWithin(Turn turn, int boundary)
    {
        foreach (var node in turn.State.RunningDaemons.Where(daemon => daemon.Boundary == boundary).ToList())
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
        }
        else if (!node.CancelRequested)
        {
            turn.Record(new NodeCancelRequested(node.Index));
            turn.Order(new CancelNode(node.Index, "its steps or DAG is done", DaemonDone: true));
        }
    }
}
