using System.Text.Json.Nodes;
using Argosy.ClusterAgent.Kubernetes.Connecting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Argosy.ClusterAgent.Tests.Kubernetes;

/// <summary>
/// An API server that keeps what it is given: it lists, watches, creates, patches and deletes objects, with uids, versions and finalizers. What else it
/// should do once with a request, a test says beforehand.
/// </summary>
internal sealed class SmallApiServer : IAsyncDisposable
{
    private WebApplication _app = null!;
    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, JsonObject> _objects = new(StringComparer.Ordinal);
    private readonly List<(string Path, string Type, JsonObject Object)> _told = [];
    private readonly List<(string Request, Func<HttpContext, Func<(int Code, string Body)>, Task> Answer)> _otherwise = [];
    private readonly List<string> _requests = [];
    private readonly CancellationTokenSource _ends = new();
    private TaskCompletionSource _changed = NewSignal();
    private bool _isSilent;

    private SmallApiServer()
    {
    }

    public ClusterConnection Connection { get; private set; } = null!;

    /// <summary>Method and path of each request, in order.</summary>
    public IReadOnlyList<string> Requests
    {
        get
        {
            lock (_gate)
            {
                return [.. _requests];
            }
        }
    }

    public static async Task<SmallApiServer> StartAsync()
    {
        var server = new SmallApiServer();
        (server._app, server.Connection) = await LoopbackServer.StartAsync(server.AnswerAsync);
        return server;
    }

    public JsonObject? Find(string path)
    {
        lock (_gate)
        {
            return _objects.GetValueOrDefault(path)?.DeepClone().AsObject();
        }
    }

    /// <summary>Makes or changes an object as somebody else does.</summary>
    public void Put(string path, JsonObject item)
    {
        lock (_gate)
        {
            Keep(path, item.DeepClone().AsObject(), _objects.ContainsKey(path) ? "MODIFIED" : "ADDED");
        }
    }

    public void Change(string path, JsonObject patch)
    {
        lock (_gate)
        {
            var item = _objects[path];
            Merge(item, patch);
            Keep(path, item, "MODIFIED");
        }
    }

    /// <summary>Watches tell nothing until <see cref="Speak"/>.</summary>
    public void BeSilent() => _isSilent = true;

    public void Speak()
    {
        lock (_gate)
        {
            _isSilent = false;
            Signal();
        }
    }

    /// <summary>Does something else, once, with the next request that begins so.</summary>
    /// <param name="answer">Gets what the server would do and answer.</param>
    public void Once(string request, Func<HttpContext, Func<(int Code, string Body)>, Task> answer)
    {
        lock (_gate)
        {
            _otherwise.Add((request, answer));
        }
    }

    public void OnceRefuse(string request, int code, string reason = "", string message = "no") => Once(
        request, (http, _) => WriteAsync(http, Refusal(code, reason, message)));

    /// <summary>Waits until so many requests that begin so have come.</summary>
    public Task SeesAsync(string request, int times = 1) => UntilAsync(() => _requests.Count(seen => seen.StartsWith(request, StringComparison.Ordinal)) >= times);

    public Task HasAsync(string path, Func<JsonObject?, bool> fits) => UntilAsync(() => fits(_objects.GetValueOrDefault(path)));

    public async ValueTask DisposeAsync()
    {
        await _ends.CancelAsync();
        await _app.DisposeAsync();
        _ends.Dispose();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task UntilAsync(Func<bool> isSo)
    {
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                if (isSo())
                {
                    return;
                }

                changed = _changed.Task;
            }

            try
            {
                await changed.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
            }
            catch (TimeoutException)
            {
                throw new TimeoutException($"it never came to that; asked was: {string.Join("\n", Requests)}");
            }
        }
    }

    private void Signal()
    {
        _changed.TrySetResult();
        _changed = NewSignal();
    }

    private async Task AnswerAsync(HttpContext http)
    {
        var request = $"{http.Request.Method} {http.Request.Path}";
        using var reader = new StreamReader(http.Request.Body);
        var body = await reader.ReadToEndAsync(http.RequestAborted);
        Func<HttpContext, Func<(int Code, string Body)>, Task>? answer = null;
        lock (_gate)
        {
            var at = _otherwise.FindIndex(other => request.StartsWith(other.Request, StringComparison.Ordinal));
            if (at >= 0)
            {
                answer = _otherwise[at].Answer;
                _otherwise.RemoveAt(at);
            }

            _requests.Add(request);
            Signal();
        }

        if (answer is not null)
        {
            await answer(http, () => CarryOut(http, body));
        }
        else if (http.Request.Query.ContainsKey("watch"))
        {
            await WatchAsync(http);
        }
        else
        {
            await WriteAsync(http, CarryOut(http, body));
        }
    }

    public static async Task WriteAsync(HttpContext http, (int Code, string Body) answer)
    {
        http.Response.StatusCode = answer.Code;
        await http.Response.WriteAsync(answer.Body, http.RequestAborted);
    }

    private (int Code, string Body) CarryOut(HttpContext http, string body)
    {
        var path = http.Request.Path.ToString();
        lock (_gate)
        {
            switch (http.Request.Method)
            {
                case "POST":
                    var made = JsonNode.Parse(body)!.AsObject();
                    var metadata = made["metadata"]!.AsObject();
                    path = $"{path}/{metadata["name"]}";
                    if (_objects.ContainsKey(path))
                    {
                        return Refusal(409, "AlreadyExists", $"{path} already exists");
                    }

                    Keep(path, made, "ADDED");
                    return (201, made.ToJsonString());
                case "PATCH" when _objects.TryGetValue(path, out var item):
                    Merge(item, JsonNode.Parse(body)!.AsObject());
                    return (200, Keep(path, item, "MODIFIED").ToJsonString());
                case "DELETE" when _objects.TryGetValue(path, out var item):
                    item["metadata"]!["deletionTimestamp"] ??= "2026-01-01T00:00:00Z";
                    return (200, Keep(path, item, "MODIFIED").ToJsonString());
                case "GET" when _objects.TryGetValue(path, out var item):
                    return (200, item.ToJsonString());
                case "GET" when IsCollection(path):
                    return (200, new JsonObject
                    {
                        ["metadata"] = new JsonObject { ["resourceVersion"] = Version },
                        ["items"] = new JsonArray([.. _objects.Where(pair => IsIn(pair.Key, path) && IsChosen(http, pair.Value)).Select(pair => pair.Value.DeepClone())]),
                    }.ToJsonString());
                default:
                    return Refusal(404, "NotFound", $"{path} not found");
            }
        }
    }

    private async Task WatchAsync(HttpContext http)
    {
        var path = http.Request.Path.ToString();
        var at = int.Parse(http.Request.Query["resourceVersion"].ToString(), System.Globalization.CultureInfo.InvariantCulture);
        await http.Response.Body.FlushAsync(http.RequestAborted);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, _ends.Token);
        while (!either.IsCancellationRequested)
        {
            List<string> lines = [];
            Task changed;
            lock (_gate)
            {
                for (; !_isSilent && at < _told.Count; at++)
                {
                    if (IsIn(_told[at].Path, path))
                    {
                        lines.Add(new JsonObject { ["type"] = IsChosen(http, _told[at].Object) ? _told[at].Type : "DELETED", ["object"] = _told[at].Object.DeepClone() }.ToJsonString() + "\n");
                    }
                }

                changed = _changed.Task;
            }

            foreach (var line in lines)
            {
                await http.Response.WriteAsync(line, either.Token);
            }

            await http.Response.Body.FlushAsync(either.Token);
            await changed.WaitAsync(either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Keeps the object as a new version; without finalizers, one that is being deleted goes.</summary>
    private JsonObject Keep(string path, JsonObject item, string type)
    {
        var metadata = item["metadata"]!.AsObject();
        if (path.Split('/') is [_, .., "namespaces", var @namespace, _, _])
        {
            metadata["namespace"] ??= @namespace;
        }

        metadata["uid"] ??= $"uid-{_told.Count}";
        metadata["resourceVersion"] = $"{_told.Count + 1}";
        var goes = metadata["deletionTimestamp"] is not null && metadata["finalizers"] is not JsonArray { Count: > 0 };
        if (goes)
        {
            _objects.Remove(path);
        }
        else
        {
            _objects[path] = item;
        }

        _told.Add((path, goes ? "DELETED" : type, item.DeepClone().AsObject()));
        Signal();
        return item;
    }

    private string Version => $"{_told.Count}";

    private static bool IsCollection(string path) => path.Split('/') is [.., "pods" or "persistentvolumeclaims" or "configmaps" or "nodes" or "poddisruptionbudgets"];

    private static bool IsIn(string path, string collection) => path[..path.LastIndexOf('/')] == collection;

    private static bool IsChosen(HttpContext http, JsonObject item) => http.Request.Query["labelSelector"].ToString().Split(',', StringSplitOptions.RemoveEmptyEntries)
        .All(label => label.Split('=') is [var name, var value] && item["metadata"]!["labels"]?[name]?.ToString() == value);

    private static (int Code, string Body) Refusal(int code, string reason, string message) =>
        (code, new JsonObject { ["kind"] = "Status", ["code"] = code, ["reason"] = reason, ["message"] = message }.ToJsonString());

    private static void Merge(JsonObject item, JsonObject patch)
    {
        foreach (var (field, value) in patch)
        {
            if (value is JsonObject inner && item[field] is JsonObject present)
            {
                Merge(present, inner);
            }
            else if (value is null)
            {
                item.Remove(field);
            }
            else
            {
                item[field] = value.DeepClone();
            }
        }
    }
}
