using System.Text.Json.Nodes;
using System.Threading.Channels;
using Argosy.ClusterAgent.Kubernetes.Api;
using Argosy.ClusterAgent.Kubernetes.Connecting;
using Argosy.ClusterAgent.Kubernetes.Watching;
using Microsoft.Extensions.Logging.Abstractions;

namespace Argosy.ClusterAgent.Tests.Kubernetes;

/// <summary>The client against a real API server: the one of the kubeconfig in ARGOSY_TEST_KUBECONFIG. Each test has a namespace of its own.</summary>
public sealed class RealClusterTests : IAsyncLifetime
{
    private readonly string _namespace = $"argosy-test-{Guid.NewGuid():N}";
    private KubernetesClient? _client;

    private static CancellationToken Patience => TestContext.Current.CancellationToken;

    private KubernetesClient Client => _client!;

    public async ValueTask InitializeAsync()
    {
        var kubeconfig = Environment.GetEnvironmentVariable("ARGOSY_TEST_KUBECONFIG");
        Assert.SkipWhen(kubeconfig is null, "ARGOSY_TEST_KUBECONFIG names no cluster: the client is not tested against a real API server");
        _client = new KubernetesClient(Kubeconfig.Load(kubeconfig, TimeProvider.System).Connection(), TimeProvider.System);
        await Client.CreateAsync(ResourceType.Namespace, null, new JsonObject { ["metadata"] = new JsonObject { ["name"] = _namespace } }, Patience);
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
    public async Task Object_IsCreated_Applied_PatchedInAllForms_Replaced_Deleted()
    {
        var created = await Client.CreateAsync(ResourceType.ConfigMap, _namespace, Map("a", ("created", "1")), Patience);
        var again = await Assert.ThrowsAsync<KubernetesException>(() => Client.CreateAsync(ResourceType.ConfigMap, _namespace, Map("a"), Patience));
        await PatchAsync(ObjectPatch.Apply(Map("a", ("applied", "2")), "tests", force: false));
        await PatchAsync(ObjectPatch.Merge(Data(("merged", "3"))));
        await PatchAsync(ObjectPatch.Strategic(Data(("strategic", "4"))));
        var patched = await PatchAsync(ObjectPatch.Json([new JsonObject { ["op"] = "remove", ["path"] = "/data/created" }]));
        var conflict = await Assert.ThrowsAsync<KubernetesException>(() => PatchAsync(ObjectPatch.Apply(Map("a", ("merged", "5")), "others", force: false)));
        var stale = await Assert.ThrowsAsync<KubernetesException>(() => Client.ReplaceAsync(ResourceType.ConfigMap, _namespace, "a", created, Patience));
        var deleted = await Client.DeleteAsync(ResourceType.ConfigMap, _namespace, "a", new DeleteOptions { Uid = (string?)created["metadata"]!["uid"] }, Patience);

        Assert.True(again.IsAlreadyThere);
        Assert.Equal("""{"applied":"2","merged":"3","strategic":"4"}""", patched["data"]!.ToJsonString());
        Assert.True(conflict.IsConflict);
        Assert.True(stale.IsConflict);
        Assert.True(deleted);
        Assert.Null(await Client.FindAsync(ResourceType.ConfigMap, _namespace, "a", Patience));

        Task<JsonObject> PatchAsync(ObjectPatch patch) => Client.PatchAsync(ResourceType.ConfigMap, _namespace, "a", patch, Patience);
    }

    [Fact]
    public async Task Informer_FollowsManyObjects_PageByPage_AndThenEachChange()
    {
        foreach (var number in Enumerable.Range(0, 7))
        {
            await Client.CreateAsync(ResourceType.ConfigMap, _namespace, Map($"m{number}"), Patience);
        }

        var told = Channel.CreateUnbounded<string>();
        var informer = new Informer(
            Client, ResourceType.ConfigMap, _namespace, new ListQuery { Limit = 3, FieldSelector = "metadata.name!=kube-root-ca.crt" },
            new InformerOptions(), TimeProvider.System, NullLogger<Informer>.Instance);
        informer.Changed += change => told.Writer.TryWrite($"{change.Type} {change.Object["metadata"]!["name"]}");
        using var ends = new CancellationTokenSource();
        var running = informer.RunAsync(ends.Token);
        await informer.Synced.WaitAsync(Patience);

        await Client.PatchAsync(ResourceType.ConfigMap, _namespace, "m3", ObjectPatch.Merge(Data(("x", "1"))), Patience);
        await Client.DeleteAsync(ResourceType.ConfigMap, _namespace, "m4", DeleteOptions.Default, Patience);
        List<string> all = [];
        while (all.Count < 9)
        {
            all.Add(await told.Reader.ReadAsync(Patience));
        }

        Assert.Equal(7, all.Take(7).Distinct().Count());
        Assert.Equal(["Present m3", "Gone m4"], all.Skip(7));
        await ends.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    [Fact]
    public async Task Discovery_KnowsWhatTheClusterServes()
    {
        var discovery = new ApiDiscovery(Client);

        Assert.Equal(new ResourceType("apps", "v1", "deployments", "Deployment", true), await discovery.FindAsync("apps/v1", "Deployment", Patience));
        Assert.Equal(ResourceType.Node, await discovery.FindAsync("v1", "Node", Patience));
        Assert.Null(await discovery.FindAsync("apps/v1", "Nothing", Patience));
        Assert.Null(await discovery.FindAsync("nothing.example/v1", "Nothing", Patience));
    }

    private static JsonObject Map(string name, params (string Key, string Value)[] data)
    {
        var map = Data(data);
        map["apiVersion"] = "v1";
        map["kind"] = "ConfigMap";
        map["metadata"] = new JsonObject { ["name"] = name };
        return map;
    }

    private static JsonObject Data(params (string Key, string Value)[] data) =>
        new() { ["data"] = new JsonObject(data.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value))) };
}
