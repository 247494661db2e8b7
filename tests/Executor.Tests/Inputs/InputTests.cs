using System.Security.Cryptography;
using System.Text;
using Argosy.ClusterAgent.Executors;
using Argosy.Packing;

namespace Argosy.Executor.Tests.Inputs;

public sealed class InputTests
{
    private static CancellationToken Patience => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Init_PutsItselfThePlanAndTheScript_WhereTheStepFindsThem()
    {
        using var pod = new PodInSmall(PodInSmall.Plan() with { Script = "echo ü\n" });

        Assert.Equal(0, await pod.Init().EndAsync());

        Assert.Equal("echo ü\n", await File.ReadAllTextAsync(pod["staging/script"], Patience));
        Assert.Equal((UnixFileMode)0b111_101_101, File.GetUnixFileMode(pod["staging/script"]));
        Assert.Equal((UnixFileMode)0b111_101_101, File.GetUnixFileMode(pod["shared/argosy-executor"]));
        Assert.Equal(await File.ReadAllTextAsync(pod["plan.json"], Patience), await File.ReadAllTextAsync(pod["shared/plan.json"], Patience));
        Assert.Equal((UnixFileMode)0b111_111_111, File.GetUnixFileMode(pod["shared/ctr"]));
    }

    [Fact]
    public async Task Init_ThatRunsAgain_DoesTheSameAgain()
    {
        await using var agent = await AgentInSmall.StartAsync();
        using var pod = new PodInSmall(PodInSmall.Plan());
        agent.Declares("data", await FolderAsync(pod));
        await File.WriteAllTextAsync(pod["plan.json"], Plan(agent, new InputPlan { Name = "data", Target = pod["inputs/data"], Path = "/data" }).ToJson(), Patience);
        Assert.Equal(0, await pod.Init().EndAsync());
        await File.WriteAllTextAsync(pod["shared/ctr/main"], "of an earlier life", Patience);

        Assert.Equal(0, await pod.Init().EndAsync());

        Assert.Equal("2", await File.ReadAllTextAsync(pod["inputs/data/sub/two"], Patience));
        Assert.Empty(Directory.GetFileSystemEntries(pod["shared/ctr"]));
        Assert.Equal([pod["inputs/data"]], Directory.GetFileSystemEntries(pod["inputs"]));
    }

    [Theory]
    [InlineData("", "inputs/data/one", "1")]
    [InlineData("sub", "inputs/data/two", "2")]
    [InlineData("sub/two", "inputs/data", "2")]
    public async Task Input_OrAPartOfIt_IsDelivered(string part, string file, string content)
    {
        await using var agent = await AgentInSmall.StartAsync();
        using var pod = new PodInSmall(PodInSmall.Plan());
        agent.Declares("data", await FolderAsync(pod));
        Directory.CreateDirectory(pod["inputs/data"]); // a mount point that is there already

        Assert.Equal(0, await InitAsync(pod, agent, new InputPlan { Name = "data", Target = pod["inputs/data"], SubPath = part, Mode = 0b111_100_000, RecurseMode = true }));

        Assert.Equal(content, await File.ReadAllTextAsync(pod[file], Patience));
        Assert.Equal((UnixFileMode)0b111_100_000, File.GetUnixFileMode(pod[file]));
    }

    [Theory]
    [InlineData("nowhere")]
    [InlineData("../one")]
    public async Task PartThatTheInputDoesNotHave_IsAnError(string part)
    {
        await using var agent = await AgentInSmall.StartAsync();
        using var pod = new PodInSmall(PodInSmall.Plan());
        agent.Declares("data", await FolderAsync(pod));

        Assert.Equal(64, await InitAsync(pod, agent, new InputPlan { Name = "data", Path = "/data", Target = pod["inputs/data"], SubPath = part }));
        Assert.Equal($"input artifact \"data\" could not be delivered to /data: it has no {part} in it", pod.Message("init")!.Error);
    }

    [Theory]
    [InlineData("link")]
    [InlineData("link/two")]
    [InlineData("deep/inner")]
    public async Task PartBehindASymlink_OrWithOneOutOfItself_IsRefused(string part)
    {
        await using var agent = await AgentInSmall.StartAsync();
        using var pod = new PodInSmall(PodInSmall.Plan());
        Directory.CreateDirectory(pod["packed/deep/inner"]);
        File.CreateSymbolicLink(pod["packed/link"], "sub");
        File.CreateSymbolicLink(pod["packed/deep/inner/up"], "../../sub");
        agent.Declares("data", await FolderAsync(pod));

        Assert.Equal(64, await InitAsync(pod, agent, new InputPlan { Name = "data", Path = "/data", Target = pod["inputs/data"], SubPath = part }));
        Assert.Contains("is a symlink to ", pod.Message("init")!.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(pod["inputs"]));
    }

    [Fact]
    public async Task PartWithASymlinkInsideItself_IsDelivered()
    {
        await using var agent = await AgentInSmall.StartAsync();
        using var pod = new PodInSmall(PodInSmall.Plan());
        Directory.CreateDirectory(pod["packed/sub"]);
        File.CreateSymbolicLink(pod["packed/sub/link"], "two");
        agent.Declares("data", await FolderAsync(pod));

        Assert.Equal(0, await InitAsync(pod, agent, new InputPlan { Name = "data", Target = pod["inputs/data"], SubPath = "sub" }));
        Assert.Equal("2", await File.ReadAllTextAsync(pod["inputs/data/link"], Patience));
    }

    [Fact]
    public async Task MissingInput_IsAnError_UnlessItIsOptional()
    {
        await using var agent = await AgentInSmall.StartAsync();
        using var pod = new PodInSmall(PodInSmall.Plan());
        agent.Declares("data");
        var input = new InputPlan { Name = "data", Path = "/data", Target = pod["inputs/data"] };

        Assert.Equal(64, await InitAsync(pod, agent, input));
        Assert.Equal("input artifact \"data\" could not be delivered to /data: nothing is stored as 'data'", pod.Message("init")!.Error);
        Assert.Equal(0, await InitAsync(pod, agent, input with { Optional = true }));
        Assert.False(Path.Exists(pod["inputs/data"]));
    }

    [Fact]
    public async Task UndeclaredInput_IsAnError_EvenIfOptional()
    {
        await using var agent = await AgentInSmall.StartAsync();
        using var pod = new PodInSmall(PodInSmall.Plan());

        Assert.Equal(64, await InitAsync(pod, agent, new InputPlan { Name = "other", Target = pod["inputs/other"], Optional = true }));
        Assert.Contains("pod jobs/train-7 declares no input artifact 'other'", pod.Message("init")!.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task DamagedInput_IsNotDelivered()
    {
        await using var agent = await AgentInSmall.StartAsync();
        using var pod = new PodInSmall(PodInSmall.Plan());
        agent.Declares("data", "damaged"u8.ToArray());
        var digest = Convert.ToHexStringLower(SHA256.HashData("whole"u8));

        Assert.Equal(64, await InitAsync(pod, agent, new InputPlan { Name = "data", Target = pod["inputs/data"], Digest = digest }));
        Assert.Contains($"it is damaged: its bytes have sha256 {Convert.ToHexStringLower(SHA256.HashData("damaged"u8))}, expected {digest}", pod.Message("init")!.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(pod["inputs"]));
    }

    [Fact]
    public async Task DownloadThatBreaksOff_IsDoneAgain()
    {
        await using var agent = await AgentInSmall.StartAsync();
        using var pod = new PodInSmall(PodInSmall.Plan());
        agent.Declares("data", new byte[1024 * 1024]);
        var times = 0;
        agent.Before = async http =>
        {
            if (http.Request.Path != "/v1/inputs/data" || Interlocked.Increment(ref times) > 1)
            {
                return false;
            }

            http.Response.Headers["Argosy-Agent"] = "executors";
            await http.Response.Body.WriteAsync(new byte[100_000]);
            await http.Response.Body.FlushAsync();
            http.Abort();
            return true;
        };

        Assert.Equal(0, await InitAsync(pod, agent, new InputPlan { Name = "data", Target = pod["inputs/data"] }));
        Assert.Equal(1024 * 1024, new FileInfo(pod["inputs/data"]).Length);
    }

    [Fact]
    public async Task FolderThatWasStoredUnpacked_IsDeliveredFileByFile()
    {
        await using var agent = await AgentInSmall.StartAsync();
        using var pod = new PodInSmall(PodInSmall.Plan());
        var site = agent.Declares("site");
        agent.Hub.Artifacts[site.LocationJson + "/index.html"] = "hello"u8.ToArray();
        agent.Hub.Artifacts[site.LocationJson + "/a b/ü?.css"] = "style"u8.ToArray();

        Assert.Equal(0, await InitAsync(pod, agent, new InputPlan { Name = "site", Target = pod["inputs/deep/site"] }));
        Assert.Equal("hello", await File.ReadAllTextAsync(pod["inputs/deep/site/index.html"], Patience));
        Assert.Equal("style", await File.ReadAllTextAsync(pod["inputs/deep/site/a b/ü?.css"], Patience));
    }

    [Fact]
    public async Task ListingThatLeadsOutOfTheFolder_IsRefused()
    {
        await using var agent = await AgentInSmall.StartAsync();
        using var pod = new PodInSmall(PodInSmall.Plan());
        var site = agent.Declares("site");
        agent.Hub.Artifacts[site.LocationJson + "/../../escaped"] = "evil"u8.ToArray();

        Assert.Equal(64, await InitAsync(pod, agent, new InputPlan { Name = "site", Target = pod["inputs/site"] }));
        Assert.Contains("which would lie outside of it", pod.Message("init")!.Error, StringComparison.Ordinal);
        Assert.False(Path.Exists(pod["escaped"]));
    }

    [Fact]
    public async Task FolderOfSomebodyElse_IsNotReplaced()
    {
        await using var agent = await AgentInSmall.StartAsync();
        using var pod = new PodInSmall(PodInSmall.Plan());
        agent.Declares("data", await FolderAsync(pod));
        Directory.CreateDirectory(pod["inputs/data"]);
        await File.WriteAllTextAsync(pod["inputs/data/precious"], "keep", Patience);

        Assert.Equal(64, await InitAsync(pod, agent, new InputPlan { Name = "data", Target = pod["inputs/data"] }));
        Assert.Equal("keep", await File.ReadAllTextAsync(pod["inputs/data/precious"], Patience));
        Assert.Contains("it is not empty", pod.Message("init")!.Error, StringComparison.Ordinal);
    }

    private static async Task<int> InitAsync(PodInSmall pod, AgentInSmall agent, InputPlan input)
    {
        await File.WriteAllTextAsync(pod["plan.json"], Plan(agent, input).ToJson(), Patience);
        return await pod.Init().EndAsync();
    }

    private static ExecutorPlan Plan(AgentInSmall agent, InputPlan input) => PodInSmall.Plan(agent.Url) with { Inputs = [input] };

    private static async Task<byte[]> FolderAsync(PodInSmall pod)
    {
        Directory.CreateDirectory(pod["packed/sub"]);
        await File.WriteAllTextAsync(pod["packed/one"], "1", Patience);
        await File.WriteAllTextAsync(pod["packed/sub/two"], "2", Encoding.ASCII, Patience);
        using var bytes = new MemoryStream();
        await ArtifactPacking.PackAsync(pod["packed"], "tar", -1, bytes, Patience);
        return bytes.ToArray();
    }
}
