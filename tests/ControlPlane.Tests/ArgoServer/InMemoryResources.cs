using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Argosy.ControlPlane.Resources;

namespace Argosy.ControlPlane.Tests.ArgoServer;

/// <summary>Objects in a dictionary: what the REST API needs of a hub's resources, and no more.</summary>
public sealed class InMemoryResources : IResources
{
    private readonly Lock gate = new();
    private readonly Dictionary<ResourceKey, JsonObject> objects = [];
    private readonly List<Channel<ResourceChange>> observers = [];
    private readonly TaskCompletionSource observed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long version;
    private HeldCreations? hold;

    /// <summary>Completes when someone watches.</summary>
    public Task FirstObserver => observed.Task;

    /// <summary>Refuses the next creations, when set.</summary>
    public ApiException? Refusal { get; set; }

    public ValueTask<JsonObject?> FindAsync(ResourceKey key, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            return new(objects.GetValueOrDefault(key));
        }
    }

    public ValueTask<IReadOnlyList<JsonObject>> ListAsync(
        ResourceKind kind, string? @namespace, string? labelSelector, CancellationToken cancellationToken)
    {
        var wanted = (labelSelector ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('='));
        lock (gate)
        {
            return new([.. objects
                .Where(item => item.Key.Kind == kind && (@namespace is null || item.Key.Namespace == @namespace))
                .Select(item => item.Value)
                .Where(item => wanted.All(pair => item["metadata"]?["labels"]?[pair[0]]?.ToString() == pair[1]))]);
        }
    }

    public async Task<JsonObject> CreateAsync(ResourceKind kind, string? @namespace, JsonObject manifest, CancellationToken cancellationToken)
    {
        if (hold is not null)
        {
            await hold.PassAsync();
        }

        return Create(kind, @namespace, manifest);
    }

    /// <summary>Creations wait until they are released.</summary>
    public HeldCreations Hold() => hold = new HeldCreations();

    private JsonObject Create(ResourceKind kind, string? @namespace, JsonObject manifest)
    {
        if (Refusal is not null)
        {
            throw Refusal;
        }

        lock (gate)
        {
            var metadata = manifest["metadata"]!.AsObject();
            metadata["name"] ??= $"{metadata["generateName"]}{objects.Count + 1}";
            metadata["creationTimestamp"] ??= $"2026-01-01T00:00:{objects.Count:00}Z";
            var key = new ResourceKey(kind, @namespace, metadata["name"]!.ToString());
            return objects.ContainsKey(key)
                ? throw new ApiException(409, "AlreadyExists", $"{kind.Plural}.{kind.Group} \"{key.Name}\" already exists")
                : Show(ResourceChangeType.Added, key, manifest);
        }
    }

    public Task<JsonObject?> ModifyAsync(ResourceKey key, Func<JsonObject, bool> change, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            if (objects.GetValueOrDefault(key)?.DeepClone() is not JsonObject copy)
            {
                return Task.FromResult<JsonObject?>(null);
            }

            return Task.FromResult<JsonObject?>(change(copy) ? Show(ResourceChangeType.Modified, key, copy) : copy);
        }
    }

    public Task<bool> DeleteAsync(ResourceKey key, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            if (!objects.Remove(key, out var removed))
            {
                return Task.FromResult(false);
            }

            Tell(Change(ResourceChangeType.Deleted, key, ++version, removed));
            return Task.FromResult(true);
        }
    }

    public async ValueTask PublishAsync(ResourceKey key, Func<JsonObject, bool> change, CancellationToken cancellationToken) =>
        await ModifyAsync(key, change, cancellationToken);

    public void ShowView(ResourceKey key, IReadOnlyDictionary<string, string> labels, Func<JsonObject> render)
    {
    }

    public void WithdrawView(ResourceKey key)
    {
    }

    public async IAsyncEnumerable<ResourceChange> ObserveAsync(
        ResourceKind kind, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var changes = Channel.CreateUnbounded<ResourceChange>();
        lock (gate)
        {
            foreach (var (key, item) in objects)
            {
                changes.Writer.TryWrite(Change(ResourceChangeType.Added, key, long.Parse(
                    item["metadata"]!["resourceVersion"]!.ToString(), CultureInfo.InvariantCulture), item));
            }

            observers.Add(changes);
        }

        observed.TrySetResult();

        await foreach (var change in changes.Reader.ReadAllAsync(cancellationToken))
        {
            if (change.Key.Kind == kind)
            {
                yield return change;
            }
        }
    }

    private JsonObject Show(ResourceChangeType type, ResourceKey key, JsonObject value)
    {
        value["metadata"]!["resourceVersion"] = (++version).ToString(CultureInfo.InvariantCulture);
        objects[key] = value;
        Tell(Change(type, key, version, value));
        return value;
    }

    private static ResourceChange Change(ResourceChangeType type, ResourceKey key, long version, JsonObject value) => new(
        type, key, version, value["metadata"]?["uid"]?.GetValue<string>() ?? "", value["metadata"]?["generation"]?.GetValue<long>() ?? 1,
        new Lazy<JsonObject>(value));

    private void Tell(ResourceChange change) => observers.ForEach(observer => observer.Writer.TryWrite(change));
}
