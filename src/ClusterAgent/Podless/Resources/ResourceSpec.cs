using System.Text.Json;
using System.Text.Json.Nodes;
using Argosy.Contracts.Agents;

namespace Argosy.ClusterAgent.Podless.Resources;

/// <summary>A resource template, read.</summary>
internal sealed record ResourceSpec
{
    public required AttemptKey Key { get; init; }

    public required string Action { get; init; }

    public required string ServiceAccount { get; init; }

    /// <summary>Empty where the flags say all.</summary>
    public required string Manifest { get; init; }

    /// <summary>The input artifact that holds the manifest instead.</summary>
    public ArtifactTransfer? ManifestFrom { get; init; }

    public required ResourceFlags Flags { get; init; }

    /// <summary><c>strategic</c>, <c>merge</c> or <c>json</c>.</summary>
    public required string MergeStrategy { get; init; }

    /// <summary>The objects made go when the workflow does.</summary>
    public required bool Owned { get; init; }

    public required ObjectConditions Conditions { get; init; }

    /// <summary>Whether the template has outputs that are taken from the object.</summary>
    public required bool HasOutputs { get; init; }

    /// <summary>Who made an object: written on what is created, so that the work, repeated after a crash, knows its own.</summary>
    public string Maker => $"{Key.WorkflowUid}/{Key.NodeId}/{Key.Generation}/{Key.Attempt}";

    /// <exception cref="ResourceFailureException">The template cannot be carried out.</exception>
    public static ResourceSpec Read(PodIntent intent, JsonElement body)
    {
        var resource = JsonObject.Create(body)!;
        var flags = ResourceFlags.Parse((resource["flags"] as JsonArray ?? []).Select(flag => flag?.ToString() ?? ""));
        var from = (string?)resource["manifestFrom"]?["artifact"]?["name"];
        return new ResourceSpec
        {
            Key = intent.Key,
            Action = resource["action"]?.ToString() ?? "",
            ServiceAccount = intent.ServiceAccount.Length > 0 ? intent.ServiceAccount : "default",
            Manifest = resource["manifest"]?.ToString() ?? "",
            ManifestFrom = from is null
                ? null
                : intent.InputArtifacts.FirstOrDefault(artifact => artifact.Name == from)
                    ?? throw new ResourceFailureException($"error: resource.manifestFrom: the template has no input artifact \"{from}\""),
            Flags = flags,
            MergeStrategy = flags.PatchType ?? (resource["mergeStrategy"]?.ToString() is { Length: > 0 } strategy ? strategy : "strategic"),
            Owned = resource["setOwnerReference"] is JsonValue wanted && wanted.TryGetValue(out bool owned) && owned,
            Conditions = ConditionsOf(resource),
            HasOutputs = OutputsOf(intent),
        };
    }

    private static ObjectConditions ConditionsOf(JsonObject resource)
    {
        try
        {
            return ObjectConditions.Parse(resource["successCondition"]?.ToString(), resource["failureCondition"]?.ToString());
        }
        catch (FormatException malformed)
        {
            throw new ResourceFailureException(malformed.Message);
        }
    }

    private static bool OutputsOf(PodIntent intent)
    {
        using var template = JsonDocument.Parse(intent.TemplateJson);
        return template.RootElement.TryGetProperty("outputs", out var outputs) && outputs.ValueKind == JsonValueKind.Object
            && outputs.TryGetProperty("parameters", out var parameters) && parameters.ValueKind == JsonValueKind.Array && parameters.GetArrayLength() > 0;
    }
}
