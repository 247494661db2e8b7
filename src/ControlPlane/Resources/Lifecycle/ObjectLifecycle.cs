using System.Text.Json.Nodes;

namespace Argosy.ControlPlane.Resources.Lifecycle;

/// <summary>What the hub itself writes into an object: at its beginning, and with each change. Users cannot set these.</summary>
internal static class ObjectLifecycle
{
    private static readonly string[] HubOwned = ["uid", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "generation"];

    private static readonly string[] NotDesired = ["metadata", "status", "apiVersion", "kind"];

    /// <summary>Completes a manifest to a new object.</summary>
    /// <exception cref="ApiException">The manifest is of another kind or namespace, or is no new object.</exception>
    public static void Begin(ResourceKind kind, string? @namespace, JsonObject manifest, DateTimeOffset now)
    {
        CheckType(kind, manifest);
        var metadata = manifest.Metadata();
        if (manifest.MetadataText("resourceVersion") is not null)
        {
            throw ApiErrors.BadRequest("resourceVersion should not be set on objects to be created");
        }

        CheckNamespace(kind, @namespace, manifest);
        if (manifest.MetadataText("name") is null && manifest.MetadataText("generateName") is { } stem)
        {
            metadata["name"] = ObjectNames.Generate(stem);
        }

        foreach (var field in HubOwned.Append("selfLink").Append("resourceVersion"))
        {
            metadata.Remove(field);
        }

        metadata["uid"] = Guid.NewGuid().ToString();
        metadata["creationTimestamp"] = ObjectMetadata.Timestamp(now);
        metadata["generation"] = 1;
    }

    /// <summary>Completes what is to replace an object; answers whether anything changes.</summary>
    /// <param name="statusOnly">The write goes to the status subresource: all else stays as it is.</param>
    /// <exception cref="ApiException">The replacement names another object.</exception>
    public static bool Continue(ResourceKey key, JsonObject existing, JsonObject next, bool statusOnly, bool keepStatus)
    {
        CheckType(key.Kind, next);
        CheckNamespace(key.Kind, key.Namespace, next);
        var metadata = next.Metadata();
        if (next.MetadataText("name") is { } name && name != key.Name)
        {
            throw ApiErrors.BadRequest($"the name of the object ({name}) does not match the name on the URL ({key.Name})");
        }

        if (next.MetadataText("uid") is { } uid && uid != existing.MetadataText("uid"))
        {
            throw ApiErrors.Conflict(
                key, $"Precondition failed: UID in precondition: {uid}, UID in object meta: {existing.MetadataText("uid")}");
        }

        metadata["name"] = key.Name;
        if (statusOnly)
        {
            KeepAllButStatus(existing, next);
        }
        else if (keepStatus)
        {
            Keep(existing, next, "status");
        }

        foreach (var field in HubOwned)
        {
            Keep(existing.Metadata(), next.Metadata(), field);
        }

        next.Metadata()["resourceVersion"] = existing.MetadataText("resourceVersion");
        if (JsonNode.DeepEquals(existing, next))
        {
            return false;
        }

        if (WantsSomethingElse(existing, next))
        {
            next.Metadata()["generation"] = existing.Generation() + 1;
        }

        return true;
    }

    /// <summary>Marks an object for deletion, for those who hold it with finalizers to see.</summary>
    public static void MarkDeleting(JsonObject value, DateTimeOffset now)
    {
        value.Metadata()["deletionTimestamp"] = ObjectMetadata.Timestamp(now);
        value.Metadata()["deletionGracePeriodSeconds"] = 0;
        value.Metadata()["generation"] = value.Generation() + 1;
    }

    private static void CheckType(ResourceKind kind, JsonObject manifest)
    {
        var (apiVersion, name) = (manifest.Text("apiVersion"), manifest.Text("kind"));
        if (apiVersion is not null && name is not null && (apiVersion != kind.ApiVersion || name != kind.Kind))
        {
            throw ApiErrors.BadRequest(
                $"the API version and kind in the data ({apiVersion}, {name}) do not match the expected ones ({kind.ApiVersion}, {kind.Kind})");
        }

        manifest["apiVersion"] = kind.ApiVersion;
        manifest["kind"] = kind.Kind;
    }

    private static void CheckNamespace(ResourceKind kind, string? @namespace, JsonObject manifest)
    {
        var metadata = manifest.Metadata();
        if (!kind.Namespaced)
        {
            metadata.Remove("namespace");
            return;
        }

        if (manifest.MetadataText("namespace") is { } named && named != @namespace)
        {
            throw ApiErrors.BadRequest(
                $"the namespace of the provided object does not match the namespace sent on the request ({named}, {@namespace})");
        }

        metadata["namespace"] = @namespace;
    }

    private static void KeepAllButStatus(JsonObject existing, JsonObject next)
    {
        foreach (var field in next.Select(entry => entry.Key).Union(existing.Select(entry => entry.Key)).ToList())
        {
            if (field is not ("status" or "metadata"))
            {
                Keep(existing, next, field);
            }
        }

        var fields = next["metadata"]?["managedFields"]?.DeepClone();
        Keep(existing, next, "metadata");
        if (fields is not null)
        {
            next.Metadata()["managedFields"] = fields;
        }
    }

    private static bool WantsSomethingElse(JsonObject existing, JsonObject next) =>
        existing.Select(entry => entry.Key).Union(next.Select(entry => entry.Key))
            .Any(field => !NotDesired.Contains(field) && !JsonNode.DeepEquals(existing[field], next[field]));

    private static void Keep(JsonObject existing, JsonObject next, string field)
    {
        if (existing[field] is { } kept)
        {
            next[field] = kept.DeepClone();
        }
        else
        {
            next.Remove(field);
        }
    }
}
