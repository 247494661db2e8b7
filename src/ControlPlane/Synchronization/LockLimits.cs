using System.Globalization;
using Argosy.ControlPlane.Resources;
using Argosy.Engine.Synchronization;

namespace Argosy.ControlPlane.Synchronization;

/// <summary>How many may hold a semaphore by now, or why nobody knows.</summary>
internal readonly record struct LockLimit(int? Value, string? Reason);

/// <summary>Reads limits where they are written: in ConfigMaps, and in the hub's table.</summary>
internal sealed class LockLimits(IResources resources, SyncLimitStore table)
{
    public async Task<LockLimit> ReadAsync(LockName name) => name.Kind switch
    {
        LockKind.Mutex or LockKind.DatabaseMutex => new LockLimit(1, null),
        LockKind.DatabaseSemaphore => await table.FindAsync(name.Namespace, name.Name, CancellationToken.None) is { } limit
            ? new LockLimit(limit, null)
            : new LockLimit(null, $"there is no sync limit {name.Name} in namespace {name.Namespace}"),
        LockKind.ConfigMapSemaphore => await ReadConfigMapAsync(name),
    };

    private async Task<LockLimit> ReadConfigMapAsync(LockName name)
    {
        var map = await resources.FindAsync(new ResourceKey(Kinds.ConfigMap, name.Namespace, name.Name), CancellationToken.None);
        if (map is null)
        {
            return new LockLimit(null, $"configmaps \"{name.Name}\" not found");
        }

        var text = map["data"]?[name.Key!]?.ToString();
        if (text is null)
        {
            return new LockLimit(null, $"configmap {name.Namespace}/{name.Name} has no key {name.Key}");
        }

        return int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var limit) && limit > 0
            ? new LockLimit(limit, null)
            : new LockLimit(null, $"key {name.Key} of configmap {name.Namespace}/{name.Name} is no number above 0: {text}");
    }
}
