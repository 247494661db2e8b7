using Argosy.ControlPlane.Resources;

namespace Argosy.Cli.Tests.Commands;

/// <summary>get, logs, wait, watch, delete: what is done with workflows that are there.</summary>
public sealed class WorkflowCommandsTests : CommandFixture
{
    [Fact]
    public async Task Get_PrintsTheFactsAndTheTree()
    {
        await HaveFixtureAsync();

        var (code, output, _) = await ArgosyAsync("get", "bake", "-n", "kitchen");

        Assert.Equal(0, code);
        Assert.Contains("Status:              Failed\n", output, StringComparison.Ordinal);
        Assert.Contains("STEP ", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("json", "\"name\": \"bake\"")]
    [InlineData("yaml", "name: bake\n")]
    [InlineData("name", "bake\n")]
    public async Task Get_ForOtherPrograms_IsTheObject(string format, string expected)
    {
        await HaveFixtureAsync();

        var (_, output, _) = await ArgosyAsync("get", "bake", "-n", "kitchen", "-o", format);

        Assert.Contains(expected, output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_OfNobody_SaysSo()
    {
        Assert.Equal((1, "", "argosy: workflows.argoproj.io \"nobody\" not found\n"), await ArgosyAsync("get", "nobody"));
    }

    [Fact]
    public async Task Logs_HaveTheirPodInFront()
    {
        await Server.HaveAsync("mine");

        var (code, output, _) = await ArgosyAsync(
            "logs", "mine", "-f", "-c", "side", "--grep", "hello", "--since", "5m", "--tail", "10", "-l", "a=b");

        Assert.Equal((0, "one: hello from one\ntwo: hello from two\n"), (code, output));
        Assert.Equal(("side", true, 10L, "hello", "a=b"), (Server.Logs.Asked!.Container, Server.Logs.Asked.Follow, Server.Logs.Asked.TailLines,
            Server.Logs.Asked.Grep, Server.Logs.Asked.LabelSelector));
        Assert.NotNull(Server.Logs.Asked.Since);
    }

    [Fact]
    public async Task LogsOfOnePod_AreOnlyThose()
    {
        await Server.HaveAsync("mine");

        Assert.Equal("two: hello from two\n", (await ArgosyAsync("logs", "@latest", "two")).Output);
    }

    [Fact]
    public async Task LogThatBreaks_IsAnError()
    {
        await Server.HaveAsync("mine");
        Server.Logs.Failure = new ApiException(503, "ServiceUnavailable", "cluster gpu is out of reach");

        var (code, _, error) = await ArgosyAsync("logs", "mine");

        Assert.Equal((1, "argosy: cluster gpu is out of reach\n"), (code, error));
    }

    [Theory]
    [InlineData("Succeeded", 0)]
    [InlineData("Failed", 1)]
    public async Task Wait_AnswersWithTheWorkflowsEnd(string phase, int expected)
    {
        await Server.HaveAsync("mine", status: $$"""{"phase":"{{phase}}","finishedAt":"2026-03-01T12:00:00Z"}""");

        var (code, output, _) = await ArgosyAsync("wait", "mine");

        Assert.Equal((expected, $"mine {phase} at 2026-03-01 12:00:00 +0000 UTC\n"), (code, output));
    }

    [Fact]
    public async Task WaitForNobody_IsAnError_UnlessAllowed()
    {
        Assert.Equal(1, (await ArgosyAsync("wait", "nobody")).Code);
        Assert.Equal((0, "nobody not found. Ignoring...\n", ""), await ArgosyAsync("wait", "nobody", "--ignore-not-found"));
    }

    [Fact]
    public async Task DeletedWhileWaitedFor_IsSaid()
    {
        await Server.HaveAsync("mine", status: """{"phase":"Running"}""");
        var waiting = ArgosyAsync("wait", "mine");
        await Server.Resources.FirstObserver;
        await Server.Resources.DeleteAsync(new(Kinds.Workflow, "default", "mine"), default);

        var (code, _, error) = await waiting;

        Assert.Equal((1, "argosy: workflow mine was deleted while it was watched\n"), (code, error));
    }

    [Fact]
    public async Task Watch_WithoutATerminal_TellsPhases_ThenTheTree()
    {
        await HaveFixtureAsync();

        var (code, output, _) = await ArgosyAsync("watch", "bake", "-n", "kitchen");

        Assert.Equal(0, code);
        Assert.Contains("✖ Failed    bake[1].oven(10:c) after 32s: Error (exit code 1)\n", output, StringComparison.Ordinal);
        Assert.Contains("STEP ", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Delete_RemovesWhatIsNamedOrChosen()
    {
        await Server.HaveAsync("a", status: """{"phase":"Succeeded"}""");
        await Server.HaveAsync("b", status: """{"phase":"Running"}""");
        await Server.HaveAsync("c", status: """{"phase":"Running"}""");

        Assert.Equal((0, "Workflow 'a' deleted (dry-run)\n", ""), await ArgosyAsync("delete", "--completed", "--dry-run"));
        Assert.Equal((0, "Workflow 'a' deleted\n", ""), await ArgosyAsync("delete", "--completed"));
        Assert.Equal((0, "Workflow 'b' deleted\n", ""), await ArgosyAsync("delete", "b", "--force"));
        Assert.Equal((0, "Workflow 'c' deleted\n", ""), await ArgosyAsync("delete", "--all"));
        Assert.Equal((0, "No resources found\n", ""), await ArgosyAsync("delete", "--all"));
        Assert.Equal(1, (await ArgosyAsync("delete")).Code);
    }

    [Fact]
    public async Task Template_LivesItsLife()
    {
        var file = Write("t.yaml", "kind: WorkflowTemplate\nmetadata: { name: t }\nspec: { entrypoint: a, templates: [] }\n");

        Assert.Equal((0, "t\n", ""), await ArgosyAsync("template", "create", file, "-o", "name"));
        Assert.Equal(1, (await ArgosyAsync("template", "create", file)).Code);
        Assert.Equal((0, "t\n", ""), await ArgosyAsync("template", "update", file, "-o", "name"));
        Assert.Contains("Name:                t\n", (await ArgosyAsync("template", "get", "t")).Output, StringComparison.Ordinal);
        Assert.Equal((0, "NAME\nt\n", ""), await ArgosyAsync("template", "list"));
        Assert.Equal((0, "WorkflowTemplate 't' deleted\n", ""), await ArgosyAsync("template", "delete", "t"));
        Assert.Equal((0, "No cluster workflow templates found\n", ""), await ArgosyAsync("cluster-template", "list"));
    }

    [Fact]
    public async Task Version_NamesBoth() => Assert.Matches(@"\Aargosy: v\d+\.\d+\.\d+\nhub: v\d+\.\d+\.\d+\n\z", (await ArgosyAsync("version")).Output);

    [Fact]
    public async Task HubThatIsNotThere_IsSaid_WithWhatToDo()
    {
        var (code, _, error) = await ArgosyAsync("list", "-s", "127.0.0.1:1");

        Assert.Equal(1, code);
        Assert.Contains("cannot reach the hub at http://127.0.0.1:1/", error, StringComparison.Ordinal);
        Assert.Contains("argosy server", error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
    }

    private async Task HaveFixtureAsync() => await Server.Resources.CreateAsync(Kinds.Workflow, "kitchen", Fixture.Json("steps"), default);
}
