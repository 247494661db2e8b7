using System.Buffers;
using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using Argosy.ClusterAgent.Connection;
using Argosy.ClusterAgent.Kubernetes.Api;
using Microsoft.Extensions.Logging;

namespace Argosy.ClusterAgent.Kubernetes.Watching;

/// <summary>
/// A copy of some of the cluster's objects that follows the cluster: a list page by page, then a watch from the list's version, and a new
/// list when the server has forgotten that version. Whoever listens is told what differs from the copy, never which event it came from, so nothing
/// is told twice for a watch that broke off and nothing is missed.
/// </summary>
public sealed class Informer(
    KubernetesClient client, ResourceType type, string? @namespace, ListQuery query, InformerOptions options, TimeProvider time, ILogger<Informer> logger)
{
    private readonly ConcurrentDictionary<ObjectKey, JsonObject> _objects = new();
    private readonly TaskCompletionSource _synced = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>An object came, changed or went. Called one at a time, in order; on a resync also for objects that did not change.</summary>
    public event Action<ObjectChange>? Changed;

    /// <summary>Completes when the copy has held the whole list once.</summary>
    public Task Synced => _synced.Task;

    public IEnumerable<JsonObject> Objects => _objects.Values;

    /// <summary>The object as it was last seen; it must not be changed.</summary>
    public JsonObject? Find(string? ofNamespace, string name) => _objects.GetValueOrDefault(new ObjectKey(ofNamespace, name));

    /// <summary>Follows the cluster until cancelled. What goes wrong is logged and tried again, with growing pauses.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var pause = options.FirstPause;
        string? version = null;
        while (!cancellationToken.IsCancellationRequested)
        {
            var toldSomething = false;
            TimeSpan? asked = null;
            try
            {
                version ??= await RelistAsync(cancellationToken);
                await foreach (var told in WatchAsync(version, cancellationToken))
                {
                    version = told.ResourceVersion;
                    toldSomething = true;
                    Take(told);
                }
            }
            catch (KubernetesException refusal) when (refusal.IsExpired)
            {
                version = null; // the copy stays; the next list says what differs
            }
            catch (KubernetesException refusal)
            {
                logger.WatchFailed(type.Plural, refusal.Message, pause);
                asked = refusal.RetryAfter;
                pause = toldSomething ? options.FirstPause : pause;
                toldSomething = false; // whatever it told before it failed: a watch that breaks off again and again must not be a storm
            }

            // A watch that told something is simply renewed; one that told nothing may end at once again.
            if (toldSomething)
            {
                pause = options.FirstPause;
                continue;
            }

            await Task.Delay(asked ?? Jitter.About(pause), time, cancellationToken);
            pause = TimeSpan.FromTicks(Math.Min(pause.Ticks * 2, options.LongestPause.Ticks));
        }
    }

    private async IAsyncEnumerable<WatchEvent> WatchAsync(
        string version, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var due = new CancellationTokenSource();
        using var timer = time.CreateTimer(_ => due.Cancel(), null, options.ResyncEvery, Timeout.InfiniteTimeSpan);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, due.Token);
        await using var events = client.WatchAsync(type, @namespace, query, version, either.Token).GetAsyncEnumerator(either.Token);
        while (true)
        {
            try
            {
                if (!await events.MoveNextAsync())
                {
                    yield break;
                }
            }
            catch (OperationCanceledException) when (due.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
            {
                Resync();
                yield break;
            }

            yield return events.Current;
        }
    }

    private async Task<string> RelistAsync(CancellationToken cancellationToken)
    {
        HashSet<ObjectKey> present = [];
        var version = "";
        for (var next = query; next is not null;)
        {
            var page = await client.ListPageAsync(type, @namespace, next, cancellationToken);
            version = page.ResourceVersion;
            foreach (var item in page.Items)
            {
                present.Add(ObjectKey.Of(item));
                Put(item);
            }

            next = page.Continue is { } token ? query with { Continue = token } : null;
        }

        foreach (var (key, gone) in _objects.ToArray())
        {
            if (!present.Contains(key) && _objects.TryRemove(key, out _))
            {
                Tell(ObjectChangeType.Gone, gone);
            }
        }

        _synced.TrySetResult();
        return version;
    }

    private void Take(WatchEvent told)
    {
        switch (told.Type)
        {
            case WatchEventType.Added or WatchEventType.Modified:
                Put(told.Object);
                break;
            case WatchEventType.Deleted:
                if (_objects.TryRemove(ObjectKey.Of(told.Object), out _))
                {
                    Tell(ObjectChangeType.Gone, Kept(told.Object));
                }

                break;
            case WatchEventType.Bookmark:
                break; // its version is all it tells
        }
    }

    private void Put(JsonObject item)
    {
        var key = ObjectKey.Of(item);
        item = Kept(item);
        var before = _objects.GetValueOrDefault(key);
        _objects[key] = item;
        if (before is null || Version(before) != Version(item))
        {
            Tell(ObjectChangeType.Present, item);
        }
    }

    // Written and read again: a part of a parsed object otherwise holds on to the bytes of the whole, and what was looked at is unfolded for ever.
    private JsonObject Kept(JsonObject item)
    {
        (item["metadata"] as JsonObject)?.Remove("managedFields"); // half of what a pod weighs, and nobody here reads it
        var written = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(written))
        {
            (options.Keep?.Invoke(item) ?? item).WriteTo(writer);
        }

        return JsonNode.Parse(written.WrittenSpan) as JsonObject
            ?? throw new InvalidOperationException($"{nameof(InformerOptions.Keep)} made something else than an object of a {type.Kind}");
    }

    private void Resync()
    {
        foreach (var item in _objects.Values)
        {
            Tell(ObjectChangeType.Present, item);
        }
    }

    /// <summary>A listener that fails over one object hears of the others, and of this one again when it changes.</summary>
    private void Tell(ObjectChangeType what, JsonObject item)
    {
        try
        {
            Changed?.Invoke(new ObjectChange(what, item));
        }
        catch (Exception failure)
        {
            var key = ObjectKey.Of(item);
            logger.ListenerFailed(type.Kind, key.Namespace ?? "", key.Name, failure);
        }
    }

    private static string? Version(JsonObject item) => (string?)item["metadata"]?["resourceVersion"];

    private readonly record struct ObjectKey(string? Namespace, string Name)
    {
        public static ObjectKey Of(JsonObject item) => new((string?)item["metadata"]?["namespace"], (string?)item["metadata"]?["name"] ?? "");
    }
}
