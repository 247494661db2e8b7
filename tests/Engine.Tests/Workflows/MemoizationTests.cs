using Argosy.Engine.Workflows;

namespace Argosy.Engine.Tests.Workflows;

public sealed class MemoizationTests
{
    private const string Entry = """
        {"nodeID":"old-1","outputs":{"parameters":[{"name":"hello","value":"known","valueFrom":{"path":"/p"}}],"result":"r","exitCode":"0"},"creationTimestamp":"2025-12-31T23:59:50Z","lastHitTimestamp":"2025-12-31T23:59:50Z"}
        """;

    private static Story Memoized(string more = """ "container":{"image":"i"} """, string memoize = """ "key":"{{workflow.parameters.k}}-1","maxAge":"10s" """) => new($$$$"""
        {"entrypoint":"main","arguments":{"parameters":[{"name":"k","value":"key"}]},"templates":[
          {"name":"main","memoize":{{{{{memoize}}}},"cache":{"configMap":{"name":"cache"}}},"outputs":{"parameters":[{"name":"hello","valueFrom":{"default":"d"}}]},{{{{more}}}}},
          {"name":"leaf","container":{"image":"i"}}]}
        """);

    [Theory]
    [InlineData(""" "container":{"image":"i"} """)]
    [InlineData(""" "retryStrategy":{"limit":2},"container":{"image":"i"} """)]
    [InlineData(""" "steps":[[{"name":"a","template":"leaf"}]] """)]
    [InlineData(""" "dag":{"tasks":[{"name":"a","template":"leaf"}]} """)]
    public void KnownNode_SucceedsAtOnceWithTheKnownOutputs_AndNothingElseIsMade(string template)
    {
        var story = Memoized(template);
        Assert.Equal([new ReadCache(0, "cache", "key-1")], story.Orders.OfType<ReadCache>());

        story.Take(new CacheAnswered(0, Entry, null));
        Assert.Equal(WorkflowPhase.Succeeded, story.State.Phase);
        Assert.Equal(["wf Succeeded"], story.Nodes());
        Assert.Equal(("known", "r"), (story["wf"].Outputs.Parameter("hello"), story["wf"].Outputs.Result));
        Assert.Equal("""{"hit":true,"key":"key-1","cacheName":"cache"}""", WorkflowStatusView.Render(story.Replayed())["nodes"]!["wf"]!["memoizationStatus"]!.ToJsonString());
        Assert.Empty(story.Orders.OfType<WriteCache>());
    }

    [Fact]
    public void EntryThatIsTooOld_IsNoEntry()
    {
        var story = Memoized(memoize: """ "key":"k","maxAge":"9s" """).Take(new CacheAnswered(0, Entry, null));

        Assert.False(story["wf"].Memo!.Hit);
        Assert.Equal("home", story["wf"].Cluster);
    }

    [Fact]
    public void UnknownNode_Runs_AndIsKeptOnlyWhenItSucceeds()
    {
        var story = Memoized().Take(new CacheAnswered(0, null, null)).Succeeds("wf", null, ("hello", "new"));
        Assert.Equal([new WriteCache(0)], story.Orders.OfType<WriteCache>());
        Assert.Equal(
            """{"nodeID":"wf","outputs":{"parameters":[{"name":"hello","value":"new"}],"exitCode":"0"},"creationTimestamp":"2026-01-01T00:00:00Z","lastHitTimestamp":"2026-01-01T00:00:00Z"}""",
            CacheEntry.Of(story.State, story["wf"]).ToJsonString());

        Assert.Empty(Memoized().Take(new CacheAnswered(0, null, null)).Fails("wf").Orders.OfType<WriteCache>());
    }

    [Fact]
    public void RetryNode_IsKeptAsAWhole_NotItsAttempts()
    {
        var story = Memoized(""" "retryStrategy":{"limit":2},"container":{"image":"i"} """).Take(new CacheAnswered(0, null, null)).Fails("wf(0)").Succeeds("wf(1)");

        Assert.Equal([new WriteCache(0)], story.Orders.OfType<WriteCache>());
    }

    [Theory]
    [InlineData("not/a/key")]
    [InlineData("-dash")]
    [InlineData("")]
    public void KeyThatIsNone_IsAnError(string key) =>
        Assert.Equal((NodePhase.Error, $"invalid cache key: {key}"), Memoized(memoize: $$""" "key":"{{key}}" """)["wf"] is var node ? (node.Phase, node.Message) : default);

    [Fact]
    public void Cache_ThatCannotBeUsed_OrHasNonsense_IsAnError()
    {
        Assert.Equal("refusing to use it", Memoized().Take(new CacheAnswered(0, null, "refusing to use it"))["wf"].Message);
        Assert.StartsWith("malformed cache entry", Memoized().Take(new CacheAnswered(0, "{", null))["wf"].Message, StringComparison.Ordinal);
        Assert.StartsWith("invalid maxAge", Memoized(memoize: """ "key":"k","maxAge":"soon" """)["wf"].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Cache_IsAskedOnlyWhenTheLockIsHeld_AndAHitGivesTheLockBack()
    {
        var story = Memoized(""" "synchronization":{"mutexes":[{"name":"m"}]},"container":{"image":"i"} """);
        Assert.Empty(story.Orders.OfType<ReadCache>());

        story.Take(new LocksGranted(0));
        Assert.Single(story.Orders.OfType<ReadCache>());
        story.Take(new CacheAnswered(0, Entry, null));
        Assert.Single(story.Orders.OfType<ReleaseLocks>());
        Assert.Equal(WorkflowPhase.Succeeded, story.State.Phase);
    }
}
