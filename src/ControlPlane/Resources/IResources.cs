using System.Text.Json.Nodes;

namespace Argosy.ControlPlane.Resources;

/// <summary>A kind of object that the hub's Kubernetes API serves.</summary>
public sealed record ResourceKind(string Group, string Version, string Kind, string Plural, string Singular, bool Namespaced)
{
    public IReadOnlyList<string> ShortNames { get; init; } = [];

    public IReadOnlyList<string> Categories { get; init; } = [];

    /// <summary>Whether objects live in memory only, as views of something that is stored elsewhere (Pod).</summary>
    public bool IsView { get; init; }

    /// <summary>
    /// Whether the status is a subresource: users change it only through <c>/status</c>, so that writing back an old copy of the object
    /// cannot undo what the hub has observed since.
    /// </summary>
    public bool HasStatus { get; init; }

    public string ApiVersion => Group.Length == 0 ? Version : $"{Group}/{Version}";

    /// <summary>The resource's full name, as people write it: <c>workflows.argoproj.io</c>, <c>pods</c>.</summary>
    public string QualifiedPlural() => Group.Length == 0 ? Plural : $"{Plural}.{Group}";

    /// <summary>The kind's full name: <c>Workflow.argoproj.io</c>, <c>Pod</c>.</summary>
    public string QualifiedKind() => Group.Length == 0 ? Kind : $"{Kind}.{Group}";
}

/// <summary>Names one object. <see cref="Namespace"/> is null for cluster-scoped kinds.</summary>
public sealed record ResourceKey(ResourceKind Kind, string? Namespace, string Name);

public enum ResourceChangeType
{
    Added,
    Modified,
    Deleted,
}

/// <summary>One change as watchers see it.</summary>
/// <param name="Uid">The object's; empty for views.</param>
/// <param name="Generation">Grows when what is wanted of the object changes, not with its status.</param>
public sealed record ResourceChange(
    ResourceChangeType Type, ResourceKey Key, long ResourceVersion, string Uid, long Generation, Lazy<JsonObject> Content)
{
    private readonly IReadOnlyDictionary<string, string>? labels;

    /// <summary>The object, parsed when first asked for. It is shared: nobody may modify it.</summary>
    public JsonObject Object => Content.Value;

    /// <summary>The object's labels; known without parsing it.</summary>
    public IReadOnlyDictionary<string, string> Labels
    {
        get => labels ?? Object.Labels();
        init => labels = value;
    }

    /// <summary>Its status.phase, known without parsing it; empty where it has none.</summary>
    public string Phase { get; init; } = "";
}

/// <summary>
/// The hub's objects, for the rooms inside the hub. The HTTP API is a layer over the same thing. Objects handed out are shared snapshots:
/// clone before changing.
/// </summary>
public interface IResources
{
    ValueTask<JsonObject?> FindAsync(ResourceKey key, CancellationToken cancellationToken);

    /// <summary>Objects of a kind, in one namespace or (null) in all, by an optional Kubernetes label selector.</summary>
    ValueTask<IReadOnlyList<JsonObject>> ListAsync(ResourceKind kind, string? @namespace, string? labelSelector, CancellationToken cancellationToken);

    /// <summary>Stores a new object: defaults, generateName, uid, admission. Durable when the task completes.</summary>
    /// <exception cref="ApiException">Refused, in Kubernetes' words (409 AlreadyExists, 422 Invalid, …).</exception>
    Task<JsonObject> CreateAsync(ResourceKind kind, string? @namespace, JsonObject manifest, CancellationToken cancellationToken);

    /// <summary>
    /// Reads, changes and stores an object, again if someone else changed it meanwhile. The change gets a private copy; it answers false
    /// to leave the object as it is. Answers the stored object, or null when there is none. Admission looks only at what users send, not
    /// at this.
    /// </summary>
    Task<JsonObject?> ModifyAsync(ResourceKey key, Func<JsonObject, bool> change, CancellationToken cancellationToken);

    /// <summary>Removes an object (or, where finalizers hold it, marks it for deletion). False when there is none.</summary>
    Task<bool> DeleteAsync(ResourceKey key, CancellationToken cancellationToken);

    /// <summary>
    /// Shows a new value of an object to readers and watchers without storing it: for what can be derived again after a restart, such as a
    /// running workflow's status. Nothing happens when the object does not exist or the change answers false.
    /// </summary>
    ValueTask PublishAsync(ResourceKey key, Func<JsonObject, bool> change, CancellationToken cancellationToken);

    /// <summary>
    /// Shows an object of a view kind. It is rendered when someone looks; <paramref name="render"/> must answer the same for ever.
    /// </summary>
    void ShowView(ResourceKey key, IReadOnlyDictionary<string, string> labels, Func<JsonObject> render);

    /// <summary>Withdraws an object of a view kind.</summary>
    void WithdrawView(ResourceKey key);

    /// <summary>
    /// Every object of the kind as it is (as Added), then every change, in order, without a gap; for controllers inside the hub. When
    /// one object is modified again before the reader came to it, with the same labels and phase, only the newer change is seen.
    /// </summary>
    /// <exception cref="ApiException">410 Expired: the reader fell behind by more changes than the hub remembers; observe afresh.</exception>
    IAsyncEnumerable<ResourceChange> ObserveAsync(ResourceKind kind, CancellationToken cancellationToken);
}

/// <summary>A refusal of the API: the Kubernetes Status object that clients get.</summary>
public sealed class ApiException(int code, string reason, string message) : Exception(message)
{
    /// <summary>HTTP status code.</summary>
    public int Code { get; } = code;

    /// <summary>Kubernetes' machine-readable reason, such as AlreadyExists.</summary>
    public string Reason { get; } = reason;

    /// <summary>The causes of an Invalid refusal: (field path, message).</summary>
    public IReadOnlyList<(string Field, string Message)> Causes { get; init; } = [];

    /// <summary>The machine-readable reason that all causes carry.</summary>
    public string CauseReason { get; init; } = "FieldValueInvalid";

    /// <summary>The object that the refusal is about.</summary>
    public ApiErrorDetails? Details { get; init; }
}

/// <summary>What a refusal is about.</summary>
public sealed record ApiErrorDetails(ResourceKind Kind, string Name)
{
    /// <summary>Kubernetes names the kind in Invalid refusals (<c>Workflow</c>), the resource in all others (<c>workflows</c>).</summary>
    public bool NamesKind { get; init; }
}

/// <summary>Looks at an object before it is stored. All errors are reported at once.</summary>
public interface IResourceAdmission
{
    bool Handles(ResourceKind kind);

    /// <summary>May complete the manifest in place; answers what is wrong with it as (field path, message).</summary>
    ValueTask<IReadOnlyList<(string Field, string Message)>> AdmitAsync(
        ResourceKind kind, JsonObject manifest, JsonObject? existing, CancellationToken cancellationToken);
}
