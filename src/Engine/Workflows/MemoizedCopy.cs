using System.Text.Json.Nodes;
using Argosy.Engine.Templates;

namespace Argosy.Engine.Workflows;

/// <summary>
/// The status that a memoized resubmission begins with: the old nodes under the new workflow's name. What its pods achieved stands as
/// skipped nodes with their outputs; all else waits to be run, or to find out that nothing is left to run.
/// </summary>
public static class MemoizedCopy
{
    /// <param name="workflow">The workflow that failed, with its status.</param>
    /// <param name="name">The new workflow's name: node names and ids are made from it.</param>
    /// <exception cref="FormatException">The old workflow's nodes cannot be read.</exception>
    public static JsonObject StatusOf(JsonObject workflow, string name, DateTimeOffset now)
    {
        var old = workflow.Object("metadata").Text("name") ?? "";
        var run = RecordedRun.Read(workflow.Object("status") ?? []);
        var kept = run.Nodes.Select(pair => (Id: pair.Key, Json: pair.Value as JsonObject)).Where(node => node.Json.Text("name") is { Length: > 0 }).ToList();
        var byId = kept.ToDictionary(node => node.Id, node => node.Json!, StringComparer.Ordinal);
        kept.RemoveAll(node => node.Json.Text("name")!.StartsWith(NodeNames.Exit(old), StringComparison.Ordinal)
            || (node.Json.Text("type") == nameof(NodeType.Skipped) && !HasSucceededBelow(node.Id, byId)));
        var copying = new Copying(old, name, WorkflowVariables.Time(now), byId, kept.Select(node => node.Id).ToHashSet(StringComparer.Ordinal));
        var nodes = new JsonObject();
        foreach (var (id, json) in kept)
        {
            var copy = copying.Copy(id, json!);
            nodes[copy.Text("id")!] = copy;
        }

        var status = new JsonObject
        {
            ["nodes"] = nodes,
            ["conditions"] = new JsonArray(new JsonObject { ["type"] = "Completed", ["status"] = "False" }),
        };
        if (run.Status["storedTemplates"] is { } stored)
        {
            status["storedTemplates"] = stored.DeepClone();
        }

        return status;
    }

    private static bool HasSucceededBelow(string id, Dictionary<string, JsonObject> nodes)
    {
        var seen = new HashSet<string>([id], StringComparer.Ordinal);
        var open = new Stack<string>(nodes[id].Texts("children"));
        while (open.TryPop(out var next))
        {
            if (seen.Add(next) && nodes.TryGetValue(next, out var node))
            {
                if (node.Text("phase") == nameof(NodePhase.Succeeded))
                {
                    return true;
                }

                foreach (var child in node.Texts("children"))
                {
                    open.Push(child);
                }
            }
        }

        return false;
    }

    private sealed record Copying(string Old, string New, string Now, Dictionary<string, JsonObject> Nodes, HashSet<string> Kept)
    {
        private readonly Dictionary<string, string> newIds = new(StringComparer.Ordinal);
        private readonly HashSet<string> taken = new(StringComparer.Ordinal);

        public JsonObject Copy(string id, JsonObject json)
        {
            var copy = (JsonObject)json.DeepClone();
            copy["id"] = NewId(id);
            copy["name"] = NewName(json);
            if (json.Text("displayName") is { } shown && shown.StartsWith(Old, StringComparison.Ordinal))
            {
                copy["displayName"] = New + shown[Old.Length..];
            }

            if (json.Text("boundaryID") is { Length: > 0 } boundary && Nodes.ContainsKey(boundary))
            {
                copy["boundaryID"] = NewId(boundary);
            }

            Rename(copy, "children");
            Rename(copy, "outboundNodes");
            Begin(copy, id);
            return copy;
        }

        private void Begin(JsonObject copy, string originalId)
        {
            var isPod = copy.Text("type") == nameof(NodeType.Pod);
            var failed = copy.Text("phase") is nameof(NodePhase.Failed) or nameof(NodePhase.Error);
            (copy["startedAt"], copy["finishedAt"]) = (Now, isPod && failed ? null : Now);
            if (isPod && !failed)
            {
                copy["phase"] = nameof(NodePhase.Skipped);
                copy["type"] = nameof(NodeType.Skipped);
                copy["message"] = $"original pod: {originalId}";
                return;
            }

            copy["phase"] = nameof(NodePhase.Pending);
            foreach (var past in new[] { "message", "progress", "resourcesDuration", "hostNodeName", "podIP", "cluster" })
            {
                copy.Remove(past);
            }
        }

        private void Rename(JsonObject copy, string field)
        {
            if (copy[field] is JsonArray)
            {
                copy[field] = new JsonArray([.. copy.Texts(field).Where(Kept.Contains).Select(id => (JsonNode)JsonValue.Create(NewId(id)))]);
            }
        }

        private string NewId(string id)
        {
            if (!newIds.TryGetValue(id, out var newId))
            {
                newIds[id] = newId = NodeNames.Id(New, NewName(Nodes[id]), taken.Contains);
                taken.Add(newId);
            }

            return newId;
        }

        private string NewName(JsonObject node) => node.Text("name") is var name && name!.StartsWith(Old, StringComparison.Ordinal) ? New + name[Old.Length..] : name!;
    }
}
