using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Argosy.ClusterAgent.Kubernetes.Api;

namespace Argosy.ClusterAgent.Podless.Resources;

/// <summary>
/// What kubectl does for each action, in the name of the workflow's service account. All but a JSON patch may be begun again after a crash: what
/// is created is marked with who made it and found by that, applying, replacing, merging and deleting twice is as once. A JSON patch is guarded
/// against being carried out twice by one life of the agent; an agent that is killed between the patch and its report patches again.
/// </summary>
internal sealed class ResourceActions(KubernetesClient client, OwnedObjects owned, Persistence persistence, ObjectWait wait)
{
    private const string MadeBy = "argosy.io/made-by";
    private const string Manager = "argosy";

    /// <summary>Longest part of a generated name that is the manifest's own, as API servers cut it.</summary>
    private const int LongestPrefix = 58;

    private const int MostNames = 10;
    private const int MostConflicts = 10;

    /// <returns>The object; null where there is none any more, or none to be found and that is no matter.</returns>
    public Task<JsonObject?> ActAsync(ResourceSpec spec, ResourceTarget target, JsonNode? patch, CancellationToken cancellationToken) => spec.Action switch
    {
        "create" => CreateAsync(spec, target, cancellationToken),
        "apply" => ApplyAsync(spec, target, cancellationToken),
        "replace" => ReplaceAsync(spec, target, cancellationToken),
        "patch" => PatchAsync(spec, target, patch, cancellationToken),
        "get" => GetAsync(spec, target, cancellationToken),
        "delete" => DeleteAsync(spec, target, cancellationToken),
        _ => throw new ResourceFailureException($"error: resource.action \"{spec.Action}\" is not known: get, create, apply, patch, replace and delete are"),
    };

    private async Task<JsonObject?> CreateAsync(ResourceSpec spec, ResourceTarget target, CancellationToken cancellationToken)
    {
        var item = (JsonObject)target.Item!.DeepClone();
        await owned.AdoptAsync(spec, target, item, cancellationToken);
        var metadata = item["metadata"]!.AsObject();
        var maker = target.Ordinal == 0 ? spec.Maker : $"{spec.Maker}/{target.Ordinal}";
        (metadata["annotations"] as JsonObject ?? (JsonObject)(metadata["annotations"] = new JsonObject()))[MadeBy] = maker;
        var prefix = target.Name.Length == 0 ? metadata["generateName"]!.ToString() : null;
        metadata.Remove("generateName");
        for (var salt = 0; ; salt++)
        {
            // The same names each time, so that a creation that is repeated after a crash meets what it made before.
            var name = prefix is null ? target.Name : GeneratedName(prefix, salt == 0 ? maker : $"{maker}#{salt}");
            metadata["name"] = name;
            try
            {
                return await client.CreateAsync(target.Type, target.Namespace, item, cancellationToken, Options(spec));
            }
            catch (KubernetesException exists) when (exists.IsAlreadyThere)
            {
                var there = await client.FindAsync(target.Type, target.Namespace, name, cancellationToken);
                if ((string?)there?["metadata"]?["annotations"]?[MadeBy] == maker)
                {
                    return there;
                }

                if (prefix is null || salt == MostNames)
                {
                    throw;
                }
            }
        }
    }

    private async Task<JsonObject?> ApplyAsync(ResourceSpec spec, ResourceTarget target, CancellationToken cancellationToken)
    {
        var item = (JsonObject)target.Item!.DeepClone();
        await owned.AdoptAsync(spec, target, item, cancellationToken);
        item["metadata"]!.AsObject().Remove("managedFields");
        PortProtocols.Complete(item);
        return await client.PatchAsync(
            target.Type, target.Namespace, target.Name, ObjectPatch.Apply(item, spec.Flags.FieldManager ?? Manager, force: true), cancellationToken,
            spec.Flags.Subresource, Options(spec) with { FieldManager = null });
    }

    private async Task<JsonObject?> ReplaceAsync(ResourceSpec spec, ResourceTarget target, CancellationToken cancellationToken)
    {
        if (spec.Flags.Force)
        {
            var made = await client.FindAsync(target.Type, target.Namespace, target.Name, cancellationToken);
            if ((string?)made?["metadata"]?["annotations"]?[MadeBy] != spec.Maker)
            {
                await DeleteAsync(spec, target, cancellationToken);
            }

            return await CreateAsync(spec, target, cancellationToken);
        }

        var item = (JsonObject)target.Item!.DeepClone();
        await owned.AdoptAsync(spec, target, item, cancellationToken);
        var metadata = item["metadata"]!.AsObject();
        var pinned = metadata["resourceVersion"] is not null;
        for (var conflicts = 0; ; conflicts++)
        {
            if (!pinned)
            {
                var there = await client.GetAsync(target.Type, target.Namespace, target.Name, cancellationToken);
                metadata["resourceVersion"] = (string?)there["metadata"]!["resourceVersion"];
            }

            try
            {
                return await client.ReplaceAsync(target.Type, target.Namespace, target.Name, item, cancellationToken, Options(spec), spec.Flags.Subresource);
            }
            catch (KubernetesException conflict) when (conflict.IsConflict && !pinned && conflicts < MostConflicts)
            {
                // Somebody was faster; the manifest names no version, so it goes over that one as well.
            }
        }
    }

    private async Task<JsonObject?> PatchAsync(ResourceSpec spec, ResourceTarget target, JsonNode? patch, CancellationToken cancellationToken)
    {
        switch (spec.MergeStrategy, patch)
        {
            case ("strategic", JsonObject fields):
                return await SendAsync(ObjectPatch.Strategic(fields));
            case ("merge", JsonObject fields):
                return await SendAsync(ObjectPatch.Merge(fields));
            case ("json", JsonArray operations):
                return await JsonPatchAsync(spec, target, operations, cancellationToken);
            default:
                throw new ResourceFailureException(spec.MergeStrategy is "strategic" or "merge" or "json"
                    ? $"error: a {spec.MergeStrategy} patch takes {(spec.MergeStrategy == "json" ? "a list of operations" : "an object")} as its manifest"
                    : $"error: --type must be one of [json merge strategic], not \"{spec.MergeStrategy}\"");
        }

        Task<JsonObject> SendAsync(ObjectPatch form) => client.PatchAsync(
            target.Type, target.Namespace, target.Name, form, cancellationToken, spec.Flags.Subresource, Options(spec));
    }

    /// <summary>Each try is bound to the version that was there before it, so that one whose answer was lost is not carried out again.</summary>
    private async Task<JsonObject> JsonPatchAsync(ResourceSpec spec, ResourceTarget target, JsonArray operations, CancellationToken cancellationToken)
    {
        var before = await VersionAsync();
        for (var conflicts = 0; ;)
        {
            var guarded = new JsonArray(new JsonObject { ["op"] = "test", ["path"] = "/metadata/resourceVersion", ["value"] = before });
            foreach (var operation in operations)
            {
                guarded.Add(operation?.DeepClone());
            }

            try
            {
                return await client.PatchAsync(
                    target.Type, target.Namespace, target.Name, ObjectPatch.Json(guarded), cancellationToken, spec.Flags.Subresource, Options(spec));
            }
            catch (KubernetesException lost) when (lost.Code is 0 or 500 or 502 or 504)
            {
                if (await VersionAsync() != before)
                {
                    throw new ResourceFailureException(
                        $"the API server did not answer to the JSON patch of {target.Spelled}, and the object has changed since: whether by this patch "
                        + $"cannot be told, and to patch twice could do harm. Look at the object, then retry the workflow ({lost.Message})");
                }

                throw; // not carried out: it may be tried again
            }
            catch (KubernetesException refusal) when (refusal.Code is 409 or 422 && conflicts++ < MostConflicts)
            {
                var now = await VersionAsync();
                if (now == before)
                {
                    throw; // not for the version: the patch itself does not fit
                }

                before = now;
            }
        }

        async Task<string?> VersionAsync() => await persistence.UntilDoneAsync(
            async token => (string?)(await client.GetAsync(target.Type, target.Namespace, target.Name, token))["metadata"]?["resourceVersion"], cancellationToken);
    }

    private async Task<JsonObject?> GetAsync(ResourceSpec spec, ResourceTarget target, CancellationToken cancellationToken) => spec.Flags.IgnoreNotFound
        ? await client.FindAsync(target.Type, target.Namespace, target.Name, cancellationToken)
        : await client.GetAsync(target.Type, target.Namespace, target.Name, cancellationToken);

    private async Task<JsonObject?> DeleteAsync(ResourceSpec spec, ResourceTarget target, CancellationToken cancellationToken)
    {
        var flags = spec.Flags;
        var options = new DeleteOptions
        {
            GracePeriodSeconds = spec.Action == "delete" && flags is { Force: true, GracePeriodSeconds: null } ? 0 : flags.GracePeriodSeconds,
            Propagation = flags.Propagation,
            DryRun = flags.DryRun,
        };
        var names = target.Name.Length > 0 ? [target.Name] : await ChosenAsync(flags, target, cancellationToken);
        List<string> going = [];
        foreach (var name in names)
        {
            if (await client.DeleteAsync(target.Type, target.Namespace, name, options, cancellationToken))
            {
                going.Add(name);
            }
        }

        foreach (var name in flags is { Wait: true, DryRun: false } ? going : [])
        {
            var gone = target with { Name = name };
            if (!await wait.UntilGoneAsync(gone, flags.Timeout, cancellationToken))
            {
                throw new ResourceFailureException($"error: timed out waiting for the condition on {gone.Spelled}: it is not deleted yet");
            }
        }

        return null;
    }

    private async Task<IReadOnlyList<string>> ChosenAsync(ResourceFlags flags, ResourceTarget target, CancellationToken cancellationToken)
    {
        var query = new ListQuery { LabelSelector = flags.Selector, FieldSelector = flags.FieldSelector };
        List<string> names = [];
        await foreach (var item in client.ListAsync(target.Type, target.Namespace, query, cancellationToken))
        {
            names.Add((string)item["metadata"]!["name"]!);
        }

        return names;
    }

    private static WriteOptions Options(ResourceSpec spec) =>
        new() { FieldManager = spec.Flags.FieldManager ?? Manager, DryRun = spec.Flags.DryRun, FieldValidation = spec.Flags.FieldValidation };

    private static string GeneratedName(string prefix, string maker) =>
        (prefix.Length > LongestPrefix ? prefix[..LongestPrefix] : prefix) + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(maker)))[..5];
}
