using System.Text.Json.Nodes;
using Argosy.Engine.Simulation;
using Argosy.Engine.Workflows;

namespace Argosy.Conformance;

/// <summary>The recorded workflows of the corpus, taken up by the engine.</summary>
internal static class RecordedRuns
{
    private static readonly string[] Execution = ["Pod", "Container", "HTTP", "Plugin"];

    public static IEnumerable<string> Files => Corpus.Files("recorded");

    public static JsonObject Manifest(string file)
    {
        var manifest = (JsonObject)Corpus.Read(file).Single().Json.DeepClone();
        manifest["metadata"]!["uid"] ??= "recorded";
        return manifest;
    }

    /// <summary>The same run, brought to an end: what was open has failed.</summary>
    public static JsonObject Ended(string file)
    {
        var manifest = Manifest(file);
        var status = manifest["status"]!.AsObject();
        if ((string?)status["phase"] is "Failed" or "Error" or "Succeeded")
        {
            return manifest;
        }

        status["phase"] = "Failed";
        foreach (var node in Nodes(manifest).Values.Where(node => (string?)node["phase"] is null or "Running" or "Pending"))
        {
            node["phase"] = "Failed";
        }

        return manifest;
    }

    public static Dictionary<string, JsonObject> Nodes(JsonObject manifest) => (manifest["status"]?["nodes"] as JsonObject ?? [])
        .Where(pair => pair.Value?["name"] is not null && (string?)pair.Value["name"] != "").ToDictionary(pair => pair.Key, pair => (JsonObject)pair.Value!);

    /// <summary>The state that the recorded status gives, before anything goes on.</summary>
    public static WorkflowState Loaded(JsonObject manifest)
    {
        var decision = WorkflowDecider.Decide(new WorkflowState(), new Submitted(manifest), DateTimeOffset.UnixEpoch.AddYears(56));
        var state = new WorkflowState();
        foreach (var fact in FactCodec.Decode(FactCodec.Encode([.. decision.Facts.Where(fact => fact is WorkflowAccepted or RunAdopted or NodeAdopted)])))
        {
            state.Apply(fact);
        }

        return state;
    }

    /// <summary>The state in which the engine leaves it when it has taken it up.</summary>
    public static WorkflowState TakenUp(JsonObject manifest)
    {
        var state = new WorkflowState();
        WorkflowDecider.Decide(state, new Submitted(manifest), DateTimeOffset.UnixEpoch.AddYears(56));
        return state;
    }

    public static Simulator Succeeding() => new(_ => LeafOutcome.Succeeds, _ => null);

    public static bool IsExecution(JsonObject node) => Execution.Contains((string?)node["type"]);

    public static bool IsFailed(JsonObject node) => (string?)node["phase"] is "Failed" or "Error";

    public static bool IsOfExit(JsonObject node, string workflow) => ((string)node["name"]!).StartsWith(workflow + ".onExit", StringComparison.Ordinal);

    /// <summary>Ids of everything that hangs from a node.</summary>
    public static HashSet<string> Descendants(Dictionary<string, JsonObject> nodes, string id)
    {
        HashSet<string> found = [];
        var open = new Stack<string>([id]);
        while (open.TryPop(out var next))
        {
            foreach (var child in (nodes.GetValueOrDefault(next)?["children"] as JsonArray ?? []).Select(child => (string)child!))
            {
                if (found.Add(child))
                {
                    open.Push(child);
                }
            }
        }

        return found;
    }
}
