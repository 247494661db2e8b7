using System.Diagnostics;
using System.Text;
using Argosy.ClusterAgent.Embedded.Views;
using Argosy.Contracts.Agents;

namespace Argosy.ClusterAgent.Tests.Embedded;

/// <summary>
/// An agent in a process of its own is killed like by a crash. The process is this test program once more, running the explicit test that
/// hosts an agent.
/// </summary>
public sealed class KilledAgentTests
{
    private const string DataVariable = "ARGOSY_TEST_AGENT_DATA";
    private const string ViewVariable = "ARGOSY_TEST_AGENT_VIEW";
    private const string MarkVariable = "ARGOSY_TEST_AGENT_MARK";

    /// <summary>Commands that try to get away: in a new session, orphaned, and deaf to signals.</summary>
    private const string Runaways =
        "(setsid sh -c 'trap \"\" HUP TERM; sleep 600; :' &); setsid sleep 600 & (sh -c 'sleep 600; :' &) & ";

    [Theory]
    [InlineData(ViewKind.Privileged, false)]
    [InlineData(ViewKind.Unprivileged, false)]
    [InlineData(ViewKind.Unprivileged, true)]
    [InlineData(ViewKind.PlainFolder, false)]
    internal async Task AgentIsKilled_NothingOfItsPodsIsLeft_AndTheAttemptIsLost(ViewKind kind, bool asNobody)
    {
        Assert.SkipUnless(await IsPossibleAsync(kind), $"this kernel or user has no {kind} view");
        Assert.SkipWhen(asNobody && !Environment.IsPrivilegedProcess, "only root can become nobody");
        var data = TestCluster.NewFolder();
        var mark = $"mark-{Guid.NewGuid():N}";
        using var agent = StartAgent(data, kind, mark, asNobody);
        try
        {
            await Files.HoldsAsync(
                () => File.Exists(Path.Join(data, "volumes", "argo", "claim", "up")) || agent.HasExited,
                "the step did not start");
            Assert.False(agent.HasExited, "the agent ended by itself");
            Assert.NotEmpty(Marked(mark));
        }
        finally
        {
            agent.Kill();
        }

        await Files.HoldsAsync(() => Marked(mark).Count == 0, "processes of the pod live on");
        Assert.DoesNotContain(MountTables(), table => table.Contains(Path.GetFileName(data).Split(' ')[^1], StringComparison.Ordinal));
        var hub = new FakeHub();
        await using (await TestCluster.StartAsync(hub, data))
        {
            var lost = await hub.HearsAsync(message => message.Report is not null);
            Assert.Equal(PodPhase.PodLost, lost.Report.Phase);
        }

        FolderRemoval.Remove(data);
    }

    [Fact]
    public async Task PodEnds_ProcessesThatTriedToGetAway_EndWithIt()
    {
        foreach (var hopes in new IReadOnlyList<ViewKind>[] { ViewProbe.Hopes, [] })
        {
            await using var cluster = await TestCluster.StartAsync(hopes: hopes);
            var mark = $"mark-{Guid.NewGuid():N}";

            var report = await cluster.RunAsync(Step(Runaways + "true", mark));

            Assert.Equal(PodPhase.PodSucceeded, report.Phase);
            Assert.Empty(Marked(mark));
        }
    }

    [Fact(Explicit = true)]
    public async Task HostAnAgentUntilKilled()
    {
        var kind = Enum.Parse<ViewKind>(Environment.GetEnvironmentVariable(ViewVariable)!);
        var mark = Environment.GetEnvironmentVariable(MarkVariable)!;
        await using var cluster = await TestCluster.StartAsync(
            data: Environment.GetEnvironmentVariable(DataVariable), hopes: kind == ViewKind.PlainFolder ? [] : [kind]);
        cluster.Hub.Run(Step(Runaways + "touch \"$ARGOSY_ROOT/claim/up\"; sleep 600", mark));
        await Task.Delay(Timeout.Infinite, TestContext.Current.CancellationToken);
    }

    private static PodIntent Step(string line, string mark)
    {
        var container = new
        {
            image = "any",
            command = new[] { "sh", "-c", line },
            env = new[] { new { name = "MARK", value = mark } },
            volumeMounts = new[] { new { name = "claim", mountPath = "/claim" } },
        };
        return Intents.Of(new { container }, [new { name = "claim", persistentVolumeClaim = new { claimName = "claim" } }]);
    }

    private static Process StartAgent(string data, ViewKind kind, string mark, bool asNobody)
    {
        var program = Environment.ProcessPath!;
        string[] become = asNobody ? ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] : [];
        string[] command =
        [
            .. become, program, "--explicit", "only", "--filter-method", $"*{nameof(HostAnAgentUntilKilled)}", "--no-progress",
            "--results-directory", Path.Join(data, "results"),
        ];
        if (asNobody)
        {
            File.SetUnixFileMode(data, (UnixFileMode)0b111_111_111);
        }

        var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true };
        start.Environment[DataVariable] = data;
        start.Environment[ViewVariable] = kind.ToString();
        start.Environment[MarkVariable] = mark;
        start.Environment["HOME"] = data;
        return Process.Start(start)!;
    }

    private static async Task<bool> IsPossibleAsync(ViewKind kind)
    {
        await using var cluster = await TestCluster.StartAsync(hopes: kind == ViewKind.PlainFolder ? [] : [kind]);
        return cluster.View == kind;
    }

    /// <summary>Live processes that have the mark in their environment.</summary>
    private static IReadOnlyList<string> Marked(string mark) =>
        [.. Processes("environ").Where(process => process.Content.Contains(mark, StringComparison.Ordinal)).Select(process => process.Pid)];

    private static IEnumerable<string> MountTables() => Processes("mountinfo").Select(process => process.Content);

    private static IEnumerable<(string Pid, string Content)> Processes(string file)
    {
        foreach (var process in Directory.EnumerateDirectories("/proc").Where(path => char.IsAsciiDigit(Path.GetFileName(path)[0])))
        {
            string content;
            try
            {
                content = Encoding.UTF8.GetString(File.ReadAllBytes(Path.Join(process, file)));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                continue;
            }

            yield return (Path.GetFileName(process), content);
        }
    }
}
