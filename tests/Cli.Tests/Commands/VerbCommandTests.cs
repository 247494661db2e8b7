using Argosy.ControlPlane.Resources;

namespace Argosy.Cli.Tests.Commands;

public sealed class VerbCommandTests : CommandFixture
{
    [Theory]
    [InlineData("suspend", "workflow mine suspended", "suspend", "mine")]
    [InlineData("resume displayName=ask", "workflow mine resumed", "resume", "mine", "--node-field-selector", "displayName=ask")]
    [InlineData("stop  enough", "workflow mine stopped", "stop", "mine", "--message", "enough")]
    [InlineData("terminate", "workflow mine terminated", "terminate", "mine")]
    [InlineData("set id=1 Succeeded m k=v=w", "workflow values set",
        "node", "set", "mine", "--node-field-selector", "id=1", "--phase", "Succeeded", "-m", "m", "-p", "k=v=w")]
    [InlineData("retry True id=1 a=b", "mine",
        "retry", "mine", "--restart-successful", "--node-field-selector", "id=1", "-p", "a=b", "-o", "name")]
    [InlineData("resubmit True a=b", "mine", "resubmit", "mine", "--memoized", "-p", "a=b", "-o", "name")]
    public async Task Verb_ReachesTheHub_AndIsConfirmed(string recorded, string confirmed, params string[] args)
    {
        var (code, output, error) = await ArgosyAsync(args);

        Assert.Equal((0, confirmed + "\n", ""), (code, output, error));
        Assert.Equal([$"default/mine {recorded}"], Server.Verbs.Calls);
    }

    [Fact]
    public async Task Selectors_ChooseManyWorkflows()
    {
        await Server.HaveAsync("red-1", labels: """{"team":"red"}""");
        await Server.HaveAsync("red-2", labels: """{"team":"red"}""");
        await Server.HaveAsync("blue");

        await ArgosyAsync("stop", "-l", "team=red");

        Assert.Equal(["default/red-1 stop", "default/red-2 stop"], Server.Verbs.Calls.Order());
    }

    [Fact]
    public async Task DryRun_LeavesWorkflowsAlone()
    {
        var (_, output, _) = await ArgosyAsync("terminate", "mine", "--dry-run");

        Assert.Equal("workflow mine terminated (dry-run)\n", output);
        Assert.Empty(Server.Verbs.Calls);
    }

    [Fact]
    public async Task Latest_IsNotAFileOfArguments()
    {
        await Server.HaveAsync("newest");

        Assert.Equal((0, "workflow newest suspended\n", ""), await ArgosyAsync("suspend", "@latest"));
    }

    [Fact]
    public async Task Refusal_IsOneLine_AndExitCodeOne()
    {
        Server.Verbs.Refusal = new ApiException(400, "BadRequest", "cannot suspend completed workflows");

        Assert.Equal((1, "", "argosy: cannot suspend completed workflows\n"), await ArgosyAsync("suspend", "mine"));
    }

    [Fact]
    public async Task NobodyNamed_IsRefused()
    {
        var (code, _, error) = await ArgosyAsync("stop");

        Assert.Equal(1, code);
        Assert.Contains("name a workflow", error, StringComparison.Ordinal);
    }
}
