using System.Text;
using System.Text.Json.Nodes;
using Argosy.ClusterAgent.Identity;
using Argosy.ClusterAgent.Kubernetes.Api;
using Argosy.ClusterAgent.Kubernetes.Connecting;
using static Argosy.ClusterAgent.Identity.IdentityEntries;

namespace Argosy.ClusterAgent.Tests.Identity;

/// <summary>The identity in a Secret of the real cluster of ARGOSY_TEST_KUBECONFIG.</summary>
public sealed class SecretIdentityStoreTests : IAsyncLifetime
{
    private static readonly ResourceType Secret = new("", "v1", "secrets", "Secret", true);

    private readonly string _namespace = $"argosy-test-{Guid.NewGuid():N}";
    private KubernetesClient? _client;

    private static CancellationToken Patience => TestContext.Current.CancellationToken;

    private KubernetesClient Client => _client!;

    public async ValueTask InitializeAsync()
    {
        var kubeconfig = Environment.GetEnvironmentVariable("ARGOSY_TEST_KUBECONFIG");
        Assert.SkipWhen(kubeconfig is null, "ARGOSY_TEST_KUBECONFIG names no cluster: no identity is kept in a real Secret");
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
    public async Task Secret_IsReadAndChangedAtOnce_AndAWriteOverAnothersIsRefused()
    {
        await Client.CreateAsync(Secret, _namespace, new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Secret",
            ["metadata"] = new JsonObject { ["name"] = "argosy-identity" },
            ["data"] = new JsonObject { [Ticket] = Convert.ToBase64String(Encoding.UTF8.GetBytes("secret")), [HubAuthorities] = "" },
        }, Patience);
        var store = new SecretIdentityStore(Client, _namespace, "argosy-identity");
        var first = await store.ReadAsync(Patience);

        await store.WriteAsync(first, new Dictionary<string, string?> { [Key] = "k", [ClusterId] = "id", [Ticket] = null }, Patience);
        var second = await store.ReadAsync(Patience);

        Assert.Equal(("secret", null), (first[Ticket], first[Key]));
        Assert.Equal((null, "k", "id"), (second[Ticket], second[Key], second[ClusterId]));
        await Assert.ThrowsAsync<IdentityStoreException>(
            () => store.WriteAsync(first, new Dictionary<string, string?> { [Key] = "another's" }, Patience));
    }

    [Fact]
    public async Task SecretThatIsMissing_IsSaidSo_WithWhatToDo()
    {
        var failure = await Assert.ThrowsAsync<IdentityStoreException>(
            () => new SecretIdentityStore(Client, _namespace, "nothing").ReadAsync(Patience));

        Assert.Contains($"{_namespace}/nothing", failure.Message, StringComparison.Ordinal);
        Assert.Contains("join-manifest", failure.Message, StringComparison.Ordinal);
    }
}
