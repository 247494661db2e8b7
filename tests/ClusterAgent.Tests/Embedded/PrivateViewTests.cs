using Argosy.ClusterAgent.Embedded.Views;
using Argosy.Contracts.Agents;

namespace Argosy.ClusterAgent.Tests.Embedded;

public sealed class PrivateViewTests
{
    [Theory]
    [InlineData(ViewKind.Privileged)]
    [InlineData(ViewKind.Unprivileged)]
    internal async Task StepChangesTheMachine_OnlyItSeesThat(ViewKind kind)
    {
        await using var cluster = await TestCluster.StartPrivateAsync(hopes: [kind]);
        var mark = $"argosy-{Guid.NewGuid():N}";
        var before = await File.ReadAllTextAsync("/etc/hostname", TestContext.Current.CancellationToken);

        var first = await cluster.RunAsync(
            Intents.Shell($"rm /etc/hostname; mkdir /{mark}; echo x >/tmp/{mark}; echo x >/dev/shm/{mark}; ls -d /{mark} /tmp/{mark}").CapturingResult());
        var second = await cluster.RunAsync(Intents.Shell($"test -s /etc/hostname && ! ls -d /{mark} /tmp/{mark} /dev/shm/{mark}"));

        Assert.Equal((PodPhase.PodSucceeded, $"/{mark}\n/tmp/{mark}"), (first.Phase, first.Result));
        Assert.Equal(PodPhase.PodSucceeded, second.Phase);
        Assert.Equal(before, await File.ReadAllTextAsync("/etc/hostname", TestContext.Current.CancellationToken));
        Assert.DoesNotContain(new[] { "/", "/tmp/", "/dev/shm/" }, folder => Path.Exists(folder + mark));
    }

    [Fact]
    public async Task MachinesTmp_IsNotThePods_AndAVolumeMayLieInIt()
    {
        await using var cluster = await TestCluster.StartPrivateAsync();

        var report = await cluster.RunAsync(Intents.Of(
            new
            {
                container = new
                {
                    image = "any",
                    command = new[] { "sh", "-c" },
                    args = new[] { "ls /tmp; touch /tmp/scratch/x && stat -c %a /tmp" },
                    volumeMounts = new[] { new { name = "scratch", mountPath = "/tmp/scratch" } },
                },
            },
            [new { name = "scratch", emptyDir = new { } }]).CapturingResult());

        Assert.Equal("scratch\n1777", report.Result);
    }

    [Fact]
    public async Task StepLooksAtTheMachine_ClustersOwnDataIsHidden()
    {
        await using var cluster = await TestCluster.StartPrivateAsync();

        var report = await cluster.RunAsync(Intents.Shell($"ls -A '{cluster.Data}'; echo end").CapturingResult());

        Assert.Equal("end", report.Result);
    }

    [Fact]
    public async Task StepLooksAtProcesses_SeesItsOwnOnly()
    {
        await using var cluster = await TestCluster.StartPrivateAsync();

        var report = await cluster.RunAsync(Intents.Shell("ls -d /proc/[0-9]* | wc -l").CapturingResult());

        Assert.InRange(int.Parse(report.Result.Trim(), System.Globalization.CultureInfo.InvariantCulture), 1, 8);
    }

    [Fact]
    public async Task PodIsOver_ItsLayersAreGone()
    {
        await using var cluster = await TestCluster.StartPrivateAsync();
        var intent = Intents.Shell("echo x >/tmp/x");
        await cluster.RunAsync(intent);

        cluster.Hub.Say(new HubMessage { Release = intent.Key });
        var after = Intents.Shell("true");
        cluster.Hub.Run(after);
        await cluster.Hub.HearsAsync(message => after.Key.Equals(message.Accepted));

        Assert.Equal(["logs", "released"], Directory.EnumerateFileSystemEntries(cluster.FolderOf(intent.Key)).Select(Path.GetFileName).Order());
    }
}
