using Argosy.ClusterAgent.Executors;
using Argosy.ClusterAgent.Kubernetes.Api;
using Argosy.ClusterAgent.Tests.Kubernetes;

namespace Argosy.ClusterAgent.Tests.Executors;

public sealed class PodAuthenticationTests
{
    private const string OfAPod = """
        {"status":{"authenticated":true,"audiences":["argosy"],"user":{"username":"system:serviceaccount:jobs:default",
         "extra":{"authentication.kubernetes.io/pod-name":["train-7"],"authentication.kubernetes.io/pod-uid":["uid-7"]}}}}
        """;

    private static CancellationToken Patience => TestContext.Current.CancellationToken;

    [Fact]
    public async Task TokenOfAPod_NamesThePod_InTheApiServersWords()
    {
        await using var server = await ScriptedApiServer.StartAsync();
        server.Then(201, OfAPod);
        using var client = new KubernetesClient(server.Connection, TimeProvider.System);
        using var authentication = new PodAuthentication(client, TimeProvider.System);

        Assert.Equal(new PodIdentity("jobs", "train-7", "uid-7"), await authentication.AuthenticateAsync("token", Patience));
        Assert.Equal(["POST /apis/authentication.k8s.io/v1/tokenreviews"], server.Requests);
    }

    [Theory]
    [InlineData("""{"status":{"authenticated":false,"error":"expired"}}""")]
    [InlineData("""{"status":{}}""")]
    [InlineData("""{}""")]
    [InlineData("""{"status":{"authenticated":true,"audiences":["https://kubernetes.default.svc"],"user":{"username":"system:serviceaccount:jobs:default","extra":{"authentication.kubernetes.io/pod-name":["a"],"authentication.kubernetes.io/pod-uid":["b"]}}}}""")]
    [InlineData("""{"status":{"authenticated":true,"user":{"username":"system:serviceaccount:jobs:default","extra":{"authentication.kubernetes.io/pod-name":["a"],"authentication.kubernetes.io/pod-uid":["b"]}}}}""")]
    [InlineData("""{"status":{"authenticated":true,"audiences":["argosy"],"user":{"username":"system:serviceaccount:jobs:default"}}}""")]
    [InlineData("""{"status":{"authenticated":true,"audiences":["argosy"],"user":{"username":"admin","extra":{"authentication.kubernetes.io/pod-name":["a"],"authentication.kubernetes.io/pod-uid":["b"]}}}}""")]
    public async Task TokenThatIsNoPodsForUs_IsNobodys(string review)
    {
        await using var server = await ScriptedApiServer.StartAsync();
        server.Then(201, review);
        using var client = new KubernetesClient(server.Connection, TimeProvider.System);
        using var authentication = new PodAuthentication(client, TimeProvider.System);

        Assert.Null(await authentication.AuthenticateAsync("token", Patience));
    }

    [Fact]
    public async Task Answer_IsKeptForAMinute_AndNoLonger()
    {
        await using var server = await ScriptedApiServer.StartAsync();
        server.Then(201, OfAPod).Then(201, """{"status":{"authenticated":false}}""");
        using var client = new KubernetesClient(server.Connection, TimeProvider.System);
        var clock = new TurnedClock();
        using var authentication = new PodAuthentication(client, clock);

        Assert.NotNull(await authentication.AuthenticateAsync("token", Patience));
        clock.Turn(TimeSpan.FromSeconds(59));
        Assert.NotNull(await authentication.AuthenticateAsync("token", Patience));
        clock.Turn(TimeSpan.FromSeconds(1));
        Assert.Null(await authentication.AuthenticateAsync("token", Patience));
        Assert.Equal(2, server.Requests.Count);
    }

    [Fact]
    public async Task ApiServerThatCannotTell_IsNoRefusal_AndNothingIsKept()
    {
        await using var server = await ScriptedApiServer.StartAsync();
        server.Then(500, "down").Then(201, OfAPod);
        using var client = new KubernetesClient(server.Connection, TimeProvider.System);
        using var authentication = new PodAuthentication(client, TimeProvider.System);

        await Assert.ThrowsAsync<KubernetesException>(() => authentication.AuthenticateAsync("token", Patience));
        Assert.NotNull(await authentication.AuthenticateAsync("token", Patience));
    }

    [Fact]
    public void FullCache_ForgetsTheOldest()
    {
        var clock = new TurnedClock();
        var cache = new ReviewCache(clock, most: 4);
        foreach (var token in (string[])["1", "2", "3", "4", "5"])
        {
            cache.Add(token, null);
            clock.Turn(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(["3", "4", "5"], ((string[])["1", "2", "3", "4", "5"]).Where(token => cache.TryGet(token, out _)));
    }

    private sealed class TurnedClock : TimeProvider
    {
        private long _now;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _now;

        public void Turn(TimeSpan by) => _now += by.Ticks;
    }
}
