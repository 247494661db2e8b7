using System.Text.Json.Nodes;

namespace Argosy.ControlPlane.Tests.Resources;

public sealed class WatchApiTests
{
    private const string ConfigMaps = "/api/v1/namespaces/default/configmaps";

    [Fact]
    public async Task Watch_FromAVersion_SeesWhatFollows()
    {
        await using var hub = await HubApi.StartAsync();
        await hub.PostAsync(ConfigMaps, HubApi.ConfigMap("before"));
        var version = (await hub.GetAsync(ConfigMaps)).Version;
        await hub.PostAsync(ConfigMaps, HubApi.ConfigMap("a"));
        await hub.PatchAsync($"{ConfigMaps}/a", "application/merge-patch+json", """{"data":{"x":"y"}}""");
        await hub.DeleteAsync($"{ConfigMaps}/before");
        using var watch = await WatchReader.OpenAsync(hub, $"{ConfigMaps}?watch=true&resourceVersion={version}");
        Assert.Equal(["ADDED a", "MODIFIED a", "DELETED before"], await watch.ReadAsync(3));
        await hub.PostAsync(ConfigMaps, HubApi.ConfigMap("later"));
        Assert.Equal(["ADDED later"], await watch.ReadAsync(1));
    }

    [Fact]
    public async Task Watch_WithoutAVersion_BeginsWithWhatThereIs()
    {
        await using var hub = await HubApi.StartAsync();
        await hub.PostAsync(ConfigMaps, HubApi.ConfigMap("a"));
        using var watch = await WatchReader.OpenAsync(hub, $"{ConfigMaps}?watch=true");
        await hub.DeleteAsync($"{ConfigMaps}/a");
        Assert.Equal(["ADDED a", "DELETED a"], await watch.ReadAsync(2));
    }

    [Fact]
    public async Task ObjectThatEntersAndLeavesASelector_IsAddedAndDeletedForItsWatchers()
    {
        await using var hub = await HubApi.StartAsync();
        await hub.PostAsync(ConfigMaps, HubApi.ConfigMap("a"));
        using var watch = await WatchReader.OpenAsync(hub, $"{ConfigMaps}?watch=true&labelSelector=team");
        foreach (var team in new[] { "\"blue\"", "\"red\"", "null" })
        {
            await hub.PatchAsync($"{ConfigMaps}/a", "application/merge-patch+json", $$"""{ "metadata": { "labels": { "team": {{team}} } } }""");
        }

        Assert.Equal(["ADDED a", "MODIFIED a", "DELETED a"], await watch.ReadAsync(3));
    }

    [Fact]
    public async Task TooOldVersion_Watched_IsExpired()
    {
        await using var hub = await HubApi.StartAsync(configure: options => options.RememberedChanges = 16);
        var version = (await hub.PostAsync(ConfigMaps, HubApi.ConfigMap("first"))).Version;
        for (var i = 0; i < 40; i++)
        {
            await hub.PostAsync(ConfigMaps, HubApi.ConfigMap($"c{i}"));
        }

        using var watch = await WatchReader.OpenAsync(hub, $"{ConfigMaps}?watch=true&resourceVersion={version}");
        var error = (await watch.ReadObjectAsync())!;
        Assert.Equal(("ERROR", 410, "Expired"), ((string?)error["type"], (int)error["object"]!["code"]!, (string?)error["object"]!["reason"]));
    }

    [Fact]
    public async Task RepeatedModifications_OfOneObject_DoNotPushOutTheOthers()
    {
        await using var hub = await HubApi.StartAsync(configure: options => options.RememberedChanges = 64);
        var version = (await hub.GetAsync(ConfigMaps)).Version;
        await hub.PostAsync(ConfigMaps, HubApi.ConfigMap("a"));
        for (var i = 0; i < 30; i++)
        {
            await hub.PatchAsync($"{ConfigMaps}/a", "application/merge-patch+json", $$"""{ "data": { "x": "{{i}}" } }""");
        }

        await hub.PostAsync(ConfigMaps, HubApi.ConfigMap("b"));
        using var watch = await WatchReader.OpenAsync(hub, $"{ConfigMaps}?watch=true&resourceVersion={version}");
        Assert.Equal(["ADDED a", "MODIFIED a", "ADDED b"], await watch.ReadAsync(3));
    }

    [Fact]
    public async Task Timeout_Reached_EndsTheWatchWithABookmarkedPosition()
    {
        await using var hub = await HubApi.StartAsync(configure: options => options.BookmarkSeconds = 1);
        await hub.PostAsync(ConfigMaps, HubApi.ConfigMap("a"));
        var version = (await hub.GetAsync(ConfigMaps)).Version;
        await hub.PostAsync(HubApi.Workflows, HubApi.Workflow("elsewhere"));
        using var watch = await WatchReader.OpenAsync(
            hub, $"{ConfigMaps}?watch=true&allowWatchBookmarks=true&resourceVersion={version}&timeoutSeconds=30");
        var bookmark = (await watch.ReadObjectAsync())!;
        Assert.Equal("BOOKMARK", (string?)bookmark["type"]);
        Assert.True(long.Parse((string)bookmark["object"]!["metadata"]!["resourceVersion"]!) > long.Parse(version));
    }

    [Fact]
    public async Task InitialEvents_Asked_EndWithAMarkedBookmark()
    {
        await using var hub = await HubApi.StartAsync();
        await hub.PostAsync(ConfigMaps, HubApi.ConfigMap("a"));
        using var watch = await WatchReader.OpenAsync(
            hub, $"{ConfigMaps}?watch=true&sendInitialEvents=true&allowWatchBookmarks=true&resourceVersionMatch=NotOlderThan");
        Assert.Equal("ADDED", (string?)(await watch.ReadObjectAsync())!["type"]);
        var mark = (await watch.ReadObjectAsync())!;
        Assert.Equal("true", (string?)mark["object"]!["metadata"]!["annotations"]!["k8s.io/initial-events-end"]);
    }

    [Fact]
    public async Task ShortTimeout_EndsTheWatch()
    {
        await using var hub = await HubApi.StartAsync();
        using var watch = await WatchReader.OpenAsync(hub, $"{ConfigMaps}?watch=true&timeoutSeconds=1");
        Assert.Null(await watch.ReadObjectAsync());
    }

    private sealed class WatchReader(HttpResponseMessage response, StreamReader lines) : IDisposable
    {
        public static async Task<WatchReader> OpenAsync(HubApi hub, string path)
        {
            var response = await hub.Client.GetAsync(path, HttpCompletionOption.ResponseHeadersRead);
            return new WatchReader(response, new StreamReader(await response.Content.ReadAsStreamAsync()));
        }

        public async Task<JsonNode?> ReadObjectAsync() => await lines.ReadLineAsync() is { } line ? JsonNode.Parse(line) : null;

        public async Task<List<string>> ReadAsync(int count)
        {
            var seen = new List<string>();
            while (seen.Count < count && await ReadObjectAsync() is { } change)
            {
                seen.Add($"{change["type"]} {change["object"]!["metadata"]!["name"]}");
            }

            return seen;
        }

        public void Dispose()
        {
            lines.Dispose();
            response.Dispose();
        }
    }
}
