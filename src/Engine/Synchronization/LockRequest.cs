using System.Text.Json.Nodes;
using Argosy.Engine.Templates;

namespace Argosy.Engine.Synchronization;

/// <summary>The locks that a <c>synchronization</c> block asks for, or why it is wrong, in upstream's words.</summary>
public sealed record LockRequest(IReadOnlyList<LockName> Locks, string? Error)
{
    /// <summary>
    /// Reads the block with its tags resolved: <c>semaphores</c> and <c>mutexes</c>, and the older <c>semaphore</c> and <c>mutex</c>, which
    /// come first.
    /// </summary>
    /// <param name="workflowNamespace">Where a lock is that names no namespace.</param>
    public static LockRequest Read(JsonObject synchronization, string workflowNamespace)
    {
        List<LockName> locks = [];
        if (synchronization.Object("semaphore") is { } semaphore && Add(locks, Semaphore(semaphore, workflowNamespace)) is { } wrong)
        {
            return Invalid(wrong);
        }

        if (synchronization.Object("mutex") is { } mutex && Add(locks, Mutex(mutex, workflowNamespace)) is { } wrongMutex)
        {
            return Invalid(wrongMutex);
        }

        foreach (var item in synchronization.Objects("semaphores"))
        {
            if (Add(locks, Semaphore(item, workflowNamespace)) is { } error)
            {
                return Invalid(error);
            }
        }

        foreach (var item in synchronization.Objects("mutexes"))
        {
            if (Add(locks, Mutex(item, workflowNamespace)) is { } error)
            {
                return Invalid(error);
            }
        }

        return new LockRequest(locks, null);
    }

    private static LockRequest Invalid(string error) => new([], "requested configuration is invalid: " + error);

    private static string? Add(List<LockName> locks, (LockName? Lock, string? Error) read)
    {
        if (read.Lock is not { } name)
        {
            return read.Error;
        }

        if (locks.Contains(name))
        {
            return "Duplicate synchronization item found";
        }

        locks.Add(name);
        return null;
    }

    private static (LockName? Lock, string? Error) Semaphore(JsonObject json, string workflowNamespace)
    {
        var at = Namespace(json, workflowNamespace);
        return (json.Object("configMapKeyRef"), json.Object("database")) switch
        {
            ({ }, { }) => (null, "invalid semaphore with both ConfigMapKeyRef and Database"),
            ({ } map, null) => map.Text("name") is { Length: > 0 } name && map.Text("key") is { Length: > 0 } key
                ? (new LockName(at, LockKind.ConfigMapSemaphore, name, key), null)
                : (null, "a semaphore's configMapKeyRef needs a name and a key"),
            (null, { } database) => database.Text("key") is { Length: > 0 } key
                ? (new LockName(at, LockKind.DatabaseSemaphore, key, null), null)
                : (null, "a database semaphore needs a key"),
            (null, null) => (null, "cannot get LockName for a Semaphore without a ConfigMapRef or Database"),
        };
    }

    private static (LockName? Lock, string? Error) Mutex(JsonObject json, string workflowNamespace) => json.Text("name") is { Length: > 0 } name
        ? (new LockName(Namespace(json, workflowNamespace), json.Bool("database") ?? false ? LockKind.DatabaseMutex : LockKind.Mutex, name, null), null)
        : (null, "a mutex needs a name");

    private static string Namespace(JsonObject json, string workflowNamespace) =>
        json.Text("namespace") is { Length: > 0 } own ? own : workflowNamespace;
}
