namespace Argosy.Executor.Tests.Processes;

public sealed class CommandTests
{
    private const ulong OfTheThreadLibrary = 0b11UL << 31; // signals 32 and 33, which no program may touch

    [Theory]
    [InlineData("exit 0", 0)]
    [InlineData("exit 3", 3)]
    [InlineData("exit 255", 255)]
    [InlineData("kill -9 $$", 137)]
    [InlineData("kill -TERM $$", 143)]
    public async Task Command_Ending_GivesTheContainerItsExitCode(string script, int expected)
    {
        using var pod = new PodInSmall(PodInSmall.Plan());

        Assert.Equal(expected, await pod.Run("main", "sh", "-c", script).EndAsync());
        Assert.Equal(expected.ToString(System.Globalization.CultureInfo.InvariantCulture), File.ReadAllText(pod["shared/ctr/main/exitcode"]));
    }

    [Fact]
    public async Task Command_SeesItsArgumentsEnvironmentAndFolder_AsTheyWere()
    {
        using var pod = new PodInSmall(PodInSmall.Plan());
        var container = pod.Run("main", "sh", "-c", "printf '%s|' \"$GREETING\" \"$PWD\" \"$@\"", "sh", "a b", "", "--", "ü$x");

        Assert.Equal(0, await container.EndAsync());
        Assert.Equal($"hello, world|{pod[""].TrimEnd('/')}|a b||--|ü$x|", container.Output);
    }

    [Fact]
    public async Task Command_StartsWithSignals_AsANewProgramExpectsThem()
    {
        using var pod = new PodInSmall(PodInSmall.Plan());
        var container = pod.Run("main", "grep", "-E", "^Sig(Blk|Ign)", "/proc/self/status");

        Assert.Equal(0, await container.EndAsync());
        Assert.All(container.Output.TrimEnd().Split('\n'), line => Assert.Equal(0UL, Convert.ToUInt64(line.Split('\t')[1], 16) & ~OfTheThreadLibrary));
    }

    [Fact]
    public async Task CommandThatDoesNotExist_Ends127_AndSaysSo()
    {
        using var pod = new PodInSmall(PodInSmall.Plan());
        var container = pod.Run("main", "no-such-program");

        Assert.Equal(127, await container.EndAsync());
        Assert.Contains("no-such-program", pod.Message()!.Error, StringComparison.Ordinal);
        Assert.Contains("cannot start 'no-such-program': No such file or directory", await container.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CommandThatIsNoProgram_Ends126()
    {
        using var pod = new PodInSmall(PodInSmall.Plan());

        Assert.Equal(126, await pod.Run("main", "/etc/passwd").EndAsync());
        Assert.Contains("Permission denied", pod.Message()!.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Container_WithoutACommand_IsTheExecutorsError()
    {
        using var pod = new PodInSmall(PodInSmall.Plan());

        Assert.Equal(64, await pod.Run("main").EndAsync());
    }

    [Fact]
    public async Task Container_ThatThePlanDoesNotHave_IsTheExecutorsError()
    {
        using var pod = new PodInSmall(PodInSmall.Plan());
        var container = pod.Run("other", "true");

        Assert.Equal(64, await container.EndAsync());
        Assert.Contains("the plan has no container 'other': it has main", await container.Errors, StringComparison.Ordinal);
    }
}
