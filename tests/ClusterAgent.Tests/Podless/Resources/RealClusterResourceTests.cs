using System.Text.Json.Nodes;
using Argosy.ClusterAgent.Kubernetes.Api;
using Argosy.ClusterAgent.Kubernetes.Connecting;
using Argosy.ClusterAgent.Outbound;
using Argosy.ClusterAgent.Podless;
using Argosy.ClusterAgent.Podless.Resources;
using Argosy.ClusterAgent.Tests.Embedded;
using Argosy.Contracts.Agents;

namespace Argosy.ClusterAgent.Tests.Podless.Resources;

/// <summary>Resource templates against a real cluster, the one of the kubeconfig in ARGOSY_TEST_KUBECONFIG, where the service account has rights of its own.</summary>
public sealed class RealClusterResourceTests : IAsyncLifetime
{
    private static readonly ResourceType Role = new("rbac.authorization.k8s.io", "v1", "roles", "Role", true);
    private static readonly ResourceType RoleBinding = new("rbac.authorization.k8s.io", "v1", "rolebindings", "RoleBinding", true);

    private readonly string _namespace = $"argosy-test-{Guid.NewGuid():N}";
    private KubernetesClient? _client;
    private PodlessTemplates? _templates;
    private OwnedObjects? _owned;

    private static CancellationToken Patience => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var kubeconfig = Environment.GetEnvironmentVariable("ARGOSY_TEST_KUBECONFIG");
        Assert.SkipWhen(kubeconfig is null, "ARGOSY_TEST_KUBECONFIG names no cluster: resource templates are not tested against a real API server");
        _client = new KubernetesClient(Kubeconfig.Load(kubeconfig, TimeProvider.System).Connection(), TimeProvider.System);
        await _client.CreateAsync(ResourceType.Namespace, null, new JsonObject { ["metadata"] = new JsonObject { ["name"] = _namespace } }, Patience);
        await _client.CreateAsync(Role, _namespace, Json("""
            {"metadata":{"name":"worker"},"rules":[{"apiGroups":["","batch","apps"],"resources":["configmaps","services","jobs","deployments"],"verbs":["*"]}]}
            """), Patience);
        await _client.CreateAsync(RoleBinding, _namespace, Json($$$"""
            {"metadata":{"name":"worker"},"roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"Role","name":"worker"},
             "subjects":[{"kind":"ServiceAccount","name":"worker","namespace":"{{{_namespace}}}"}]}
            """), Patience);
        _owned = new OwnedObjects(_client, [_namespace]);
        _templates = PodlessTemplates.Of(_client, _owned, new FakeHub(), TimeProvider.System, Reach.BeyondThisMachine);
    }

    public async ValueTask DisposeAsync()
    {
        if (_client is not null)
        {
            await _client.DeleteAsync(ResourceType.Namespace, null, _namespace, DeleteOptions.Default, CancellationToken.None);
            _client.Dispose();
        }
    }

    [Fact]
    public async Task Object_GoesThroughItsWholeLife_ByTemplates()
    {
        await SucceedsAsync("create", Map("{created: '1'}"));
        await SucceedsAsync("apply", Map("{applied: '2'}"));
        await SucceedsAsync("patch", Map("{strategic: '3'}"));
        await SucceedsAsync("patch", "data: {merged: '4', created: null}", "merge", "configmap", "a");
        var patched = await SucceedsAsync("patch", "[{op: add, path: /data/json, value: '5'}]", "json", "cm/a");
        var replaced = await SucceedsAsync("replace", Map("{replaced: '6'}"));
        var found = await SucceedsAsync("get", Map("{}"));
        var again = await RunAsync("create", Map("{}"));
        await SucceedsAsync("delete", "", null, "cm", "--field-selector=metadata.name=a");
        await SucceedsAsync("delete", Map("{}"));
        var gone = await RunAsync("get", Map("{}"));

        Assert.Equal("""{"applied":"2","json":"5","merged":"4","strategic":"3"}""", patched["data"]!.ToJsonString());
        Assert.Equal("""{"replaced":"6"}""", replaced["data"]!.ToJsonString());
        Assert.Equal(replaced["metadata"]!["uid"]!.ToString(), found["metadata"]!["uid"]!.ToString());
        Assert.Equal("main: Error (exit code 64): Error from server (AlreadyExists): configmaps \"a\" already exists", again.Message);
        Assert.Equal("main: Error (exit code 64): Error from server (NotFound): configmaps \"a\" not found", gone.Message);
    }

    [Fact]
    public async Task Service_WhosePortNamesNoProtocol_IsApplied_AndAppliedAgain()
    {
        await SucceedsAsync("apply", "apiVersion: v1\nkind: Service\nmetadata: {name: s}\nspec: {selector: {a: b}, ports: [{port: 80}]}");
        var again = await SucceedsAsync("apply", "apiVersion: v1\nkind: Service\nmetadata: {name: s}\nspec: {selector: {a: c}, ports: [{port: 80}]}");

        Assert.Equal("""{"a":"c"}""", again["spec"]!["selector"]!.ToJsonString());
    }

    [Fact]
    public async Task ServiceAccountsRights_Decide()
    {
        var refused = await RunAsync("create", "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {containers: [{name: c, image: busybox}]}");
        var elsewhere = await RunAsync("get", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: kube-root-ca.crt, namespace: kube-system}");

        Assert.StartsWith("main: Error (exit code 64): Error from server (Forbidden): pods is forbidden: User \"system:serviceaccount:", refused.Message, StringComparison.Ordinal);
        Assert.Contains("(Forbidden)", elsewhere.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Deployment_IsRolledOut_AndWaitedFor()
    {
        var report = await RunAsync("apply", """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: served}
            spec:
              selector: {matchLabels: {app: served}}
              template:
                metadata: {labels: {app: served}}
                spec:
                  terminationGracePeriodSeconds: 0
                  containers: [{name: main, image: busybox, command: [sleep, "600"]}]
            """, success: "status.availableReplicas == 1, status.updatedReplicas > 0");

        Assert.Equal((PodPhase.PodSucceeded, ""), (report.Phase, report.Message));
        Assert.Equal(1, Json(report.ResourceJson)["status"]!["availableReplicas"]!.GetValue<int>());
        await SucceedsAsync("delete", "", null, "deploy", "served", "--cascade=foreground");
    }

    [Fact]
    public async Task JobThatFails_MeetsItsFailureCondition()
    {
        var report = await RunAsync("create", """
            apiVersion: batch/v1
            kind: Job
            metadata: {generateName: fails-}
            spec:
              backoffLimit: 0
              template: {spec: {restartPolicy: Never, containers: [{name: main, image: busybox, command: ["false"]}]}}
            """, success: "status.succeeded > 0", failure: "status.failed > 0");

        Assert.Equal("main: Error (exit code 64): failure condition '{status.failed gt [0]}' evaluated true", report.Message);
    }

    [Fact]
    public async Task OwnedObject_GoesWithItsWorkflow_AndNotBefore()
    {
        var made = await SucceedsAsync("create", Map("{}"), owned: true);
        Assert.Single(made["metadata"]!["ownerReferences"]!.AsArray());
        await SucceedsAsync("apply", Map("{still: there}"));

        await _owned!.ForgetAsync("0b1f-uid", Patience);

        // The garbage collector takes its moment; the watch ends with the object.
        await foreach (var told in _client!.WatchAsync(
            ResourceType.ConfigMap, _namespace, new ListQuery { FieldSelector = "metadata.name=a" }, (string)made["metadata"]!["resourceVersion"]!, Patience))
        {
            if (told.Type == WatchEventType.Deleted)
            {
                break;
            }
        }

        Assert.Null(await _client.FindAsync(ResourceType.ConfigMap, _namespace, "a", Patience));
    }

    private static string Map(string data) => $"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: a}}\ndata: {data}\n";

    private async Task<JsonObject> SucceedsAsync(string action, string manifest, string? strategy = null, params string[] flags) =>
        await SucceedsAsync(action, manifest, strategy, owned: false, flags);

    private Task<JsonObject> SucceedsAsync(string action, string manifest, bool owned) => SucceedsAsync(action, manifest, null, owned);

    private async Task<JsonObject> SucceedsAsync(string action, string manifest, string? strategy, bool owned, params string[] flags)
    {
        var report = await RunAsync(new { action, manifest, mergeStrategy = strategy, flags, setOwnerReference = owned });
        Assert.Equal((PodPhase.PodSucceeded, ""), (report.Phase, report.Message));
        return report.ResourceJson.Length > 0 ? Json(report.ResourceJson) : [];
    }

    private Task<NodeReport> RunAsync(string action, string manifest, string? success = null, string? failure = null) =>
        RunAsync(new { action, manifest, successCondition = success, failureCondition = failure });

    private Task<NodeReport> RunAsync(object resource)
    {
        var intent = ResourceStory.Intent(resource);
        intent.Key.Namespace = _namespace;
        return _templates!.Find(intent)!(Patience);
    }

    private static JsonObject Json(string text) => JsonNode.Parse(text)!.AsObject();
}
