using Argosy.Contracts.Agents;

namespace Argosy.ClusterAgent.Tests.Embedded;

/// <summary>What podGC and volumeClaimGC take away from a cluster.</summary>
public sealed class CleanupTests
{
    [Fact]
    public async Task RemovedPod_LeavesNothing_AlsoWhenItIsRemovedTwice()
    {
        await using var cluster = await TestCluster.StartAsync();
        var intent = Intents.Shell("echo hello");
        await cluster.RunAsync(intent);

        await ObeyAsync(
            cluster, new HubMessage { Release = intent.Key }, new HubMessage { Remove = intent.Key }, new HubMessage { Remove = intent.Key });

        Assert.False(Directory.Exists(cluster.FolderOf(intent.Key)));
        Assert.Empty(await cluster.LogAsync(intent.Key));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task OwnedClaim_IsThereForThePod_AndGoesWithItsWorkflow(bool forgotten)
    {
        await using var cluster = await TestCluster.StartAsync();
        var intent = Intents.Shell("true");
        intent.OwnedClaims.Add("wf-work");
        await cluster.RunAsync(intent);
        var claim = Path.Join(cluster.Data, "volumes", intent.Key.Namespace, "wf-work");
        Assert.True(Directory.Exists(claim));
        var other = Directory.CreateDirectory(Path.Join(cluster.Data, "volumes", intent.Key.Namespace, "wf-other"));

        var uid = intent.Key.WorkflowUid;
        await ObeyAsync(cluster, forgotten ? new HubMessage { Forget = uid } : new HubMessage { DropClaims = uid });

        Assert.False(Directory.Exists(claim));
        Assert.True(other.Exists);
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Join(cluster.Data, "claims")));
    }

    /// <summary>The hub's messages are obeyed in order: when a later pod is accepted, the earlier ones have been obeyed.</summary>
    private static async Task ObeyAsync(TestCluster cluster, params HubMessage[] messages)
    {
        foreach (var message in messages)
        {
            cluster.Hub.Say(message);
        }

        var after = Intents.Shell("true");
        after.Key.WorkflowUid = "another";
        cluster.Hub.Run(after);
        await cluster.Hub.HearsAsync(heard => after.Key.Equals(heard.Accepted));
    }
}
