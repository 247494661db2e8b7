using System.Text.Json.Nodes;
using System.Threading.Channels;
using Argosy.ControlPlane.Resources.Caching;
using Microsoft.Extensions.Logging;

namespace Argosy.ControlPlane.Resources.Storing;

/// <summary>
/// The one place where objects change. Writes that wait together share a transaction; versions are handed out in the order in which the
/// writes become visible, stored and merely shown ones alike, so no reader sees a later version before an earlier one.
/// </summary>
internal sealed class WriteQueue : IAsyncDisposable
{
    private const int LargestBatch = 512;

    private readonly Channel<PendingWrite> queue = Channel.CreateUnbounded<PendingWrite>(new UnboundedChannelOptions { SingleReader = true });
    private readonly ObjectTable table;
    private readonly WatchCache cache;
    private readonly VersionCounter versions;
    private readonly ILogger logger;
    private readonly Task loop;

    public WriteQueue(ObjectTable table, WatchCache cache, VersionCounter versions, ILogger logger)
    {
        this.table = table;
        this.cache = cache;
        this.versions = versions;
        this.logger = logger;
        loop = Task.Run(WriteAsync);
    }

    /// <summary>
    /// Carries out the write and answers the new value (of a removal: the last one); null when the object is not as the write expects.
    /// </summary>
    public Task<ObjectSnapshot?> WriteAsync(ResourceWrite write)
    {
        var pending = new PendingWrite(write);
        return queue.Writer.TryWrite(pending)
            ? pending.Done.Task
            : Task.FromException<ObjectSnapshot?>(new ApiException(503, "ServiceUnavailable", "the hub is shutting down"));
    }

    public async ValueTask DisposeAsync()
    {
        queue.Writer.TryComplete();
        await loop;
    }

    private async Task WriteAsync()
    {
        var pending = new List<PendingWrite>();
        while (await queue.Reader.WaitToReadAsync())
        {
            pending.Clear();
            while (pending.Count < LargestBatch && queue.Reader.TryRead(out var write))
            {
                pending.Add(write);
            }

            await WriteBatchAsync(pending);
        }
    }

    private async Task WriteBatchAsync(List<PendingWrite> pending)
    {
        try
        {
            await versions.EnsureAsync(pending.Count, CancellationToken.None);
            var batch = new WriteBatch(cache, versions);
            foreach (var write in pending)
            {
                write.Result = batch.Add(write.Request, out var refusal);
                write.Refusal = refusal;
            }

            if (batch.RowChanges().ToList() is { Count: > 0 } rows)
            {
                await table.CommitAsync(rows, CancellationToken.None);
            }

            if (batch.Changes.Count > 0)
            {
                cache.Apply(batch.Changes);
            }

            foreach (var write in pending)
            {
                write.Complete();
            }
        }
        catch (Exception failure)
        {
            ResourcesLog.BatchFailed(logger, pending.Count, failure);
            foreach (var write in pending)
            {
                write.Done.TrySetException(new ApiException(500, "InternalError", $"the hub could not store the change: {failure.Message}"));
            }
        }
    }

    private sealed class PendingWrite(ResourceWrite request)
    {
        public ResourceWrite Request => request;

        public TaskCompletionSource<ObjectSnapshot?> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ObjectSnapshot? Result { get; set; }

        public Exception? Refusal { get; set; }

        public void Complete()
        {
            if (Refusal is null)
            {
                Done.SetResult(Result);
            }
            else
            {
                Done.SetException(Refusal);
            }
        }
    }
}

/// <summary>One wanted change of one object.</summary>
internal abstract record ResourceWrite(ResourceKey Key);

/// <summary>Adds an object, if there is none of its name and its namespace takes new ones. The value becomes the writer's.</summary>
internal sealed record AddObject(ResourceKey Key, JsonObject Value) : ResourceWrite(Key);

/// <summary>Replaces the value that has the expected version. The new value becomes the writer's.</summary>
/// <param name="Durable">False: shown to readers, but not stored.</param>
internal sealed record ReplaceObject(ResourceKey Key, long ExpectedVersion, JsonObject Value, bool Durable) : ResourceWrite(Key);

/// <summary>Removes the object that has the expected version.</summary>
internal sealed record RemoveObject(ResourceKey Key, long ExpectedVersion) : ResourceWrite(Key);

/// <summary>Removes a namespace that is being deleted, if nothing stored is left in it.</summary>
internal sealed record RemoveEmptyNamespace(ResourceKey Key) : ResourceWrite(Key);

/// <summary>Shows a view, new or changed.</summary>
internal sealed record ShowObjectView(ResourceKey Key, IReadOnlyDictionary<string, string> Labels, Func<JsonObject> Render) : ResourceWrite(Key);

internal sealed record WithdrawObjectView(ResourceKey Key) : ResourceWrite(Key);
