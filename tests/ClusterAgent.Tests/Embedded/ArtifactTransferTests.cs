using Argosy.Contracts.Agents;

namespace Argosy.ClusterAgent.Tests.Embedded;

public sealed class ArtifactTransferTests
{
    [Fact]
    public async Task Folder_IsPackedByOneStep_AndFoundByTheNext()
    {
        await using var cluster = await TestCluster.StartPrivateAsync();
        var writer = Intents.Shell("mkdir -p /tmp/out/sub; echo hi >/tmp/out/sub/a; chmod 750 /tmp/out/sub/a; ln -s sub/a /tmp/out/link")
            .WithOutputArtifact("folder", "/tmp/out");

        var written = await cluster.RunAsync(writer);
        var read = await cluster.RunAsync(
            Intents.Shell("cat /data/in/link; stat -c %a /data/in/sub/a").CapturingResult()
                .WithInputArtifact("folder", "/data/in", digest: Assert.Single(written.Artifacts).Digest));

        Assert.Equal((PodPhase.PodSucceeded, "hi\n750"), (read.Phase, read.Result));
    }

    [Theory]
    [InlineData("a", "hi")]
    [InlineData("sub", "deep")]
    public async Task ReaderAsksForAPart_GetsThatPartAlone(string part, string expected)
    {
        await using var cluster = await TestCluster.StartPrivateAsync();
        var written = await cluster.RunAsync(
            Intents.Shell("mkdir -p /tmp/out/sub; echo hi >/tmp/out/a; echo deep >/tmp/out/sub/b").WithOutputArtifact("folder", "/tmp/out"));
        var reader = Intents.Shell("cat /data/in 2>/dev/null || cat /data/in/b").CapturingResult()
            .WithInputArtifact("folder", "/data/in", digest: Assert.Single(written.Artifacts).Digest);
        reader.InputArtifacts[0].SubPath = part;

        var read = await cluster.RunAsync(reader);

        Assert.Equal((PodPhase.PodSucceeded, expected), (read.Phase, read.Result));
    }

    [Theory]
    [InlineData("missing")]
    [InlineData("../../etc/passwd")]
    public async Task PartIsNotInTheArtifact_StepNeverStarts(string part)
    {
        await using var cluster = await TestCluster.StartPrivateAsync();
        await cluster.RunAsync(Intents.Shell("mkdir /tmp/out; echo hi >/tmp/out/a").WithOutputArtifact("folder", "/tmp/out"));
        var reader = Intents.Shell("true").WithInputArtifact("folder", "/data/in");
        reader.InputArtifacts[0].SubPath = part;

        var read = await cluster.RunAsync(reader);

        Assert.Equal(PodPhase.PodError, read.Phase);
        Assert.Contains(part, read.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FolderIsWantedUnpacked_IsStored_EachFileIsAnObjectAndReadersGetTheFolder()
    {
        await using var cluster = await TestCluster.StartPrivateAsync();
        var writer = Intents.Shell("mkdir -p /tmp/out/sub; echo hi >/tmp/out/a; echo ho >/tmp/out/sub/b; ln -s /etc/passwd /tmp/out/link")
            .WithOutputArtifact("folder", "/tmp/out", archive: "none");

        var written = Assert.Single((await cluster.RunAsync(writer)).Artifacts);
        var read = await cluster.RunAsync(Intents.Shell("cat /data/in/a /data/in/sub/b; ls /data/in").CapturingResult().WithInputArtifact("folder", "/data/in"));

        Assert.Equal(["folder/a", "folder/sub/b"], cluster.Hub.Artifacts.Keys.Order(StringComparer.Ordinal));
        Assert.Equal((6, ""), (written.Size, written.Digest));
        Assert.Equal("hi\nho\na\nsub", read.Result);
    }

    [Fact]
    public async Task InputsBytesAreNotWhatTheyShouldBe_StepNeverStarts()
    {
        await using var cluster = await TestCluster.StartAsync();
        cluster.Hub.Artifacts["in"] = "tampered"u8.ToArray();

        var report = await cluster.RunAsync(Intents.Shell("echo ran").CapturingResult().WithInputArtifact("in", "/tmp/in", digest: new string('0', 64)));

        Assert.Equal((PodPhase.PodError, false), (report.Phase, report.HasResult));
        Assert.Contains("damaged", report.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task InputIsMissing_StepRunsOnlyIfItIsOptional()
    {
        await using var cluster = await TestCluster.StartAsync();

        var needed = await cluster.RunAsync(Intents.Shell("true").WithInputArtifact("none", "/tmp/in"));
        var optional = await cluster.RunAsync(Intents.Shell("true").WithInputArtifact("none", "/tmp/in", optional: true));

        Assert.Equal((PodPhase.PodError, PodPhase.PodSucceeded), (needed.Phase, optional.Phase));
        Assert.Contains("\"none\"", needed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task InputHasAMode_IsDelivered_HasIt()
    {
        await using var cluster = await TestCluster.StartPrivateAsync();
        cluster.Hub.Artifacts["tool"] = "#!/bin/sh\necho works\n"u8.ToArray();

        var report = await cluster.RunAsync(Intents.Shell("/usr/local/bin/tool").CapturingResult().WithInputArtifact("tool", "/usr/local/bin/tool", mode: 0b111_101_101));

        Assert.Equal("works", report.Result);
    }

    [Fact]
    public async Task StepFails_ArtifactsItLeft_AreStoredAllTheSame()
    {
        await using var cluster = await TestCluster.StartPrivateAsync();

        var report = await cluster.RunAsync(
            Intents.Shell("echo why >/tmp/why; exit 1").WithOutputArtifact("why", "/tmp/why", "none").WithOutputArtifact("never", "/tmp/never"));

        Assert.Equal((PodPhase.PodFailed, "main: Error (exit code 1)"), (report.Phase, report.Message));
        Assert.Equal("why\n"u8.ToArray(), cluster.Hub.Artifacts["why"]);
    }

    [Fact]
    public async Task OutputIsMissing_StepSucceeded_IsAnErrorUnlessOptional()
    {
        await using var cluster = await TestCluster.StartAsync();

        var needed = await cluster.RunAsync(Intents.Shell("true").WithOutputArtifact("none", "/tmp/none"));
        var optional = await cluster.RunAsync(Intents.Shell("true").WithOutputArtifact("none", "/tmp/none", optional: true));

        Assert.Equal((PodPhase.PodError, PodPhase.PodSucceeded), (needed.Phase, optional.Phase));
    }

    [Fact]
    public async Task OutputIsALinkOutOfTheView_IsTakenFromTheView()
    {
        await using var cluster = await TestCluster.StartPrivateAsync();

        var report = await cluster.RunAsync(
            Intents.Shell("rm /etc/hostname; echo private >/etc/hostname; ln -s /etc/hostname /tmp/link").WithOutput("p", "/tmp/link"));

        Assert.Equal("private", report.Parameters["p"]);
    }
}
