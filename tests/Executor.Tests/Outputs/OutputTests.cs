using System.Formats.Tar;
using System.IO.Compression;
using Argosy.ClusterAgent.Executors;

namespace Argosy.Executor.Tests.Outputs;

public sealed class OutputTests
{
    private static CancellationToken Patience => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Result_IsStandardOutput_WithoutOneLastNewline_AndStillLogged()
    {
        using var pod = new PodInSmall(PodInSmall.Plan() with { CaptureResult = true });
        var container = pod.Run("main", "sh", "-c", "echo one; echo error >&2; printf 'two\\n\\n'");

        Assert.Equal(0, await container.EndAsync());
        Assert.Equal("one\ntwo\n", pod.Message()!.Result);
        Assert.Equal("one\ntwo\n\n", container.Output);
        Assert.Equal("error\n", await container.Errors);
    }

    [Fact]
    public async Task Container_WithoutOutputs_LeavesTheStepsOwnMessageAlone()
    {
        using var pod = new PodInSmall(PodInSmall.Plan());

        Assert.Equal(0, await pod.Run("main", "sh", "-c", "echo my own words > main.message").EndAsync());
        Assert.Equal("my own words\n", File.ReadAllText(pod["main.message"]));
        Assert.Null(pod.Message());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public async Task Parameters_AreTaken_HoweverTheCommandEnded(int exitCode)
    {
        using var pod = new PodInSmall(PodInSmall.Plan());
        Rewrite(pod, PodInSmall.Plan() with
        {
            Parameters =
            [
                new ParameterPlan { Name = "written", Path = pod["written"] },
                new ParameterPlan { Name = "default", Path = pod["nowhere"], HasDefault = true, Default = "else" },
            ],
        });

        Assert.Equal(exitCode, await pod.Run("main", "sh", "-c", $"printf 'value\\n\\n' > written; exit {exitCode}").EndAsync());
        Assert.Equal([("default", "else"), ("written", "value\n")], pod.Message()!.Parameters!.Select(each => (each.Key, each.Value)).Order());
        Assert.Null(pod.Message()!.Error);
    }

    [Theory]
    [InlineData("true", 64)]
    [InlineData("false", 1)]
    public async Task MissingOutputs_AreNamedAllAtOnce_AndFailOnlyACommandThatDidNot(string command, int exitCode)
    {
        await using var agent = await AgentInSmall.StartAsync();
        using var pod = new PodInSmall(PodInSmall.Plan(agent.Url) with
        {
            Parameters = [new ParameterPlan { Name = "loss", Path = "/nowhere/loss" }],
            Artifacts = [new OutputPlan { Name = "model", Path = "/nowhere/model" }, new OutputPlan { Name = "extra", Path = "/nowhere/extra", Optional = true }],
        });

        Assert.Equal(exitCode, await pod.Run("main", command).EndAsync());
        Assert.Equal(
            "output parameter \"loss\": no file at /nowhere/loss, and it has no default; output artifact \"model\": nothing at /nowhere/model",
            pod.Message()!.Error);
    }

    [Fact]
    public async Task Artifact_IsStoredPacked_AndItsDigestIsToldAsItLies()
    {
        await using var agent = await AgentInSmall.StartAsync();
        using var pod = new PodInSmall(PodInSmall.Plan());
        Rewrite(pod, PodInSmall.Plan(agent.Url) with { Artifacts = [new OutputPlan { Name = "model", Path = pod["model"] }] });
        var promised = agent.Promises("model");

        Assert.Equal(0, await pod.Run("main", "sh", "-c", "mkdir model; echo weights > model/weights").EndAsync());

        var outputs = await ExecutorOutputs.ResolveAsync(pod.Message()!, agent.Key, [promised], agent.Hub, Patience);
        var stored = Assert.Single(outputs.Artifacts);
        var bytes = agent.Hub.Artifacts[promised.LocationJson];
        Assert.Equal(("model", promised.LocationJson, (long)bytes.Length), (stored.Name, stored.LocationJson, stored.Size));
        Assert.Equal(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes)), stored.Digest);
        await using var tar = new TarReader(new GZipStream(new MemoryStream(bytes), CompressionMode.Decompress));
        Assert.Equal(["model/", "model/weights"], [(await tar.GetNextEntryAsync(cancellationToken: Patience))!.Name, (await tar.GetNextEntryAsync(cancellationToken: Patience))!.Name]);
    }

    [Fact]
    public async Task Folder_ThatIsWantedUnpacked_IsStoredFileByFile()
    {
        await using var agent = await AgentInSmall.StartAsync();
        using var pod = new PodInSmall(PodInSmall.Plan());
        Rewrite(pod, PodInSmall.Plan(agent.Url) with { Artifacts = [new OutputPlan { Name = "site", Path = pod["site"], Archive = "none" }] });
        var promised = agent.Promises("site");

        Assert.Equal(0, await pod.Run("main", "sh", "-c", "mkdir -p 'site/a b'; echo 1 > 'site/a b/x?&'; echo 22 > site/y; ln -s /etc site/away").EndAsync());

        Assert.Equal(
            [$"{promised.LocationJson}/a b/x?&", $"{promised.LocationJson}/y"], agent.Hub.Artifacts.Keys.Order(StringComparer.Ordinal));
        Assert.Equal([new ArtifactMessage("site", null, 5)], pod.Message()!.Artifacts);
    }

    [Fact]
    public async Task OutputsThatAreTooLongForTheMessage_AreWithTheHub()
    {
        await using var agent = await AgentInSmall.StartAsync();
        using var pod = new PodInSmall(PodInSmall.Plan(agent.Url) with { CaptureResult = true });

        Assert.Equal(0, await pod.Run("main", "sh", "-c", "yes 'ü line' | head -c 300000").EndAsync());

        Assert.InRange(new FileInfo(pod["main.message"]).Length, 1, 4096);
        Assert.Null(pod.Message()!.Result);
        var outputs = await ExecutorOutputs.ResolveAsync(pod.Message()!, agent.Key, [], agent.Hub, Patience);
        Assert.InRange(System.Text.Encoding.UTF8.GetByteCount(outputs.Result!), (256 * 1024) - 4, 256 * 1024);
        Assert.Equal("""{"embedded":{"key":".outputs/uid-1/train-7-0-1.json"}}""", Assert.Single(agent.Hub.Artifacts).Key);
    }

    [Fact]
    public async Task OutputsThatAreTooLongForAPodOfManyContainers_AreWithTheHub()
    {
        await using var agent = await AgentInSmall.StartAsync();
        using var pod = new PodInSmall(PodInSmall.Plan(agent.Url) with { CaptureResult = true, MessageBytes = 1024 });

        Assert.Equal(0, await pod.Run("main", "sh", "-c", "yes | head -c 2000").EndAsync());

        Assert.InRange(new FileInfo(pod["main.message"]).Length, 1, 1024);
        Assert.Equal(1999, (await ExecutorOutputs.ResolveAsync(pod.Message()!, agent.Key, [], agent.Hub, Patience)).Result!.Length);
    }

    [Theory]
    [InlineData("main")]
    [InlineData("init")]
    public async Task ErrorsThatAreTooLongForAPodOfManyContainers_AreCut(string container)
    {
        var missing = Enumerable.Range(0, 10).Select(index => new ParameterPlan { Name = $"loss-{index}", Path = "/nowhere/loss" });
        var address = "http://" + new string('a', 700) + " /";
        using var pod = new PodInSmall(PodInSmall.Plan(address) with
        {
            MessageBytes = 600, Parameters = [.. missing], Inputs = [new InputPlan { Name = "data", Target = "/nowhere/data" }],
        });

        Assert.Equal(64, await (container == "init" ? pod.Init() : pod.Run(container, "true")).EndAsync());

        Assert.InRange(new FileInfo(pod[$"{container}.message"]).Length, 1, 600);
        Assert.EndsWith("…", pod.Message(container)!.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OutputsThatJustFit_NeedNobody()
    {
        using var pod = new PodInSmall(PodInSmall.Plan() with { CaptureResult = true });

        Assert.Equal(0, await pod.Run("main", "sh", "-c", "yes | head -c 2000").EndAsync()); // a newline takes two bytes of JSON

        Assert.Equal(1999, pod.Message()!.Result!.Length);
    }

    [Fact]
    public async Task Progress_IsToldWhileTheStepRuns_AndAtItsEnd()
    {
        await using var agent = await AgentInSmall.StartAsync();
        using var pod = new PodInSmall(PodInSmall.Plan(agent.Url));
        var container = pod.Run("main", "sh", "-c", "echo 3/10 > shared/progress; read go < go; echo 10/10 > shared/progress");
        using var mkfifo = System.Diagnostics.Process.Start("mkfifo", [pod["go"]]);
        await mkfifo.WaitForExitAsync(Patience);

        Assert.Equal("3/10", await agent.Progress.Task.WaitAsync(TimeSpan.FromSeconds(30), Patience));
        await File.WriteAllTextAsync(pod["go"], "go\n", Patience);

        Assert.Equal(0, await container.EndAsync());
        Assert.Equal("10/10", pod.Message()!.Progress);
    }

    [Fact]
    public async Task LargeArtifact_PassesThroughLittleMemory()
    {
        const long size = 100 * 1024 * 1024;
        await using var agent = await AgentInSmall.StartAsync();
        using var pod = new PodInSmall(PodInSmall.Plan());
        Rewrite(pod, PodInSmall.Plan(agent.Url) with { Artifacts = [new OutputPlan { Name = "big", Path = pod["big"], Archive = "none" }] });
        var promised = agent.Promises("big");
        var peak = 0L;
        ContainerInSmall? container = null;
        agent.Hub.Storing = sofar =>
        {
            peak = sofar == size ? PeakOf(container!.Id) : peak;
            return Task.CompletedTask;
        };

        container = pod.Run("main", "truncate", "-s", "100M", "big");

        Assert.Equal(0, await container.EndAsync());
        Assert.Equal(size, Assert.Single(pod.Message()!.Artifacts!).Size);
        Assert.InRange(peak, 1, 120 * 1024); // of which the managed runtime itself is the most
    }

    // Two kinds of plan depend on the pod's folder, which is there once there is a plan.
    private static void Rewrite(PodInSmall pod, ExecutorPlan plan) => File.WriteAllText(pod["shared/plan.json"], plan.ToJson());

    private static long PeakOf(int process) => long.Parse(
        File.ReadLines($"/proc/{process}/status").First(line => line.StartsWith("VmHWM:", StringComparison.Ordinal)).Split(':', 'k')[1],
        System.Globalization.CultureInfo.InvariantCulture);
}
