using System.Collections.Concurrent;
using System.Net;
using System.Text.Json.Nodes;
using Argosy.ClusterAgent.Executors;
using Argosy.ClusterAgent.Kubernetes.Api;
using Argosy.ClusterAgent.Kubernetes.Connecting;
using Argosy.Contracts.Agents;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Argosy.Executor.Tests;

/// <summary>
/// The agent's endpoints for executors on an address of this machine, before a hub in memory and an API server that knows one token. It can
/// be stopped and started again at the same address.
/// </summary>
internal sealed class AgentInSmall : IExecutorPods, IAsyncDisposable
{
    public const string Token = "the pod's token";

    private readonly List<ArtifactTransfer> _inputs = [];
    private readonly List<ArtifactTransfer> _outputs = [];
    private WebApplication? _app;
    private KubernetesClient? _kubernetes;
    private PodAuthentication? _authentication;

    public MemoryHub Hub { get; } = new();

    public AttemptKey Key { get; } = new() { Namespace = "jobs", Workflow = "train", WorkflowUid = "uid-1", NodeId = "train-7", Attempt = 1 };

    public string Url { get; private set; } = $"http://127.0.0.1:{FreePort()}";

    /// <summary>Every progress that was told, as it comes.</summary>
    public TaskCompletionSource<string> Progress { get; private set; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What comes before the real answers; true: it has answered.</summary>
    public Func<HttpContext, Task<bool>> Before { get; set; } = _ => Task.FromResult(false);

    public ConcurrentQueue<string> Requests { get; } = new();

    public static async Task<AgentInSmall> StartAsync()
    {
        var agent = new AgentInSmall();
        await agent.StartAgainAsync();
        return agent;
    }

    public ArtifactTransfer Declares(string input, byte[]? stored = null)
    {
        var artifact = new ArtifactTransfer { Name = input, LocationJson = $"{{\"embedded\":{{\"key\":\"{input}\"}}}}" };
        _inputs.Add(artifact);
        if (stored is not null)
        {
            Hub.Artifacts[artifact.LocationJson] = stored;
        }

        return artifact;
    }

    public ArtifactTransfer Promises(string output)
    {
        var artifact = new ArtifactTransfer { Name = output, LocationJson = $"{{\"embedded\":{{\"key\":\"{output}\"}}}}" };
        _outputs.Add(artifact);
        return artifact;
    }

    public async Task StartAgainAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(Url);
        _app = builder.Build();
        _kubernetes = new KubernetesClient(new ClusterConnection(new Uri(Url + "/")), TimeProvider.System);
        _authentication = new PodAuthentication(_kubernetes, TimeProvider.System);
        _app.Use(async (http, next) =>
        {
            Requests.Enqueue($"{http.Request.Method} {http.Request.Path}{http.Request.QueryString}");
            if (!await Before(http))
            {
                await next(http);
            }
        });
        _app.MapPost("/apis/authentication.k8s.io/v1/tokenreviews", ReviewAsync);
        _app.MapExecutors(Hub, this, _authentication);
        await _app.StartAsync();
    }

    public async Task StopAsync()
    {
        if (_app is not null)
        {
            using var now = new CancellationTokenSource();
            await now.CancelAsync();
            await _app.StopAsync(now.Token);
            await _app.DisposeAsync();
            _authentication!.Dispose();
            _kubernetes!.Dispose();
            _app = null;
        }
    }

    public ExecutorPod? Find(string @namespace, string podName, string podUid) =>
        (@namespace, podName, podUid) == ("jobs", "train-7", "pod-uid") ? new ExecutorPod(Key, _inputs, _outputs) : null;

    public void Progressed(AttemptKey key, string progress) => Progress.TrySetResult(progress);

    public ValueTask DisposeAsync() => new(StopAsync());

    private static async Task ReviewAsync(HttpContext http)
    {
        var review = await JsonNode.ParseAsync(http.Request.Body);
        var known = (string?)review!["spec"]!["token"] == Token;
        review["status"] = !known ? new JsonObject { ["authenticated"] = false } : new JsonObject
        {
            ["authenticated"] = true,
            ["audiences"] = new JsonArray("argosy"),
            ["user"] = new JsonObject
            {
                ["username"] = "system:serviceaccount:jobs:default",
                ["extra"] = new JsonObject
                {
                    ["authentication.kubernetes.io/pod-name"] = new JsonArray("train-7"),
                    ["authentication.kubernetes.io/pod-uid"] = new JsonArray("pod-uid"),
                },
            },
        };
        http.Response.StatusCode = StatusCodes.Status201Created;
        await http.Response.WriteAsync(review.ToJsonString());
    }

    private static int FreePort()
    {
        using var listener = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
