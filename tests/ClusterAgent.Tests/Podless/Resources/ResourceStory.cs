using System.Text.Json;
using System.Text.Json.Nodes;
using Argosy.ClusterAgent.Kubernetes.Api;
using Argosy.ClusterAgent.Outbound;
using Argosy.ClusterAgent.Podless;
using Argosy.ClusterAgent.Podless.Resources;
using Argosy.ClusterAgent.Tests.Embedded;
using Argosy.ClusterAgent.Tests.Kubernetes;
using Argosy.Contracts.Agents;

namespace Argosy.ClusterAgent.Tests.Podless.Resources;

/// <summary>A resource template at work against an API server that answers as the test says.</summary>
internal sealed class ResourceStory : IAsyncDisposable
{
    private readonly KubernetesClient _client;
    private readonly PodlessTemplates _templates;

    private ResourceStory(ScriptedApiServer server)
    {
        Server = server;
        _client = new KubernetesClient(server.Connection, TimeProvider.System);
        Owned = new OwnedObjects(_client, ["argo"]);
        _templates = PodlessTemplates.Of(_client, Owned, Hub, new HurriedTime(), Reach.BeyondThisMachine);
    }

    public ScriptedApiServer Server { get; }

    public FakeHub Hub { get; } = new();

    public OwnedObjects Owned { get; }

    public static async Task<ResourceStory> StartAsync() => new(await ScriptedApiServer.StartAsync());

    public ResourceStory ThenCore() => Then(200, """
        {"resources":[{"name":"configmaps","singularName":"","kind":"ConfigMap","namespaced":true,"shortNames":["cm"]},
          {"name":"pods","singularName":"","kind":"Pod","namespaced":true,"shortNames":["po"]},{"name":"pods/log","kind":"Pod","namespaced":true},
          {"name":"nodes","singularName":"","kind":"Node","namespaced":false}]}
        """);

    public ResourceStory Then(int code, string body)
    {
        Server.Then(code, body);
        return this;
    }

    public ResourceStory ThenRefused(int code, string reason, string message) =>
        Then(code, $$"""{"kind":"Status","code":{{code}},"reason":"{{reason}}","message":{{JsonSerializer.Serialize(message)}}}""");

    /// <summary>An intent of a resource template of the service account <c>worker</c>, with an output.</summary>
    public static PodIntent Intent(object resource)
    {
        var intent = Intents.Of(new { resource, outputs = new { parameters = new[] { new { name = "n", valueFrom = new { jsonPath = "{.metadata.name}" } } } } });
        intent.ServiceAccount = "worker";
        return intent;
    }

    public Task<NodeReport> RunAsync(object resource) => RunAsync(Intent(resource));

    public Task<NodeReport> RunAsync(PodIntent intent) => _templates.Find(intent)!(TestContext.Current.CancellationToken);

    /// <summary>What the numbered request sent.</summary>
    public JsonNode Sent(int request) => JsonNode.Parse(Server.Bodies.ElementAt(request))!;

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await Server.DisposeAsync();
    }
}
