using System.Collections.Concurrent;
using Argosy.ClusterAgent.Kubernetes.Connecting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Argosy.ClusterAgent.Tests.Kubernetes;

/// <summary>An API server that answers its requests, one after another, as the test says; a request nobody scripted waits.</summary>
internal sealed class ScriptedApiServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<Func<HttpContext, Task>> _answers = new();
    private readonly SemaphoreSlim _scripted = new(0);

    private ScriptedApiServer(WebApplication app) => _app = app;

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
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var server = new ScriptedApiServer(app);
        app.Run(server.AnswerAsync);
        await app.StartAsync();
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        server.Connection = new ClusterConnection(new Uri(address + "/"));
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
