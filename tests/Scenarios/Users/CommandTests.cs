using Argosy.Scenarios.Hubs;

namespace Argosy.Scenarios.Users;

/// <summary>The commands of <c>argosy</c> against a hub, and what scripts learn from their exit codes.</summary>
[Collection(StandingHubCollection.Name)]
public sealed class CommandTests(StandingHub hub)
{
    [Fact]
    public async Task Workflow_SubmittedAndWaitedFor_IsListedShownReadAndDeleted_AndThenInTheArchive()
    {
        var name = await hub.SubmitAsync(Manifest.Example("hello-world.yaml"));
        (await hub.ArgosyAsync("wait", name)).Succeeded();

        Assert.Contains(name, (await hub.ArgosyAsync("list")).Succeeded(), StringComparison.Ordinal);
        Assert.Matches(@"Status:\s+Succeeded", (await hub.ArgosyAsync("get", name)).Succeeded());
        Assert.Contains("ello", (await hub.ArgosyAsync("logs", name)).Succeeded(), StringComparison.Ordinal);
        (await hub.ArgosyAsync("delete", name)).Succeeded();
        Assert.Contains(name, (await hub.ArgosyAsync("archive", "list")).Succeeded(), StringComparison.Ordinal);
        Assert.Matches(@"Status:\s+Succeeded", (await hub.ArgosyAsync("get", name)).Succeeded());
    }

    [Fact]
    public async Task FailingWorkflow_WaitedFor_EndsWithOne()
    {
        var name = await hub.SubmitAsync(Manifest.Of("failing.yaml"));

        (await hub.ArgosyAsync("wait", name)).Failed();
        (await hub.ArgosyAsync("submit", Manifest.Of("failing.yaml"), "--wait")).Failed();
        Assert.Contains("exit code 3", (await hub.ArgosyAsync("get", name)).Succeeded(), StringComparison.Ordinal);
        Assert.Contains("about to fail", (await hub.ArgosyAsync("logs", name)).Succeeded(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("stop")]
    [InlineData("terminate")]
    public async Task RunningWorkflow_ToldToEnd_EndsFailed(string verb)
    {
        var name = await hub.SubmitAsync(Manifest.Of("gate.yaml"), "-p", $"gate=never-{verb}");
        await hub.UntilAsync(name, workflow => StandingHub.HasPod(workflow, "Running"));

        (await hub.ArgosyAsync(verb, name)).Succeeded();

        (await hub.ArgosyAsync("wait", name)).Failed();
        var ended = await hub.WorkflowAsync(name);
        Assert.Equal("Failed", (string?)ended["status"]!["phase"]);
        Assert.Contains(verb, (string?)ended["status"]!["message"], StringComparison.OrdinalIgnoreCase);
        Assert.NotEmpty((await hub.ArgosyAsync(verb, name)).Error);
    }

    [Fact]
    public async Task SuspendedStep_Resumed_GoesOn()
    {
        var name = await hub.SubmitAsync(Manifest.Example("approval.yaml"));
        await hub.UntilAsync(name, workflow => StandingHub.Nodes(workflow).Any(node =>
            (string?)node["type"] == "Suspend" && (string?)node["phase"] == "Running"));

        (await hub.ArgosyAsync("resume", name)).Succeeded();

        (await hub.ArgosyAsync("wait", name)).Succeeded();
        Assert.Contains("released", (await hub.ArgosyAsync("logs", name)).Succeeded(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunningWorkflow_SuspendedAndResumed_StartsNothingInBetween()
    {
        var name = await hub.SubmitAsync(Manifest.Of("two-gates.yaml"), "-p", "gate=suspended");
        await hub.UntilAsync(name, workflow => StandingHub.HasPod(workflow, "Running"));
        (await hub.ArgosyAsync("suspend", name)).Succeeded();
        hub.OpenGate("suspended");
        var suspended = await hub.UntilAsync(name, workflow => StandingHub.HasPod(workflow, "Succeeded"));
        Assert.Equal("Running", (string?)suspended["status"]!["phase"]);
        Assert.Single(StandingHub.Nodes(suspended), node => (string?)node["type"] == "Pod");

        (await hub.ArgosyAsync("resume", name)).Succeeded();

        (await hub.ArgosyAsync("wait", name)).Succeeded();
    }

    [Fact]
    public async Task FailedWorkflow_Retried_RunsOnlyWhatFailed()
    {
        var name = await hub.SubmitAsync(Manifest.Of("needs-gate.yaml"), "-p", "gate=retried");
        (await hub.ArgosyAsync("wait", name)).Failed();
        var before = StandingHub.Nodes(await hub.WorkflowAsync(name)).Single(node => (string?)node["displayName"] == "before");
        hub.OpenGate("retried");

        (await hub.ArgosyAsync("retry", name)).Succeeded();

        (await hub.ArgosyAsync("wait", name)).Succeeded();
        var after = StandingHub.Nodes(await hub.WorkflowAsync(name)).Single(node => (string?)node["displayName"] == "before");
        Assert.Equal((string?)before["startedAt"], (string?)after["startedAt"]);
    }

    [Fact]
    public async Task EndedWorkflow_Resubmitted_RunsAgainUnderANewName()
    {
        var name = await hub.SubmitAsync(Manifest.Example("fan-out.yaml"));
        (await hub.ArgosyAsync("wait", name)).Succeeded();

        var again = (await hub.ArgosyAsync("resubmit", name, "-o", "name")).Succeeded().Trim();

        Assert.NotEqual(name, again);
        (await hub.ArgosyAsync("wait", again)).Succeeded();
        Assert.Equal("Succeeded", (string?)(await hub.WorkflowAsync(again))["status"]!["phase"]);
    }

    [Fact]
    public async Task Watch_UntilTheEnd_EndsWithTheWorkflow()
    {
        var name = await hub.SubmitAsync(Manifest.Example("fan-out.yaml"));

        var shown = (await hub.ArgosyAsync("watch", name)).Succeeded();

        Assert.Contains("Succeeded", shown, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lint_GoodAndBad_SaysSoByItsExitCode()
    {
        (await hub.ArgosyAsync("lint", Manifest.Example("train-and-deploy.yaml"))).Succeeded();

        var bad = await hub.ArgosyAsync("lint", Manifest.Of("malformed.yaml"));

        bad.Failed();
        foreach (var mistake in new[] { "nowhere", "missing", "inputs.parameters.absent" })
        {
            Assert.Contains(mistake, bad.Output + bad.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task MalformedManifest_Submitted_SaysEveryMistakeAndStoresNothing()
    {
        var errors = (await hub.ArgosyAsync("submit", Manifest.Of("malformed.yaml"))).Failed();

        Assert.Contains("nowhere", errors, StringComparison.Ordinal);
        Assert.Contains("missing", errors, StringComparison.Ordinal);
        Assert.Equal(0, await hub.CountAsync("malformed"));
    }

    [Fact]
    public async Task PortTaken_ServerStarted_SaysSoInOneLine()
    {
        using var folder = new HubFolder();
        var address = hub.Client.BaseAddress!.Authority;

        var refused = await ArgosyProgram.RunAloneAsync(folder, "server", "--data", folder.Data, "--listen", address);

        var line = Assert.Single(refused.Failed().TrimEnd().Split('\n'));
        Assert.Contains(address, line, StringComparison.Ordinal);
    }
}
