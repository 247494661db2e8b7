using System.Globalization;
using System.Text.Json.Nodes;

namespace Argosy.Engine.Bench;

/// <summary>How the nodes of a workflow hang together.</summary>
public enum Shape
{
    /// <summary>One step over all items.</summary>
    Loop,

    /// <summary>The same, with ten at a time by the workflow's parallelism.</summary>
    LoopTenOfWorkflow,

    /// <summary>The same, with ten at a time by the template's parallelism.</summary>
    LoopTenOfTemplate,

    /// <summary>One step over all items, each a template of one step.</summary>
    Nested,

    /// <summary>Steps one after another.</summary>
    Chain,

    /// <summary>A DAG of tasks that do not wait for each other.</summary>
    DagWide,

    /// <summary>The same, with ten at a time by the template's parallelism.</summary>
    DagWideTenOfTemplate,

    /// <summary>The same, with ten at a time by the workflow's parallelism.</summary>
    DagWideTenOfWorkflow,

    /// <summary>A DAG in which each task waits for the one before.</summary>
    DagChain,

    /// <summary>One step over all items, half of whose pods fail and are tried again.</summary>
    Retries,
}

internal static class Shapes
{
    /// <summary>How many pods of the workflow report.</summary>
    public static int ReportsOf(this Shape shape, int nodes) => shape switch
    {
        Shape.Loop or Shape.LoopTenOfWorkflow or Shape.LoopTenOfTemplate or Shape.Chain or Shape.DagWide or Shape.DagWideTenOfTemplate
            or Shape.DagWideTenOfWorkflow or Shape.DagChain or Shape.Retries or Shape.Nested => nodes,
    };

    public static JsonObject Manifest(this Shape shape, int nodes)
    {
        var spec = new JsonObject { ["entrypoint"] = "main" };
        if (shape is Shape.LoopTenOfWorkflow or Shape.DagWideTenOfWorkflow)
        {
            spec["parallelism"] = 10;
        }

        var main = new JsonObject { ["name"] = "main" };
        switch (shape)
        {
            case Shape.Chain:
                main["steps"] = new JsonArray([.. Enumerable.Range(0, nodes).Select(step => new JsonArray(Call($"step-{step}", "leaf")))]);
                break;
            case Shape.DagWide or Shape.DagWideTenOfTemplate or Shape.DagWideTenOfWorkflow or Shape.DagChain:
                main["dag"] = new JsonObject { ["tasks"] = new JsonArray([.. Enumerable.Range(0, nodes).Select(task => Task(shape, task))]) };
                break;
            default:
                var each = Call("each", shape == Shape.Nested ? "one" : "leaf");
                each["withSequence"] = new JsonObject { ["count"] = nodes.ToString(CultureInfo.InvariantCulture) };
                main["steps"] = new JsonArray(new JsonArray(each));
                break;
        }

        if (shape is Shape.LoopTenOfTemplate or Shape.DagWideTenOfTemplate)
        {
            main["parallelism"] = 10;
        }

        var leaf = new JsonObject { ["name"] = "leaf", ["container"] = new JsonObject { ["image"] = "busybox", ["command"] = new JsonArray("true") } };
        if (shape == Shape.Retries)
        {
            leaf["retryStrategy"] = new JsonObject { ["limit"] = 1000 };
        }

        var one = new JsonObject { ["name"] = "one", ["steps"] = new JsonArray(new JsonArray(Call("only", "leaf"))) };
        spec["templates"] = new JsonArray(main, leaf, one);
        return new JsonObject
        {
            ["metadata"] = new JsonObject { ["name"] = "bench", ["namespace"] = "default", ["uid"] = "bench" },
            ["spec"] = spec,
        };
    }

    private static JsonObject Call(string name, string template) => new() { ["name"] = name, ["template"] = template };

    private static JsonObject Task(Shape shape, int task)
    {
        var call = Call($"task-{task}", "leaf");
        if (shape == Shape.DagChain && task > 0)
        {
            call["dependencies"] = new JsonArray($"task-{task - 1}");
        }

        return call;
    }
}
