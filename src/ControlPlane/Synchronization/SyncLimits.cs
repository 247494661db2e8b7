using System.Globalization;
using System.Text.Json.Nodes;
using Argosy.ControlPlane.Resources;
using Orleans;

namespace Argosy.ControlPlane.Synchronization;

/// <summary>A semaphore's limit and where it is written.</summary>
/// <param name="ConfigMap">Null: in the hub's table.</param>
internal sealed record SyncLimitTarget(string Namespace, string Key, string? ConfigMap);

/// <summary>Reads and changes the limits of semaphores. Whoever waits hears of a change at once.</summary>
internal sealed class SyncLimits(IResources resources, SyncLimitStore table, IGrainFactory grains)
{
    public async Task<int> GetAsync(SyncLimitTarget target, CancellationToken cancellationToken)
    {
        if (target.ConfigMap is null)
        {
            return await table.FindAsync(target.Namespace, target.Key, cancellationToken) ?? throw NoRow(target);
        }

        var map = await resources.FindAsync(KeyOf(target), cancellationToken)
            ?? throw new ApiException(404, "NotFound", $"configmaps \"{target.ConfigMap}\" not found");
        var text = map["data"]?[target.Key]?.ToString() ?? throw NoKey(target);
        return int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var limit)
            ? limit
            : throw new ApiException(400, "BadRequest", $"invalid limit format for key {target.Key} in configmap {target.Namespace}/{target.ConfigMap}");
    }

    public async Task CreateAsync(SyncLimitTarget target, int limit, CancellationToken cancellationToken)
    {
        if (target.ConfigMap is not null)
        {
            await CreateInConfigMapAsync(target, limit, cancellationToken);
        }
        else if (await table.CreateAsync(target.Namespace, target.Key, limit, cancellationToken))
        {
            await TellAsync(target);
        }
        else
        {
            throw Exists($"Database sync limit already exists in namespace \"{target.Namespace}\".");
        }
    }

    public async Task UpdateAsync(SyncLimitTarget target, int limit, CancellationToken cancellationToken)
    {
        if (target.ConfigMap is not null)
        {
            await ChangeAsync(target, data => data.ContainsKey(target.Key) ? Put(data, target.Key, limit) : throw NoKey(target, " - please create it first"), cancellationToken);
        }
        else if (await table.UpdateAsync(target.Namespace, target.Key, limit, cancellationToken))
        {
            await TellAsync(target);
        }
        else
        {
            throw NoRow(target);
        }
    }

    public async Task DeleteAsync(SyncLimitTarget target, CancellationToken cancellationToken)
    {
        if (target.ConfigMap is not null)
        {
            await ChangeAsync(target, data => data.Remove(target.Key), cancellationToken);
        }
        else if (await table.DeleteAsync(target.Namespace, target.Key, cancellationToken))
        {
            await TellAsync(target);
        }
        else
        {
            throw NoRow(target);
        }
    }

    private async Task CreateInConfigMapAsync(SyncLimitTarget target, int limit, CancellationToken cancellationToken)
    {
        if (await resources.FindAsync(KeyOf(target), cancellationToken) is null)
        {
            await resources.CreateAsync(
                Kinds.ConfigMap,
                target.Namespace,
                new JsonObject
                {
                    ["apiVersion"] = "v1",
                    ["kind"] = "ConfigMap",
                    ["metadata"] = new JsonObject { ["name"] = target.ConfigMap },
                    ["data"] = Data(target.Key, limit),
                },
                cancellationToken);
            return;
        }

        await ChangeAsync(
            target,
            data => data.ContainsKey(target.Key) ? throw Exists("sync limit cannot be created as it already exists") : Put(data, target.Key, limit),
            cancellationToken);
    }

    private async Task ChangeAsync(SyncLimitTarget target, Func<JsonObject, bool> change, CancellationToken cancellationToken)
    {
        var changed = await resources.ModifyAsync(
            KeyOf(target),
            map =>
            {
                if (map["data"] is not JsonObject data)
                {
                    map["data"] = data = [];
                }

                return change(data);
            },
            cancellationToken);
        if (changed is null)
        {
            throw new ApiException(404, "NotFound", $"configmaps \"{target.ConfigMap}\" not found");
        }
    }

    private Task TellAsync(SyncLimitTarget target) => grains.GetGrain<ILockGrain>(ILockGrain.Key).DatabaseLimitChanged(target.Namespace, target.Key);

    private static ResourceKey KeyOf(SyncLimitTarget target) => new(Kinds.ConfigMap, target.Namespace, target.ConfigMap!);

    private static JsonObject Data(string key, int limit)
    {
        var data = new JsonObject();
        Put(data, key, limit);
        return data;
    }

    private static bool Put(JsonObject data, string key, int limit)
    {
        data[key] = limit.ToString(CultureInfo.InvariantCulture);
        return true;
    }

    private static ApiException Exists(string message) => new(409, "AlreadyExists", message);

    private static ApiException NoRow(SyncLimitTarget target) => new(404, "NotFound", $"Database sync limit not found in namespace \"{target.Namespace}\".");

    private static ApiException NoKey(SyncLimitTarget target, string advice = "") =>
        new(404, "NotFound", $"key {target.Key} not found in configmap {target.Namespace}/{target.ConfigMap}{advice}");
}
