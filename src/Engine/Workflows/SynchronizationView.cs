using System.Text.Json.Nodes;
using Argosy.Engine.Synchronization;

namespace Argosy.Engine.Workflows;

/// <summary>What a workflow's status says about its locks: by lock, what it holds and what it waits for.</summary>
internal static class SynchronizationView
{
    /// <returns>Null: it has nothing to do with locks now.</returns>
    public static JsonObject? Render(WorkflowState state)
    {
        var semaphores = new JsonObject();
        var mutexes = new JsonObject();
        foreach (var claim in state.Locks.All.Where(claim => claim.Held || claim.WaitsFor is not null))
        {
            for (var index = 0; index < claim.Locks.Count; index++)
            {
                var name = claim.Locks[index];
                var holders = claim.Held ? [LockClaims.HolderName(state, claim.Node)] : index < claim.Holders.Count ? claim.Holders[index] : [];
                Add(name.IsMutex ? mutexes : semaphores, claim.Held ? "holding" : "waiting", name, holders);
            }
        }

        var status = new JsonObject();
        if (semaphores.Count > 0)
        {
            status["semaphore"] = semaphores;
        }

        if (mutexes.Count > 0)
        {
            status["mutex"] = mutexes;
        }

        return status.Count > 0 ? status : null;
    }

    private static void Add(JsonObject side, string list, LockName name, IReadOnlyList<string> holders)
    {
        if (side[list] is not JsonArray entries)
        {
            side[list] = entries = [];
        }

        var (field, key) = (name.IsMutex ? "mutex" : "semaphore", name.ToString());
        var entry = entries.OfType<JsonObject>().FirstOrDefault(other => (string?)other[field] == key);
        if (entry is null)
        {
            entries.Add(entry = new JsonObject { [field] = key });
        }

        if (name.IsMutex)
        {
            entry["holder"] = holders.Count > 0 ? holders[0] : null;
            return;
        }

        if (entry["holders"] is not JsonArray known)
        {
            entry["holders"] = known = [];
        }

        foreach (var holder in holders.Where(holder => known.All(other => (string?)other != holder)))
        {
            known.Add(holder);
        }
    }
}
