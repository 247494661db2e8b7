using System.Globalization;
using System.Text.Json.Nodes;

namespace Argosy.Hub.Bench;

/// <summary>What a run asks of the hub: so many workflows, each of which runs so many pods.</summary>
/// <param name="Pods">In each workflow.</param>
internal sealed record Load(string Name, int Workflows, int Pods, Func<string, JsonObject> Manifest)
{
    /// <summary>Every kind of load with the size that the project's goals name.</summary>
    public static readonly IReadOnlyDictionary<string, int> Sizes = new Dictionary<string, int>
    {
        ["fanout"] = 10_000, ["chain"] = 500, ["flows"] = 1_000,
    };

    public int AllPods => Workflows * Pods;

    public static Load Of(string name, int size) => name switch
    {
        "fanout" => FanOut(size),
        "chain" => new Load(name, 1, size, workflow => Workflow(workflow, Chain(size))),
        "flows" => new Load(name, size, 3, workflow => Workflow(workflow, Chain(3))),
        _ => throw new ArgumentException($"there is no load '{name}': choose one of {string.Join(", ", Sizes.Keys)}"),
    };

    /// <summary>One workflow whose only step runs once for each number of a sequence.</summary>
    public static Load FanOut(int pods) => new("fanout", 1, pods, workflow => Workflow(workflow, new JsonArray(new JsonArray(new JsonObject
    {
        ["name"] = "each",
        ["template"] = "nothing",
        ["withSequence"] = new JsonObject { ["count"] = pods.ToString(CultureInfo.InvariantCulture) },
    }))));

    private static JsonArray Chain(int steps) =>
        [.. Enumerable.Range(0, steps).Select(step => new JsonArray(new JsonObject { ["name"] = $"step-{step}", ["template"] = "nothing" }))];

    private static JsonObject Workflow(string name, JsonArray steps) => new()
    {
        ["apiVersion"] = "argoproj.io/v1alpha1",
        ["kind"] = "Workflow",
        ["metadata"] = new JsonObject { ["name"] = name },
        ["spec"] = new JsonObject
        {
            ["entrypoint"] = "main",
            ["templates"] = new JsonArray(
                new JsonObject { ["name"] = "main", ["steps"] = steps },
                new JsonObject
                {
                    ["name"] = "nothing",
                    ["container"] = new JsonObject { ["image"] = "busybox", ["command"] = new JsonArray("true") },
                }),
        },
    };
}
