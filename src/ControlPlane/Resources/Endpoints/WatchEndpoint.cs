using Argosy.ControlPlane.Resources.Caching;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Hosting;

namespace Argosy.ControlPlane.Resources.Endpoints;

/// <summary>Answers watches: one JSON event per line, from memory, until the client leaves, its time is over or the hub stops.</summary>
internal sealed class WatchEndpoint(ResourceStore store, ResourceOptions options, TimeProvider time, IHostApplicationLifetime lifetime)
{
    public async Task WatchAsync(ApiRequest request)
    {
        var query = ListQuery.Of(request);
        var start = ListQuery.Version(request) ?? 0;
        var wantsInitial = request.Flag("sendInitialEvents") || (start == 0 && request.Query("sendInitialEvents") is null);
        var events = new WatchEvents(request, Representations.Asked(request.Http), ListEndpoint.Include(request), time);
        using var timeout = request.Number("timeoutSeconds") is { } seconds and > 0
            ? new CancellationTokenSource(TimeSpan.FromSeconds(Math.Min(seconds, 86400)), time)
            : new CancellationTokenSource();
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(request.Aborted, timeout.Token, lifetime.ApplicationStopping);

        request.Http.Response.ContentType = ApiAnswers.JsonType;
        request.Http.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        await request.Http.Response.StartAsync(ended.Token);
        try
        {
            var seen = wantsInitial ? await SendInitialAsync(request, query, events, ended.Token) : start;
            await SendChangesAsync(request, query, events, seen, ended.Token);
        }
        catch (ApiException refusal)
        {
            await events.SendErrorAsync(refusal, ended.Token);
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            // The watch ends as it was asked to.
        }
    }

    /// <summary>Every object as it is; answers the version from which changes follow.</summary>
    private async Task<long> SendInitialAsync(ApiRequest request, ListQuery query, WatchEvents events, CancellationToken cancellationToken)
    {
        var state = store.Cache.Read(request.Kind);
        foreach (var snapshot in state.Objects.In(request.Namespace).Where(query.Matches))
        {
            events.Add("ADDED", await ShownAsync(request, snapshot, cancellationToken));
            await events.FlushIfLargeAsync(cancellationToken);
        }

        if (request.Flag("sendInitialEvents"))
        {
            events.AddBookmark(state.Version, endsInitialEvents: true);
        }

        await events.FlushAsync(cancellationToken);
        return state.Version;
    }

    private async Task SendChangesAsync(
        ApiRequest request, ListQuery query, WatchEvents events, long seen, CancellationToken cancellationToken)
    {
        var wantsBookmarks = request.Flag("allowWatchBookmarks");
        while (true)
        {
            var since = store.Cache.ReadSince(request.Kind, seen);
            foreach (var change in since.Changes)
            {
                if (EventType(query, change, seen) is { } type)
                {
                    events.Add(type, await ShownAsync(request, change.Snapshot, cancellationToken));
                }
            }

            seen = since.Through;
            await events.FlushAsync(cancellationToken);
            try
            {
                await since.More.WaitAsync(
                    wantsBookmarks ? TimeSpan.FromSeconds(options.BookmarkSeconds) : Timeout.InfiniteTimeSpan, time, cancellationToken);
            }
            catch (TimeoutException)
            {
                // Nothing happened to this kind for a while: tell how far the watch has come nevertheless.
                var quiet = store.Cache.ReadSince(request.Kind, seen);
                if (quiet.Changes.Count == 0)
                {
                    seen = quiet.Through;
                    events.AddBookmark(seen, endsInitialEvents: false);
                }
            }
        }
    }

    /// <summary>Who watches whole objects sees them whole.</summary>
    private ValueTask<ObjectSnapshot> ShownAsync(ApiRequest request, ObjectSnapshot snapshot, CancellationToken cancellationToken) =>
        Representations.Asked(request.Http) == Representation.Whole ? store.CompleteAsync(snapshot, cancellationToken) : ValueTask.FromResult(snapshot);

    /// <summary>What a change means to someone who sees only what the query selects; null: nothing.</summary>
    private static string? EventType(ListQuery query, LoggedChange change, long seen)
    {
        var key = change.Snapshot.Key;
        var before = change.KnownBefore(seen) is { } parts && query.Matches(key, parts);
        var now = change.Type != ResourceChangeType.Deleted && query.Matches(change.Snapshot);
        return (before, now) switch
        {
            (false, true) => "ADDED",
            (true, true) => "MODIFIED",
            (true, false) => "DELETED",
            (false, false) => null,
        };
    }
}
