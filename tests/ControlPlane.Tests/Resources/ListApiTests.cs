namespace Argosy.ControlPlane.Tests.Resources;

public sealed class ListApiTests
{
    private const string ConfigMaps = "/api/v1/namespaces/default/configmaps";

    [Fact]
    public async Task Pages_OfAList_ShowOneInstant()
    {
        await using var hub = await HubApi.StartAsync();
        foreach (var name in new[] { "a", "b", "c", "d", "e" })
        {
            await hub.PostAsync(ConfigMaps, HubApi.ConfigMap(name));
        }

        var first = await hub.GetAsync($"{ConfigMaps}?limit=2");
        await hub.DeleteAsync($"{ConfigMaps}/d");
        await hub.PostAsync(ConfigMaps, HubApi.ConfigMap("bb"));
        var second = await hub.GetAsync($"{ConfigMaps}?limit=2&continue={first.Json["metadata"]!["continue"]}");
        var third = await hub.GetAsync($"{ConfigMaps}?limit=2&continue={second.Json["metadata"]!["continue"]}");
        Assert.Equal(["a", "b", "c", "d", "e"], Names(first).Concat(Names(second)).Concat(Names(third)));
        Assert.Equal(3, (int)first.Json["metadata"]!["remainingItemCount"]!);
        Assert.Equal(first.Version, third.Version);
        Assert.Null(third.Json["metadata"]!["continue"]);
    }

    [Fact]
    public async Task ContinueToken_OfAForgottenList_IsExpired()
    {
        await using var hub = await HubApi.StartAsync();
        var token = new ControlPlane.Resources.Endpoints.ContinueToken(1, new("default", "a"));
        Assert.Equal((410, "Expired"), (await hub.GetAsync($"{ConfigMaps}?limit=2&continue={token}")) is var answer ? (answer.Code, answer.Reason) : default);
        Assert.Equal(400, (await hub.GetAsync($"{ConfigMaps}?continue=nonsense")).Code);
    }

    [Theory]
    [InlineData("labelSelector=team%20in%20(blue)", "a")]
    [InlineData("labelSelector=!team", "b")]
    [InlineData("fieldSelector=metadata.name%3Db", "b")]
    [InlineData("fieldSelector=metadata.name!%3Db,metadata.namespace%3Ddefault", "a")]
    public async Task Selectors_ChooseObjects(string query, string expected)
    {
        await using var hub = await HubApi.StartAsync();
        await hub.PostAsync(HubApi.Workflows, HubApi.Workflow("a", labels: "{\"team\":\"blue\"}"));
        await hub.PostAsync(HubApi.Workflows, HubApi.Workflow("b"));
        Assert.Equal([expected], Names(await hub.GetAsync($"{HubApi.Workflows}?{query}")));
    }

    [Theory]
    [InlineData("labelSelector=a%20b", 400)]
    [InlineData("fieldSelector=spec.entrypoint%3Da", 400)]
    [InlineData("resourceVersion=abc", 400)]
    [InlineData("resourceVersion=999999999", 504)]
    [InlineData("limit=-1", 400)]
    public async Task UnusableQuery_IsRefused(string query, int code)
    {
        await using var hub = await HubApi.StartAsync();
        Assert.Equal(code, (await hub.GetAsync($"{HubApi.Workflows}?{query}")).Code);
    }

    [Fact]
    public async Task AllNamespaces_Listed_ComeInOrder()
    {
        await using var hub = await HubApi.StartAsync();
        await hub.PostAsync("/api/v1/namespaces", """{"metadata":{"name":"another"}}""");
        await hub.PostAsync(ConfigMaps, HubApi.ConfigMap("a"));
        await hub.PostAsync("/api/v1/namespaces/another/configmaps", HubApi.ConfigMap("z"));
        Assert.Equal(["z", "a"], Names(await hub.GetAsync("/api/v1/configmaps")));
    }

    [Fact]
    public async Task MetadataOnly_Asked_LeavesTheRestAway()
    {
        await using var hub = await HubApi.StartAsync();
        await hub.PostAsync(ConfigMaps, HubApi.ConfigMap("a"));
        var list = (await hub.GetAsync(ConfigMaps, "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1")).Json;
        Assert.Equal("PartialObjectMetadataList", (string?)list["kind"]);
        Assert.Null(list["items"]![0]!["data"]);
    }

    [Fact]
    public async Task LargeList_AskedCompressed_IsGzipped()
    {
        await using var hub = await HubApi.StartAsync();
        await hub.PostAsync(ConfigMaps, HubApi.ConfigMap("a", $"{{\"large\":\"{new string('x', 200_000)}\"}}"));
        using var request = new HttpRequestMessage(HttpMethod.Get, ConfigMaps);
        request.Headers.TryAddWithoutValidation("Accept-Encoding", "gzip");
        using var response = await hub.Client.SendAsync(request);
        Assert.Equal("gzip", response.Content.Headers.ContentEncoding.Single());
        Assert.True((await response.Content.ReadAsByteArrayAsync()).Length < 10_000);
    }

    private static IEnumerable<string> Names(Answer list) =>
        list.Json["items"]!.AsArray().Select(item => (string)item!["metadata"]!["name"]!);
}
