using System.Net;
using System.Text.Json.Nodes;
using Argosy.ClusterAgent.Executors;
using Argosy.ClusterAgent.Kubernetes.Api;
using Argosy.ClusterAgent.Kubernetes.Connecting;
using Argosy.Contracts.Agents;
using Argosy.Packing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace Argosy.Executor.Tests;

/// <summary>
/// The executor in a pod of the cluster of ARGOSY_TEST_KUBECONFIG, out of the image in ARGOSY_TEST_EXECUTOR_IMAGE, which has it as
/// <c>/app/executor/argosy-executor</c>. The pod finds this machine at its default gateway.
/// </summary>
public sealed class RealPodTests : IExecutorPods, IAsyncLifetime
{
    private readonly string _namespace = $"argosy-executor-{Guid.NewGuid():N}";
    private readonly MemoryHub _hub = new();
    private readonly ArtifactTransfer _input = new() { Name = "data", LocationJson = "data" };
    private readonly ArtifactTransfer _output = new() { Name = "model", LocationJson = "model" };
    private KubernetesClient? _client;

    private static CancellationToken Patience => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var kubeconfig = Environment.GetEnvironmentVariable("ARGOSY_TEST_KUBECONFIG");
        Assert.SkipWhen(kubeconfig is null, "ARGOSY_TEST_KUBECONFIG names no cluster");
        Assert.SkipWhen(Image is null, "ARGOSY_TEST_EXECUTOR_IMAGE names no image with the executor");
        _client = new KubernetesClient(Kubeconfig.Load(kubeconfig, TimeProvider.System).Connection(), TimeProvider.System);
        await _client.CreateAsync(ResourceType.Namespace, null, new JsonObject { ["metadata"] = new JsonObject { ["name"] = _namespace } }, Patience);
        await AppearsAsync("serviceaccounts", "ServiceAccount", "default");
    }

    public async ValueTask DisposeAsync()
    {
        if (_client is not null)
        {
            await _client.DeleteAsync(ResourceType.Namespace, null, _namespace, DeleteOptions.Default, CancellationToken.None);
            _client.Dispose();
        }
    }

    public ExecutorPod? Find(string @namespace, string podName, string podUid) => (@namespace, podName) == (_namespace, "step")
        ? new ExecutorPod(new AttemptKey { Namespace = _namespace, WorkflowUid = "uid", NodeId = "step" }, [_input], [_output])
        : null;

    void IExecutorPods.Progressed(AttemptKey key, string progress)
    {
    }

    [Fact]
    public async Task Step_OfARealPod_GetsItsInputsAndGivesItsOutputs()
    {
        using var packed = new MemoryStream();
        var folder = Directory.CreateTempSubdirectory("argosy-input-");
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "words"), "hello", Patience);
        await ArtifactPacking.PackAsync(folder.FullName, "tar", -1, packed, Patience);
        folder.Delete(recursive: true);
        _hub.Artifacts["data"] = packed.ToArray();
        using var authentication = new PodAuthentication(_client!, TimeProvider.System);
        await using var agent = await ListenAsync(authentication);
        var port = new Uri(agent.Urls.First()).Port;

        await _client!.CreateAsync(ResourceType.Pod, _namespace, Pod(new ExecutorPlan
        {
            AgentUrls = ["http://127.0.0.1:1", $"gateway:{port}"],
            Script = "tr a-z A-Z < /tmp/in/words > /tmp/out/model; id -u; touch /x 2> /dev/null || echo read-only; yes | head -c 9000 > /tmp/out/long",
            CaptureResult = true,
            Inputs = [new InputPlan { Name = "data", Path = "/tmp/in", Target = "/argo/inputs/artifacts/data" }],
            Parameters = [new ParameterPlan { Name = "long", Path = "/tmp/out/long" }],
            Artifacts = [new OutputPlan { Name = "model", Path = "/tmp/out/model" }],
            Containers = new Dictionary<string, ContainerPlan>
            {
                ["main"] = new() { Role = ContainerRole.Main }, ["web"] = new() { Role = ContainerRole.Sidecar },
            },
        }), Patience);
        var ended = await EndedAsync();

        var message = TerminationMessage.Read((string?)Terminated(ended, "main")?["message"]);
        Assert.True(message is not null, ended["status"]!.ToJsonString());
        Assert.Equal("Succeeded", (string?)ended["status"]!["phase"]);
        var outputs = await ExecutorOutputs.ResolveAsync(message, new AttemptKey { Namespace = _namespace, WorkflowUid = "uid", NodeId = "step" }, [_output], _hub, Patience);
        Assert.Equal(("4711\nread-only", 8999, null), (outputs.Result, outputs.Parameters["long"].Length, outputs.Problem));
        Assert.Equal("model", Assert.Single(outputs.Artifacts).Name);
    }

    private static string? Image => Environment.GetEnvironmentVariable("ARGOSY_TEST_EXECUTOR_IMAGE");

    private static JsonObject? Terminated(JsonObject pod, string container) => pod["status"]!["containerStatuses"]!.AsArray()
        .Single(status => (string?)status!["name"] == container)!["state"]?["terminated"] as JsonObject;

    private async Task<WebApplication> ListenAsync(PodAuthentication authentication)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Any, 0));
        var app = builder.Build();
        app.MapExecutors(_hub, this, authentication);
        await app.StartAsync(Patience);
        return app;
    }

    private async Task<JsonObject> EndedAsync()
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Patience);
        patience.CancelAfter(TimeSpan.FromMinutes(2));
        await foreach (var change in _client!.WatchAsync(ResourceType.Pod, _namespace, ListQuery.All, "0", patience.Token))
        {
            if ((string?)change.Object["status"]?["phase"] is "Succeeded" or "Failed")
            {
                return change.Object;
            }
        }

        throw new TimeoutException("the watch ended before the pod");
    }

    private async Task AppearsAsync(string plural, string kind, string name)
    {
        await foreach (var change in _client!.WatchAsync(new ResourceType("", "v1", plural, kind, true), _namespace, ListQuery.All, "0", Patience))
        {
            if ((string?)change.Object["metadata"]?["name"] == name)
            {
                return;
            }
        }
    }

    private static JsonObject Pod(ExecutorPlan plan)
    {
        var pod = JsonNode.Parse(
            """
            {"metadata": {"name": "step", "annotations": {}},
             "spec": {
              "restartPolicy": "Never", "automountServiceAccountToken": false, "terminationGracePeriodSeconds": 5,
              "securityContext": {"runAsUser": 4711, "runAsNonRoot": true},
              "volumes": [
               {"name": "argo", "emptyDir": {}}, {"name": "staging", "emptyDir": {}}, {"name": "input-artifacts", "emptyDir": {}}, {"name": "out", "emptyDir": {}},
               {"name": "plan", "downwardAPI": {"items": [{"path": "plan.json", "fieldRef": {"fieldPath": "metadata.annotations['argosy.io/plan']"}}]}},
               {"name": "token", "projected": {"sources": [{"serviceAccountToken": {"audience": "argosy", "expirationSeconds": 3600, "path": "token"}}]}}],
              "initContainers": [
               {"name": "init", "image": "IMAGE", "command": ["/app/executor/argosy-executor", "init"], "securityContext": {"readOnlyRootFilesystem": true},
                "volumeMounts": [{"name": "argo", "mountPath": "/var/run/argo"}, {"name": "staging", "mountPath": "/argo/staging"},
                 {"name": "input-artifacts", "mountPath": "/argo/inputs/artifacts"}, {"name": "plan", "mountPath": "/argo/plan"}, {"name": "token", "mountPath": "/var/run/argo-token"}]}],
              "containers": [
               {"name": "main", "image": "busybox", "command": ["/var/run/argo/argosy-executor", "run", "--container", "main", "--"], "args": ["sh", "/argo/staging/script"],
                "securityContext": {"readOnlyRootFilesystem": true},
                "volumeMounts": [{"name": "argo", "mountPath": "/var/run/argo"}, {"name": "staging", "mountPath": "/argo/staging"},
                 {"name": "input-artifacts", "mountPath": "/tmp/in", "subPath": "data"}, {"name": "out", "mountPath": "/tmp/out"}, {"name": "token", "mountPath": "/var/run/argo-token"}]},
               {"name": "web", "image": "busybox", "command": ["/var/run/argo/argosy-executor", "run", "--container", "web", "--"], "args": ["sleep", "1000"],
                "volumeMounts": [{"name": "argo", "mountPath": "/var/run/argo"}]}]}}
            """.Replace("IMAGE", Image, StringComparison.Ordinal))!.AsObject();
        pod["metadata"]!["annotations"]!["argosy.io/plan"] = plan.ToJson();
        return pod;
    }
}
