using System.Text.Json.Nodes;
using System.Threading.Channels;
using Argosy.ClusterAgent.Kubernetes.Api;
using Argosy.ClusterAgent.Kubernetes.Watching;
using Microsoft.Extensions.Logging.Abstractions;

namespace Argosy.ClusterAgent.Tests.Kubernetes;

/// <summary>A copy that follows the cluster through whatever the connection does.</summary>
public sealed class InformerTests : IAsyncDisposable
{
    private static readonly InformerOptions Quick = new() { FirstPause = TimeSpan.FromMilliseconds(1), LongestPause = TimeSpan.FromMilliseconds(5) };

    private readonly Channel<string> _told = Channel.CreateUnbounded<string>();
    private readonly CancellationTokenSource _ends = new();
    private readonly TaskCompletionSource _never = new();
    private ScriptedApiServer _server = null!;
    private KubernetesClient _client = null!;
    private Informer _informer = null!;
    private Task _running = Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _ends.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _client.Dispose();
        await _server.DisposeAsync();
        _ends.Dispose();
    }

    [Fact]
    public async Task ListThenWatch_TellsWhatIsThere_ThenWhatChanges()
    {
        await GivenAsync();
        _server.Then(200, List("5", Pod("a", 3))).ThenStream(_never.Task, Event("ADDED", Pod("b", 6)), Event("MODIFIED", Pod("a", 7)), Event("DELETED", Pod("b", 8)));
        Begin();

        Assert.Equal(["Present a 3", "Present b 6", "Present a 7", "Gone b 8"], await ToldAsync(4));
        Assert.Null(_informer.Find("default", "b"));
        Assert.Contains("watch=true&allowWatchBookmarks=true&resourceVersion=5", _server.Requests.Last(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task WatchBreaksOff_GoesOnFromTheLastVersion_AlsoABookmarks()
    {
        await GivenAsync();
        _server.Then(200, List("5", Pod("a", 3)))
            .ThenStream(Task.CompletedTask, Event("BOOKMARK", """{"metadata":{"resourceVersion":"42"}}"""))
            .ThenStream(_never.Task, Event("MODIFIED", Pod("a", 43)));
        Begin();

        Assert.Equal(["Present a 3", "Present a 43"], await ToldAsync(2));
        Assert.EndsWith("resourceVersion=42", _server.Requests.Last(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task VersionIsGone_ListsAgain_AndTellsOnlyWhatDiffers()
    {
        await GivenAsync();
        _server.Then(200, List("5", Pod("same", 1), Pod("changed", 2), Pod("gone", 3)))
            .ThenStream(_never.Task, """{"type":"ERROR","object":{"kind":"Status","code":410,"reason":"Expired","message":"too old resource version"}}""")
            .Then(200, List("99", Pod("same", 1), Pod("changed", 50), Pod("new", 60)))
            .ThenStream(_never.Task);
        Begin();

        Assert.Equal(
            ["Present same 1", "Present changed 2", "Present gone 3", "Present changed 50", "Present new 60", "Gone gone 3"], await ToldAsync(6));
    }

    [Fact]
    public async Task ServerIsAway_IsTriedAgain_AndTheCopyStays()
    {
        await GivenAsync();
        _server.Then(200, List("5", Pod("a", 3))).Then(403, "not now").Then(403, "not now").ThenStream(_never.Task, Event("MODIFIED", Pod("a", 9)));
        Begin();

        Assert.Equal(["Present a 3"], await ToldAsync(1));
        Assert.NotNull(_informer.Find("default", "a"));
        Assert.Equal(["Present a 9"], await ToldAsync(1));
    }

    [Fact]
    public async Task ListenerThatFails_HearsOfTheOthersAllTheSame()
    {
        await GivenAsync();
        _informer.Changed += change => throw new FormatException(change.Type.ToString());
        _server.Then(200, List("5", Pod("a", 3), Pod("b", 4))).ThenStream(_never.Task, Event("MODIFIED", Pod("a", 9)));
        Begin();

        Assert.Equal(["Present a 3", "Present b 4", "Present a 9"], await ToldAsync(3));
        Assert.True(_informer.Synced.IsCompletedSuccessfully);
    }

    [Fact]
    public async Task OnlyWhatIsWantedOfAnObject_IsKept_AndTold()
    {
        await GivenAsync(Quick with
        {
            Keep = pod => new JsonObject
            {
                ["metadata"] = new JsonObject { ["name"] = pod["metadata"]!["name"]!.DeepClone(), ["resourceVersion"] = pod["metadata"]!["resourceVersion"]!.DeepClone() },
            },
        });
        _server.Then(200, List("5", Pod("a", 3)));
        Begin();
        await ToldAsync(1);

        Assert.Equal("""{"metadata":{"name":"a","resourceVersion":"3"}}""", _informer.Objects.Single().ToJsonString());
    }

    private async Task GivenAsync(InformerOptions? options = null)
    {
        _server = await ScriptedApiServer.StartAsync();
        _client = new KubernetesClient(_server.Connection, TimeProvider.System);
        _informer = new Informer(_client, ResourceType.Pod, "default", ListQuery.All, options ?? Quick, TimeProvider.System, NullLogger<Informer>.Instance);
        _informer.Changed += change => _told.Writer.TryWrite(
            $"{change.Type} {change.Object["metadata"]!["name"]} {change.Object["metadata"]!["resourceVersion"]}");
    }

    private void Begin() => _running = _informer.RunAsync(_ends.Token);

    private async Task<IReadOnlyList<string>> ToldAsync(int count)
    {
        List<string> told = [];
        while (told.Count < count)
        {
            told.Add(await _told.Reader.ReadAsync(TestContext.Current.CancellationToken));
        }

        return told;
    }

    private static string List(string version, params string[] items) =>
        $$$"""{"metadata":{"resourceVersion":"{{{version}}}"},"items":[{{{string.Join(',', items)}}}]}""";

    private static string Pod(string name, int version) =>
        $$$"""{"metadata":{"name":"{{{name}}}","namespace":"default","resourceVersion":"{{{version}}}","managedFields":[]}}""";

    private static string Event(string type, string item) => $$"""{"type":"{{type}}","object":{{item}}}""";
}
