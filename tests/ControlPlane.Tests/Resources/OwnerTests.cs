using System.Text.Json.Nodes;
using Argosy.ControlPlane.Resources;

namespace Argosy.ControlPlane.Tests.Resources;

/// <summary>What becomes of objects whose owner goes.</summary>
public sealed class OwnerTests
{
    private const string ConfigMaps = "/api/v1/namespaces/default/configmaps";

    [Fact]
    public async Task OwnerGoes_WhatBelongsToIt_AndToThat_GoesToo()
    {
        await using var hub = await HubApi.StartAsync();
        var owner = await HaveAsync(hub, "owner");
        var child = await HaveAsync(hub, "child", owner);
        await HaveAsync(hub, "grandchild", child);
        await HaveAsync(hub, "stranger");

        await hub.Store.DeleteAsync(Key("owner"), default);

        Assert.Equal(["stranger"], await NamesAsync(hub));
    }

    [Fact]
    public async Task OneOfTwoOwnersGoes_TheObjectStaysWithTheOther()
    {
        await using var hub = await HubApi.StartAsync();
        var (one, two) = (await HaveAsync(hub, "one"), await HaveAsync(hub, "two"));
        await HaveAsync(hub, "child", one, two);

        await hub.Store.DeleteAsync(Key("one"), default);

        var child = await hub.Store.FindAsync(Key("child"), default);
        Assert.Equal("two", (string?)Assert.Single(child!["metadata"]!["ownerReferences"]!.AsArray())!["name"]);
        await hub.Store.DeleteAsync(Key("two"), default);
        Assert.Empty(await NamesAsync(hub));
    }

    [Fact]
    public async Task OwnerThatTheHubCannotKnow_CountsAsThere()
    {
        await using var hub = await HubApi.StartAsync();
        var owner = await HaveAsync(hub, "owner");
        var elsewhere = JsonNode.Parse("""{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"d","uid":"elsewhere"}}""")!.AsObject();
        await HaveAsync(hub, "child", owner, elsewhere);

        await hub.Store.DeleteAsync(Key("owner"), default);

        Assert.Equal(["child"], await NamesAsync(hub));
    }

    [Fact]
    public async Task ObjectsThatOwnOneAnother_GoTogether()
    {
        await using var hub = await HubApi.StartAsync();
        var one = await HaveAsync(hub, "one");
        var two = await HaveAsync(hub, "two", one);
        await hub.Store.ModifyAsync(Key("one"), value => SetOwners(value, two), default);

        await hub.Store.DeleteAsync(Key("one"), default);

        Assert.Empty(await NamesAsync(hub));
    }

    [Theory]
    [InlineData("?propagationPolicy=Orphan", "")]
    [InlineData("", """{"propagationPolicy":"Orphan"}""")]
    [InlineData("", """{"orphanDependents":true}""")]
    public async Task OwnerIsDeletedAlone_WhatBelongedToIt_StaysFree(string query, string body)
    {
        await using var hub = await HubApi.StartAsync();
        var owner = await HaveAsync(hub, "owner");
        await HaveAsync(hub, "child", owner);

        using var request = new HttpRequestMessage(HttpMethod.Delete, $"{ConfigMaps}/owner{query}");
        request.Content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        (await hub.Client.SendAsync(request)).EnsureSuccessStatusCode();

        Assert.Equal(["child"], await NamesAsync(hub));
        Assert.Null((await hub.Store.FindAsync(Key("child"), default))!["metadata"]!["ownerReferences"]);
    }

    [Fact]
    public async Task OwnerIsHeldByAFinalizer_NothingGoesBeforeIt()
    {
        await using var hub = await HubApi.StartAsync();
        var owner = await HaveAsync(hub, "owner");
        await hub.Store.ModifyAsync(Key("owner"), value => SetFinalizers(value, "example.com/wait"), default);
        await HaveAsync(hub, "child", owner);

        await hub.Store.DeleteAsync(Key("owner"), default);
        Assert.Equal(["child", "owner"], await NamesAsync(hub));
        await hub.Store.ModifyAsync(Key("owner"), value => SetFinalizers(value), default);

        Assert.Empty(await NamesAsync(hub));
    }

    private static ResourceKey Key(string name) => new(Kinds.ConfigMap, "default", name);

    private static async Task<IReadOnlyList<string>> NamesAsync(HubApi hub) =>
        [.. (await hub.Store.ListAsync(Kinds.ConfigMap, "default", null, default)).Select(item => (string)item["metadata"]!["name"]!)];

    private static async Task<JsonObject> HaveAsync(HubApi hub, string name, params JsonObject[] owners)
    {
        var manifest = new JsonObject { ["metadata"] = new JsonObject { ["name"] = name } };
        SetOwners(manifest, owners);
        return await hub.Store.CreateAsync(Kinds.ConfigMap, "default", manifest, default);
    }

    private static bool SetOwners(JsonObject value, params JsonObject[] owners)
    {
        value["metadata"]!["ownerReferences"] = new JsonArray([.. owners.Select(owner => new JsonObject
        {
            ["apiVersion"] = (string?)owner["apiVersion"],
            ["kind"] = (string?)owner["kind"],
            ["name"] = (string?)owner["metadata"]!["name"],
            ["uid"] = (string?)owner["metadata"]!["uid"],
        })]);
        return true;
    }

    private static bool SetFinalizers(JsonObject value, params string[] finalizers)
    {
        value["metadata"]!["finalizers"] = new JsonArray([.. finalizers.Select(name => JsonValue.Create(name))]);
        return true;
    }
}
