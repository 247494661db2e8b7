using System.Text.Json;
using System.Text.Json.Nodes;
using Argosy.Contracts.Agents;
using Argosy.Engine.Expressions;
using Argosy.Engine.Workflows;

namespace Argosy.ControlPlane.Dispatch;

/// <summary>What an agent may do with an artifact for an attempt.</summary>
public enum ArtifactRight
{
    Granted,

    /// <summary>The attempt is not one of its cluster's, or is another by now.</summary>
    NotPlaced,

    /// <summary>The attempt is its cluster's, but has no such artifact.</summary>
    NotDeclared,
}

/// <summary>
/// Which artifacts an attempt has: those that its template declares, at the places where the hub put them, and what its pod's outputs overflow into.
/// An agent's word is not enough: with it, one cluster's agent could read what all others store.
/// </summary>
internal static class ArtifactRights
{
    public static bool Covers(WorkflowState state, Node node, ArtifactTransfer artifact, bool writes)
    {
        if (Parse(artifact.LocationJson) is not { } asked)
        {
            return false;
        }

        if (JsonNode.DeepEquals(asked, AttemptOutputs.LocationOf(AgentOrders.KeyOf(state, node))))
        {
            return !writes || !node.Phase.IsEnd(); // what came later would stay
        }

        try
        {
            return Declared(PodRequests.Of(state, node), writes).Any(declared => IsAt(asked, declared));
        }
        catch (ExpressionException)
        {
            return false; // it could not be ordered either
        }
    }

    private static IEnumerable<JsonObject> Declared(PodRequest pod, bool writes)
    {
        var outputs = (pod.Template["outputs"]?["artifacts"] as JsonArray ?? []).OfType<JsonObject>().Concat(pod.Logs.Select(log => log.Artifact));
        return writes
            ? outputs
            : outputs.Concat(pod.Inputs.Artifacts.Select(input => input.Json)).Concat(new[] { pod.Template["data"]?["source"]?["artifactPaths"] }.OfType<JsonObject>());
    }

    private static bool IsAt(JsonObject asked, JsonObject declared) =>
        AgentOrders.Location(declared) is { } location
        && location.All(driver => JsonNode.DeepEquals(asked[driver.Key], driver.Value))
        && asked.All(field => location.ContainsKey(field.Key) || field.Key == "archive"); // no other driver beside it, which the store might prefer

    private static JsonObject? Parse(string json)
    {
        try
        {
            return JsonNode.Parse(json) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
