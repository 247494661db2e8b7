using System.Text.Json.Nodes;
using Argosy.ClusterAgent.Kubernetes.Api;
using Argosy.ClusterAgent.Kubernetes.Connecting;

namespace Argosy.ClusterAgent.Tests.Kubernetes;

/// <summary>What the client makes of an API server's answers, good and bad.</summary>
public sealed class KubernetesClientTests
{
    private static CancellationToken Patience => TestContext.Current.CancellationToken;

    [Fact]
    public async Task List_OfSeveralPages_IsReadToItsEnd_AndItemsSayWhatTheyAre()
    {
        await using var server = await ScriptedApiServer.StartAsync();
        server.Then(200, """{"metadata":{"resourceVersion":"7","continue":"next page"},"items":[{"metadata":{"name":"a"}}]}""");
        server.Then(200, """{"metadata":{"resourceVersion":"7"},"items":[{"metadata":{"name":"b"}}]}""");
        using var client = new KubernetesClient(server.Connection, TimeProvider.System);

        var pods = await client.ListAsync(ResourceType.Pod, "jobs", new ListQuery { LabelSelector = "app=x,tier!=y", Limit = 1 }, Patience).ToListAsync(Patience);

        Assert.Equal(["a", "b"], pods.Select(pod => (string?)pod["metadata"]!["name"]));
        Assert.All(pods, pod => Assert.Equal(("v1", "Pod"), ((string?)pod["apiVersion"], (string?)pod["kind"])));
        Assert.Equal(
            [
                "GET /api/v1/namespaces/jobs/pods?labelSelector=app%3Dx%2Ctier%21%3Dy&limit=1",
                "GET /api/v1/namespaces/jobs/pods?labelSelector=app%3Dx%2Ctier%21%3Dy&limit=1&continue=next%20page",
            ],
            server.Requests);
    }

    [Fact]
    public async Task Refusal_IsToldInTheServersWords()
    {
        await using var server = await ScriptedApiServer.StartAsync();
        server.Then(409, """{"kind":"Status","code":409,"reason":"AlreadyExists","message":"pods \"a\" already exists"}""");
        using var client = new KubernetesClient(server.Connection, TimeProvider.System);

        var refusal = await Assert.ThrowsAsync<KubernetesException>(() => client.CreateAsync(ResourceType.Pod, "default", [], Patience));

        Assert.True(refusal.IsAlreadyThere);
        Assert.False(refusal.IsConflict);
        Assert.Equal("pods \"a\" already exists", refusal.Message);
    }

    [Fact]
    public async Task ProxysAnswer_IsToldAsItIs()
    {
        await using var server = await ScriptedApiServer.StartAsync();
        server.Then(418, "I am a proxy");
        using var client = new KubernetesClient(server.Connection, TimeProvider.System);

        var refusal = await Assert.ThrowsAsync<KubernetesException>(() => client.GetAsync(ResourceType.Pod, "default", "a", Patience));

        Assert.Equal(418, refusal.Code);
        Assert.Contains("I am a proxy", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ServerThatIsBusy_IsAskedAgain_EvenToCreate()
    {
        await using var server = await ScriptedApiServer.StartAsync();
        server.Then(429, "slowly", ("Retry-After", "0")).Then(201, """{"metadata":{"name":"a"}}""");
        using var client = new KubernetesClient(server.Connection, TimeProvider.System);

        await client.CreateAsync(ResourceType.Pod, "default", [], Patience);

        Assert.Equal(2, server.Requests.Count);
    }

    [Fact]
    public async Task ConnectionThatBreaks_IsTriedAgainToRead_ButNotToCreate()
    {
        await using var server = await ScriptedApiServer.StartAsync();
        server.ThenHangUp().Then(200, """{"metadata":{"name":"a"}}""").ThenHangUp();
        using var client = new KubernetesClient(server.Connection, TimeProvider.System);

        Assert.NotNull(await client.FindAsync(ResourceType.Pod, "default", "a", Patience));
        var unknown = await Assert.ThrowsAsync<KubernetesException>(() => client.CreateAsync(ResourceType.Pod, "default", [], Patience));

        Assert.Equal(0, unknown.Code);
        Assert.True(unknown.IsTransient);
        Assert.Equal(3, server.Requests.Count);
    }

    [Fact]
    public async Task InAnotherName_OverTheSameConnection_TheServerIsTold()
    {
        await using var server = await ScriptedApiServer.StartAsync();
        server.Then(200, "{}").Then(200, "{}");
        using var client = new KubernetesClient(server.Connection, TimeProvider.System);

        using (var inItsName = client.As("jobs", "worker"))
        {
            await inItsName.GetAsync(ResourceType.Pod, "jobs", "a", Patience);
        }

        await client.GetAsync(ResourceType.Pod, "jobs", "a", Patience);

        Assert.Equal(["system:serviceaccount:jobs:worker", ""], server.Users);
    }

    [Fact]
    public async Task CredentialsThatCannotBeHad_AreTheServersBeingAway_SoThatLoopsGoOn()
    {
        await using var server = await ScriptedApiServer.StartAsync();
        using var client = new KubernetesClient(server.Connection with { Credentials = new Unobtainable() }, TimeProvider.System);

        var failure = await Assert.ThrowsAsync<KubernetesException>(() => client.GetAsync(ResourceType.Pod, "jobs", "a", Patience));

        Assert.True(failure.IsTransient);
        Assert.Contains("log in first", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WatchThatShouldHaveEnded_AndSaysNothing_IsBroken()
    {
        await using var server = await ScriptedApiServer.StartAsync();
        server.ThenStream(new TaskCompletionSource().Task);
        using var client = new KubernetesClient(server.Connection, new LateTime());

        var broken = await Assert.ThrowsAsync<KubernetesException>(
            async () => await client.WatchAsync(ResourceType.Pod, "jobs", ListQuery.All, "1", Patience).ToListAsync(Patience));

        Assert.True(broken.IsTransient);
        Assert.Contains("did not end when it should have", broken.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task MissingObject_IsNull_AndDeletingItIsNoError()
    {
        await using var server = await ScriptedApiServer.StartAsync();
        const string Missing = """{"kind":"Status","code":404,"reason":"NotFound","message":"pods \"a\" not found"}""";
        server.Then(404, Missing).Then(404, Missing);
        using var client = new KubernetesClient(server.Connection, TimeProvider.System);

        Assert.Null(await client.FindAsync(ResourceType.Pod, "default", "a", Patience));
        Assert.False(await client.DeleteAsync(ResourceType.Pod, "default", "a", DeleteOptions.Default, Patience));
    }

    [Fact]
    public async Task TokenThatIsRefused_IsRenewed_AndTheRequestRepeatedOnce()
    {
        await using var server = await ScriptedApiServer.StartAsync();
        server.Then(401, "who?").Then(200, "{}").Then(401, "who?").Then(401, "still: who?");
        using var client = new KubernetesClient(server.Connection with { Credentials = new CountingCredentials() }, TimeProvider.System);

        await client.ReadAsync("version", Patience);
        var refusal = await Assert.ThrowsAsync<KubernetesException>(() => client.ReadAsync("version", Patience));

        Assert.Equal(401, refusal.Code);
        Assert.Equal(["Bearer 0", "Bearer 1", "Bearer 1", "Bearer 2"], server.Authorizations);
    }

    [Fact]
    public async Task Discovery_OfAKindInstalledLater_FindsIt_AndRemembersTheRest()
    {
        await using var server = await ScriptedApiServer.StartAsync();
        server.Then(404, "no such group");
        server.Then(200, """{"resources":[{"name":"things","kind":"Thing","namespaced":true},{"name":"things/status","kind":"Thing","namespaced":true}]}""");
        using var client = new KubernetesClient(server.Connection, TimeProvider.System);
        var discovery = new ApiDiscovery(client);

        Assert.Null(await discovery.FindAsync("example.io/v1", "Thing", Patience));
        var found = await discovery.FindAsync("example.io/v1", "Thing", Patience);
        Assert.Equal(found, await discovery.FindAsync("example.io/v1", "Thing", Patience));

        Assert.Equal("apis/example.io/v1/namespaces/a/things/b", found!.Path("a", "b"));
        Assert.Equal(["GET /apis/example.io/v1", "GET /apis/example.io/v1"], server.Requests);
    }

    [Fact]
    public async Task Discovery_OfAGroupWhoseServerIsAway_Fails_AndAWordIsLookedForInTheOthers()
    {
        await using var server = await ScriptedApiServer.StartAsync();
        using var client = new KubernetesClient(server.Connection, new ImpatientTime());
        var discovery = new ApiDiscovery(client);
        Away(server);

        var away = await Assert.ThrowsAsync<KubernetesException>(() => discovery.FindAsync("metrics.example/v1", "Thing", Patience));
        server.Then(200, "{}").Then(200, """
            {"groups":[{"name":"metrics.example","preferredVersion":{"groupVersion":"metrics.example/v1"}},{"name":"apps","preferredVersion":{"groupVersion":"apps/v1"}}]}
            """);
        Away(server);
        server.Then(200, """{"resources":[{"name":"things","kind":"Thing","namespaced":true}]}""");
        var found = await discovery.FindByWordAsync("things", Patience);

        Assert.True(away.IsTransient);
        Assert.Equal("apps", found!.Group);

        static void Away(ScriptedApiServer server)
        {
            foreach (var _ in Enumerable.Range(0, 9))
            {
                server.Then(503, "the server is currently unable to handle the request");
            }
        }
    }

    [Fact]
    public void RestartingServersAnswer_IsNoVerdict() => Assert.True(new KubernetesException(401, "Unauthorized", "Unauthorized").IsTransient);

    [Fact]
    public void Patches_AreNamedAsKubernetesNamesThem()
    {
        Assert.Equal("application/json-patch+json", ObjectPatch.Json([]).ContentType);
        Assert.Equal("application/merge-patch+json", ObjectPatch.Merge([]).ContentType);
        Assert.Equal("application/strategic-merge-patch+json", ObjectPatch.Strategic([]).ContentType);
        Assert.Equal([("fieldManager", "argosy"), ("force", "true")], ObjectPatch.Apply([], "argosy", force: true).Fields);
        Assert.False(ObjectPatch.Json([]).MayRepeat);
    }

    private sealed class CountingCredentials : ICredentials
    {
        private int _number;

        public ValueTask<Credential> GetAsync(bool refused, CancellationToken cancellationToken)
        {
            _number += refused ? 1 : 0;
            return new(new Credential($"Bearer {_number}", null));
        }
    }

    private sealed class Unobtainable : ICredentials
    {
        public ValueTask<Credential> GetAsync(bool refused, CancellationToken cancellationToken) => throw new KubeconfigException("log in first");
    }

    /// <summary>Short pauses are over at once.</summary>
    private sealed class ImpatientTime : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            System.CreateTimer(callback, state, dueTime > TimeSpan.Zero && dueTime < TimeSpan.FromSeconds(20) ? TimeSpan.Zero : dueTime, period);
    }

    /// <summary>Only what would take longer than a few minutes comes at once.</summary>
    private sealed class LateTime : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            System.CreateTimer(callback, state, dueTime > TimeSpan.FromMinutes(5) ? TimeSpan.FromMilliseconds(1) : dueTime, period);
    }
}
