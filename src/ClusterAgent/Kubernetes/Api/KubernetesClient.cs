using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using Argosy.ClusterAgent.Kubernetes.Connecting;
using static Argosy.ClusterAgent.Kubernetes.Api.ApiTransport;

namespace Argosy.ClusterAgent.Kubernetes.Api;

/// <summary>
/// Any object of one cluster as JSON: what the server has is neither lost nor changed by passing through here. Every call throws
/// <see cref="KubernetesException"/> when the server refuses or cannot be reached.
/// </summary>
public sealed class KubernetesClient : IDisposable
{
    /// <summary>How long a watch is asked to last, at least; as long again at most, so that many do not end together.</summary>
    private static readonly TimeSpan WatchLasts = TimeSpan.FromMinutes(5);

    // A server ends its watches in time; one that has not, and says nothing, is not there any more.
    private static readonly TimeSpan WatchOverdue = TimeSpan.FromSeconds(30);

    private readonly ApiTransport _transport;
    private readonly TimeProvider _time;
    private readonly string? _user;
    private readonly bool _ownsTransport;

    public KubernetesClient(ClusterConnection connection, TimeProvider time)
        : this(new ApiTransport(connection, time), time, connection.Namespace, user: null, ownsTransport: true)
    {
    }

    private KubernetesClient(ApiTransport transport, TimeProvider time, string @namespace, string? user, bool ownsTransport) =>
        (_transport, _time, Namespace, _user, _ownsTransport) = (transport, time, @namespace, user, ownsTransport);

    /// <summary>The namespace that was chosen with the connection.</summary>
    public string Namespace { get; }

    /// <summary>
    /// The same server, asked in a service account's name: what that may not do, this client may not either. It shares this client's
    /// connections and lives as long as this one.
    /// </summary>
    public KubernetesClient As(string @namespace, string serviceAccount) =>
        new(_transport, _time, Namespace, $"system:serviceaccount:{@namespace}:{serviceAccount}", ownsTransport: false);

    /// <summary>One object; null when there is none of this name.</summary>
    public async Task<JsonObject?> FindAsync(ResourceType type, string? @namespace, string name, CancellationToken cancellationToken)
    {
        try
        {
            return await ReadAsync(type.Path(@namespace, name), cancellationToken);
        }
        catch (KubernetesException refusal) when (refusal.IsNotFound)
        {
            return null;
        }
    }

    public Task<JsonObject> GetAsync(ResourceType type, string? @namespace, string name, CancellationToken cancellationToken) =>
        ReadAsync(type.Path(@namespace, name), cancellationToken);

    /// <summary>One page of a list. The first page of a list without a version is consistent with all writes before it.</summary>
    public async Task<ObjectPage> ListPageAsync(ResourceType type, string? @namespace, ListQuery query, CancellationToken cancellationToken)
    {
        var list = await ReadAsync(type.Path(@namespace) + query.ToQueryString(), cancellationToken);
        var metadata = list["metadata"] as JsonObject;
        var items = list["items"] as JsonArray ?? [];
        List<JsonObject> objects = new(items.Count);
        foreach (var item in items.OfType<JsonObject>().ToList())
        {
            items.Remove(item);
            item["apiVersion"] ??= type.ApiVersion; // lists leave out what all their items share
            item["kind"] ??= type.Kind;
            objects.Add(item);
        }

        return new ObjectPage(objects, (string?)metadata?["resourceVersion"] ?? "", (string?)metadata?["continue"] is { Length: > 0 } next ? next : null);
    }

    /// <summary>Every object that matches, page by page.</summary>
    public async IAsyncEnumerable<JsonObject> ListAsync(
        ResourceType type, string? @namespace, ListQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var next = query; next is not null;)
        {
            var page = await ListPageAsync(type, @namespace, next, cancellationToken);
            foreach (var item in page.Items)
            {
                yield return item;
            }

            next = page.Continue is { } token ? query with { Continue = token } : null;
        }
    }

    /// <summary>What changes from a version on. Ends when the server ends it, which it does every few minutes.</summary>
    /// <exception cref="KubernetesException">Also in the midst of it; <see cref="KubernetesException.IsExpired"/>: list again.</exception>
    public async IAsyncEnumerable<WatchEvent> WatchAsync(
        ResourceType type, string? @namespace, ListQuery query, string resourceVersion, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var lasts = WatchLasts * (1 + Random.Shared.NextDouble());
        var path = type.Path(@namespace) + (query with { WatchFor = lasts, ResourceVersion = resourceVersion }).ToQueryString();
        using var response = await SendAsync(new Request(HttpMethod.Get, path) { MayRepeat = true }, cancellationToken);
        using var overdue = new CancellationTokenSource(lasts + WatchOverdue, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, overdue.Token);
        await using var body = await response.Content.ReadAsStreamAsync(either.Token);
        var lines = new WatchLines(body);
        while (await NextAsync(lines, either.Token, cancellationToken) is { } told)
        {
            yield return told;
        }
    }

    public Task<JsonObject> CreateAsync(
        ResourceType type, string? @namespace, JsonObject item, CancellationToken cancellationToken, WriteOptions? options = null) =>
        JsonAsync(new Request(HttpMethod.Post, type.Path(@namespace) + Query(options)) { Body = item.ToJsonString() }, cancellationToken);

    /// <summary>Replaces the object if it is still of the version that <paramref name="item"/> names.</summary>
    public Task<JsonObject> ReplaceAsync(
        ResourceType type, string? @namespace, string name, JsonObject item, CancellationToken cancellationToken, WriteOptions? options = null,
        string? subresource = null) =>
        JsonAsync(
            new Request(HttpMethod.Put, type.Path(@namespace, name, subresource) + Query(options)) { Body = item.ToJsonString() }, cancellationToken);

    public Task<JsonObject> PatchAsync(
        ResourceType type, string? @namespace, string name, ObjectPatch patch, CancellationToken cancellationToken, string? subresource = null,
        WriteOptions? options = null) =>
        JsonAsync(
            new Request(HttpMethod.Patch, type.Path(@namespace, name, subresource) + Query(options, patch.Fields))
            {
                Body = patch.Body.ToJsonString(), ContentType = patch.ContentType, MayRepeat = patch.MayRepeat,
            },
            cancellationToken);

    /// <summary>Has the object deleted.</summary>
    /// <returns>False when there was none.</returns>
    public async Task<bool> DeleteAsync(
        ResourceType type, string? @namespace, string name, DeleteOptions options, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await SendAsync(
                new Request(HttpMethod.Delete, type.Path(@namespace, name)) { Body = options.ToJson().ToJsonString(), MayRepeat = true }, cancellationToken);
            return true;
        }
        catch (KubernetesException refusal) when (refusal.IsNotFound)
        {
            return false;
        }
    }

    /// <summary>A container's log, as the server streams it; the caller disposes of it.</summary>
    public async Task<Stream> ReadLogAsync(string @namespace, string pod, PodLogQuery query, CancellationToken cancellationToken)
    {
        var path = ResourceType.Pod.Path(@namespace, pod, "log") + query.ToQueryString();
        var response = await SendAsync(new Request(HttpMethod.Get, path) { MayRepeat = true }, cancellationToken);
        return await response.Content.ReadAsStreamAsync(cancellationToken); // closing it closes the response
    }

    /// <summary>Any path below the server's root, such as <c>apis</c> or <c>version</c>.</summary>
    public async Task<JsonObject> ReadAsync(string path, CancellationToken cancellationToken) =>
        await JsonAsync(new Request(HttpMethod.Get, path) { MayRepeat = true }, cancellationToken);

    public void Dispose()
    {
        if (_ownsTransport)
        {
            _transport.Dispose();
        }
    }

    private static string Query(WriteOptions? options, IEnumerable<(string Name, string? Value)>? more = null) =>
        QueryText.Of((more ?? []).Concat((options ?? WriteOptions.Default).Fields));

    private Task<HttpResponseMessage> SendAsync(Request request, CancellationToken cancellationToken) =>
        _transport.SendAsync(request with { User = _user }, cancellationToken);

    private async Task<JsonObject> JsonAsync(Request request, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(request, cancellationToken);
        try
        {
            await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
            return await JsonNode.ParseAsync(body, cancellationToken: cancellationToken) as JsonObject
                ?? throw new KubernetesException((int)response.StatusCode, "BadAnswer", $"{request.Method} {request.Path}: the answer is not an object");
        }
        catch (Exception failure) when (failure is JsonException or HttpIOException or IOException)
        {
            throw new KubernetesException(0, "BadAnswer", $"{request.Method} {request.Path}: the answer broke off: {failure.Message}", null, failure);
        }
    }

    private static async Task<WatchEvent?> NextAsync(WatchLines lines, CancellationToken either, CancellationToken cancellationToken)
    {
        try
        {
            return await lines.NextAsync(either);
        }
        catch (IOException failure)
        {
            throw new KubernetesException(0, "Unreachable", $"the watch broke off: {failure.Message}", null, failure);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new KubernetesException(0, "Unreachable", "the watch did not end when it should have: its server is not there any more");
        }
    }
}
