using System.Collections.Concurrent;
using Argosy.ClusterAgent.Kubernetes.Connecting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Argosy.ClusterAgent.Tests.Kubernetes;

/// <summary>An API server that answers its requests, one after another, as the test says; a request nobody scripted waits.</summary>
internal sealed class ScriptedApiServer : IAsyncDisposable
{
    private WebApplication _app = null!;
    private readonly ConcurrentQueue<Func<HttpContext, Task>> _answers = new();
    private readonly SemaphoreSlim _scripted = new(0);

    private ScriptedApiServer()
    {
    }

    /// <summary>Method and path with query of each request, in order.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    public ConcurrentQueue<string?> Authorizations { get; } = new();

    /// <summary>In whose name each request was made; empty for the client's own.</summary>
    public ConcurrentQueue<string> Users { get; } = new();

    public ConcurrentQueue<string> ContentTypes { get; } = new();

    /// <summary>The body of each request, or nothing.</summary>
    public ConcurrentQueue<string> Bodies { get; } = new();

    public ClusterConnection Connection { get; private set; } = null!;

    public static async Task<ScriptedApiServer> StartAsync()
    {
        var server = new ScriptedApiServer();
        (server._app, server.Connection) = await LoopbackServer.StartAsync(server.AnswerAsync);
        return server;
    }

    public ScriptedApiServer Then(int code, string body, params (string Name, string Value)[] headers) => Then(async http =>
    {
        http.Response.StatusCode = code;
        foreach (var (name, value) in headers)
        {
            http.Response.Headers[name] = value;
        }

        await http.Response.WriteAsync(body);
    });

    /// <summary>Answers with these lines, and then leaves the answer open until <paramref name="ends"/>.</summary>
    public ScriptedApiServer ThenStream(Task ends, params string[] lines) => Then(async http =>
    {
        foreach (var line in lines)
        {
            await http.Response.WriteAsync(line + "\n");
        }

        await http.Response.Body.FlushAsync();
        await ends.WaitAsync(http.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    });

    /// <summary>Answers with this, and is gone before the answer's end.</summary>
    public ScriptedApiServer ThenBreakOff(string body) => Then(async http =>
    {
        await http.Response.WriteAsync(body);
        await http.Response.Body.FlushAsync();
        http.Abort();
    });

    public ScriptedApiServer ThenHangUp() => Then(http =>
    {
        http.Abort();
        return Task.CompletedTask;
    });

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _scripted.Dispose();
    }

    private ScriptedApiServer Then(Func<HttpContext, Task> answer)
    {
        _answers.Enqueue(answer);
        _scripted.Release();
        return this;
    }

    private async Task AnswerAsync(HttpContext http)
    {
        Requests.Enqueue($"{http.Request.Method} {http.Request.Path}{http.Request.QueryString}");
        Authorizations.Enqueue(http.Request.Headers.Authorization);
        Users.Enqueue(http.Request.Headers["Impersonate-User"].ToString());
        ContentTypes.Enqueue(http.Request.ContentType ?? "");
        using var body = new StreamReader(http.Request.Body);
        Bodies.Enqueue(await body.ReadToEndAsync(http.RequestAborted));
        await _scripted.WaitAsync(http.RequestAborted);
        _answers.TryDequeue(out var answer);
        await answer!(http);
    }
}
