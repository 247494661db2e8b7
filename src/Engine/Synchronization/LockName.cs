using System.Text.Json.Serialization;

namespace Argosy.Engine.Synchronization;

/// <summary>What a lock is, and where the number of its holders is written.</summary>
public enum LockKind
{
    /// <summary>One holder.</summary>
    Mutex,

    /// <summary>As many holders as a key of a ConfigMap says.</summary>
    ConfigMapSemaphore,

    /// <summary>As many holders as the hub's table of limits says.</summary>
    DatabaseSemaphore,

    /// <summary>One holder; upstream keeps it in a database to share it between clusters, which here every lock is.</summary>
    DatabaseMutex,
}

/// <summary>One lock of the whole fleet.</summary>
/// <param name="Name">The mutex's name, the ConfigMap's name, or the database key.</param>
/// <param name="Key">The ConfigMap's key; null for all other kinds.</param>
public readonly record struct LockName(
    [property: JsonPropertyName("s")] string Namespace,
    [property: JsonPropertyName("k")] LockKind Kind,
    [property: JsonPropertyName("n")] string Name,
    [property: JsonPropertyName("y")] string? Key)
{
    [JsonIgnore]
    public bool IsMutex => Kind is LockKind.Mutex or LockKind.DatabaseMutex;

    [JsonIgnore]
    public bool IsDatabase => Kind is LockKind.DatabaseMutex or LockKind.DatabaseSemaphore;

    /// <summary>The lock as messages and the status name it: upstream's key. A database mutex and a database semaphore of one key look alike.</summary>
    public override string ToString() => Kind switch
    {
        LockKind.Mutex => $"{Namespace}/Mutex/{Name}",
        LockKind.ConfigMapSemaphore => $"{Namespace}/ConfigMap/{Name}/{Key}",
        LockKind.DatabaseSemaphore or LockKind.DatabaseMutex => $"{Namespace}/Database/{Name}",
    };
}
