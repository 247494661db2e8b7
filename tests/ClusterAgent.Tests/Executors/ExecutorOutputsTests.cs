using Argosy.ClusterAgent.Executors;
using Argosy.ClusterAgent.Tests.Embedded;
using Argosy.Contracts.Agents;

namespace Argosy.ClusterAgent.Tests.Executors;

/// <summary>Outputs that did not fit into the termination message and that the hub has.</summary>
public sealed class ExecutorOutputsTests
{
    public static TheoryData<Exception> Refusals =>
    [
        new ArtifactMissingException("gone"), new ArtifactLocationException("no such bucket"), new ArtifactDigestException("a", "b", "outputs"),
        new HubRefusedException("another cluster's"),
    ];

    [Theory]
    [MemberData(nameof(Refusals), DisableDiscoveryEnumeration = true)]
    public async Task WhatTheHubWillNeverGive_IsLost_AndSaidSo(Exception refusal)
    {
        var outputs = await ResolveAsync(new FakeHub { ArtifactFailure = refusal });

        Assert.Equal($"the outputs that were stored with the hub are lost: {refusal.Message}", outputs.Problem);
    }

    [Fact]
    public async Task HubThatCannotBeReached_IsAskedAgainByTheCaller() =>
        await Assert.ThrowsAsync<IOException>(() => ResolveAsync(new FakeHub { ArtifactFailure = new IOException("no hub") }));

    private static Task<ExecutorOutputs> ResolveAsync(FakeHub hub) => ExecutorOutputs.ResolveAsync(
        new TerminationMessage { Version = 1, Overflow = new OverflowMessage("digest", 1) }, new AttemptKey(), [], hub, TestContext.Current.CancellationToken);
}
