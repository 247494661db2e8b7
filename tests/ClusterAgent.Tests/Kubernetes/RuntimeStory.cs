using System.Text.Json.Nodes;
using Argosy.ClusterAgent.Kubernetes;
using Argosy.ClusterAgent.Kubernetes.Api;
using Argosy.ClusterAgent.Kubernetes.Pods;
using Argosy.ClusterAgent.Outbound;
using Argosy.ClusterAgent.Podless;
using Argosy.ClusterAgent.Podless.Resources;
using Argosy.ClusterAgent.Pods;
using Argosy.ClusterAgent.Tests.Embedded;
using Argosy.Contracts.Agents;
using Microsoft.Extensions.Logging.Abstractions;

namespace Argosy.ClusterAgent.Tests.Kubernetes;

/// <summary>The whole runtime at work against a small API server: what the hub wants goes in, reports and requests come out.</summary>
internal sealed class RuntimeStory : IReportSink, IAsyncDisposable
{
    public const string Pods = "/api/v1/namespaces/argo/pods";

    private readonly KubernetesClient _client;
    private readonly Lock _gate = new();
    private readonly List<NodeReport> _reports = [];
    private TaskCompletionSource _heard = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private RuntimeStory(SmallApiServer server)
    {
        Server = server;
        _client = new KubernetesClient(server.Connection, TimeProvider.System);
        Runtime = New();
    }

    public SmallApiServer Server { get; }

    public FakeHub Hub { get; } = new();

    public KubernetesRuntime Runtime { get; private set; }

    /// <summary>Answers what images run.</summary>
    public Func<string, Task<ImageCommand>> FindCommand { get; set; } = _ => Task.FromResult(new ImageCommand(["run"], []));

    private static CancellationToken Patience => TestContext.Current.CancellationToken;

    public static async Task<RuntimeStory> StartAsync(bool started = true)
    {
        var story = new RuntimeStory(await SmallApiServer.StartAsync());
        if (started)
        {
            await story.BeginAsync();
        }

        return story;
    }

    public Task BeginAsync() => Runtime.StartAsync(this, Patience);

    /// <summary>The agent dies, and another life of it begins.</summary>
    public async Task RestartAsync()
    {
        await Runtime.StopAsync();
        Runtime.Dispose();
        Runtime = New();
        await BeginAsync();
    }

    /// <summary>An intent of a step with a pod of its own, which needs no executor.</summary>
    public static PodIntent Intent()
    {
        var intent = Intents.Of(new { container = new { image = "any", command = new[] { "true" } } });
        intent.PodJson = """{"apiVersion":"v1","kind":"Pod","metadata":{},"spec":{"containers":[{"name":"main","image":"any","command":["true"]}]}}""";
        return intent;
    }

    public static string PathOf(PodIntent intent) => $"{Pods}/{PodMarks.NameOf(intent)}";

    public Task AcceptAsync(PodIntent intent) => Runtime.AcceptAsync(intent, Patience);

    /// <summary>Has the pod made, and answers it as the API server has it.</summary>
    public async Task<JsonObject> RunAsync(PodIntent intent)
    {
        await AcceptAsync(intent);
        await ReportAsync(intent.Key, report => report.Phase == PodPhase.PodPending);
        return Server.Find(PathOf(intent))!;
    }

    public Task CancelAsync(PodIntent intent, string reason = "") => Runtime.CancelAsync(new CancelIntent { Key = intent.Key, Reason = reason }, Patience);

    public Task ReleaseAsync(PodIntent intent) => Runtime.ReleaseAsync(intent.Key, Patience);

    /// <summary>A kubelet tells that the main container has ended.</summary>
    public void End(PodIntent intent, int code = 0) => Server.Change(PathOf(intent), new JsonObject
    {
        ["status"] = new JsonObject
        {
            ["phase"] = code == 0 ? "Succeeded" : "Failed",
            ["startTime"] = "2026-01-01T00:00:00Z",
            ["containerStatuses"] = new JsonArray(new JsonObject
            {
                ["name"] = "main",
                ["state"] = new JsonObject
                {
                    ["terminated"] = new JsonObject { ["exitCode"] = code, ["startedAt"] = "2026-01-01T00:00:00Z", ["finishedAt"] = "2026-01-01T00:00:01Z" },
                },
            }),
        },
    });

    public Task<NodeReport> FinalAsync(PodIntent intent) => ReportAsync(intent.Key, report => report.Phase is not (PodPhase.PodPending or PodPhase.PodRunning));

    public async Task<NodeReport> ReportAsync(AttemptKey key, Func<NodeReport, bool> wanted)
    {
        while (true)
        {
            Task heard;
            lock (_gate)
            {
                if (_reports.Find(report => report.Key.Equals(key) && wanted(report)) is { } report)
                {
                    return report;
                }

                heard = _heard.Task;
            }

            try
            {
                await heard.WaitAsync(TimeSpan.FromSeconds(30), Patience);
            }
            catch (TimeoutException)
            {
                throw new TimeoutException($"it was never reported; reports: {string.Join("\n", _reports)}; requests: {string.Join("\n", Server.Requests)}");
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Runtime.StopAsync();
        Runtime.Dispose();
        _client.Dispose();
        await Server.DisposeAsync();
    }

    void IReportSink.Report(NodeReport report)
    {
        lock (_gate)
        {
            _reports.Add(report.Clone());
            _heard.TrySetResult();
            _heard = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    void IReportSink.Accepted(AttemptKey key)
    {
    }

    private KubernetesRuntime New()
    {
        var owned = new OwnedObjects(_client, ["argo"]);
        return new KubernetesRuntime(
            new PodOptions
            {
                Namespaces = ["argo", "other"], Image = "agent", ExecutorUrls = () => ["http://agent"], CreationsAtOnce = 1,
                FirstPause = TimeSpan.FromMilliseconds(1), LongestPause = TimeSpan.FromMilliseconds(5),
            },
            _client, Hub, (image, _, _, _) => FindCommand(image), PodlessTemplates.Of(_client, owned, Hub, TimeProvider.System, Reach.BeyondThisMachine), owned, TimeProvider.System,
            NullLoggerFactory.Instance);
    }
}
