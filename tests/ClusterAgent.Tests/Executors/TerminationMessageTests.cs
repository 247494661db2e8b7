using Argosy.ClusterAgent.Executors;
using Argosy.ClusterAgent.Tests.Embedded;
using Argosy.Contracts.Agents;

namespace Argosy.ClusterAgent.Tests.Executors;

public sealed class TerminationMessageTests
{
    private static readonly AttemptKey Key = new() { Namespace = "jobs", WorkflowUid = "uid-1", NodeId = "n", Generation = 1, Attempt = 2 };

    private static CancellationToken Patience => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("out of memory")]
    [InlineData("{")]
    [InlineData("""{"level":"fatal","message":"the step's own JSON"}""")]
    [InlineData("""{"v":2,"result":"of another executor"}""")]
    [InlineData("""{"v":1,"result":{"no":"text"}}""")]
    [InlineData("""{"v":1,"result":"cut o""")]
    public void WhatNoExecutorLeft_IsNoMessage(string? text) => Assert.Null(TerminationMessage.Read(text));

    [Fact]
    public async Task Outputs_AreTaken_WithLocationsAsTheyWereDecided()
    {
        var message = TerminationMessage.Read(
            """
            {"v":1,"result":"r","parameters":{"loss":"7"},"progress":"1/2","artifacts":[
             {"name":"model","digest":"abc","size":5,"location":"elsewhere","locationJson":"elsewhere"},{"name":"undeclared","digest":"abc","size":5},{"size":1}]}
            """)!;

        var outputs = await ExecutorOutputs.ResolveAsync(message, Key, [new ArtifactTransfer { Name = "model", LocationJson = "here" }], new FakeHub(), Patience);

        Assert.Equal(("r", "7", "1/2", null), (outputs.Result, outputs.Parameters["loss"], outputs.Progress, outputs.Problem));
        Assert.Equal(new StoredArtifact { Name = "model", LocationJson = "here", Digest = "abc", Size = 5 }, Assert.Single(outputs.Artifacts));
    }

    [Fact]
    public async Task OutputsThatOverflowed_AreFetched_AndTheErrorStays()
    {
        var hub = new FakeHub();
        hub.Artifacts["""{"embedded":{"key":".outputs/uid-1/n-1-2.json"}}"""] = """{"v":1,"result":"long"}"""u8.ToArray();

        var outputs = await ExecutorOutputs.ResolveAsync(
            TerminationMessage.Read("""{"v":1,"error":"one lacks","overflow":{"digest":"abc","size":23}}""")!, Key, [], hub, Patience);

        Assert.Equal(("long", "one lacks"), (outputs.Result, outputs.Problem));
    }

    [Fact]
    public async Task OutputsThatAreLost_AreAProblem()
    {
        var outputs = await ExecutorOutputs.ResolveAsync(
            TerminationMessage.Read("""{"v":1,"overflow":{"digest":"abc","size":23}}""")!, Key, [], new FakeHub(), Patience);

        Assert.StartsWith("the outputs that were stored with the hub are lost: ", outputs.Problem, StringComparison.Ordinal);
    }
}
