using System.Text.Json.Nodes;
using Argosy.ControlPlane.Resources;

namespace Argosy.Cli.Tests.Commands;

public sealed class SubmitCommandTests : CommandFixture
{
    private const string Hello = """
        apiVersion: argoproj.io/v1alpha1
        kind: Workflow
        metadata: { generateName: hello- }
        spec:
          entrypoint: main
          arguments: { parameters: [{ name: who, value: nobody }, { name: kept, value: here }] }
          templates: [{ name: main, container: { image: busybox } }]
        """;

    [Fact]
    public async Task SubmittedFile_IsAWorkflowOnTheHub()
    {
        var (code, output, _) = await ArgosyAsync("submit", Write("hello.yaml", Hello), "-o", "name");

        Assert.Equal(0, code);
        Assert.Equal("hello-1\n", output);
        Assert.NotNull(await FindAsync("default", "hello-1"));
    }

    [Fact]
    public async Task Flags_GoBeforeTheManifest()
    {
        var parameters = Write("parameters.yaml", "who: from file\nmore: 3\n");

        await ArgosyAsync(
            "submit", Write("hello.yaml", Hello), "-n", "team", "--name", "mine", "--entrypoint", "other", "-l", "a=b,c=d",
            "--serviceaccount", "robot", "--priority", "7", "-p", "who=me=you", "-f", parameters);

        var workflow = await FindAsync("team", "mine");
        Assert.Equal("""{"a":"b","c":"d"}""", workflow!["metadata"]!["labels"]!.ToJsonString());
        Assert.Equal("other", workflow["spec"]!["entrypoint"]!.ToString());
        Assert.Equal("robot", workflow["spec"]!["serviceAccountName"]!.ToString());
        Assert.Equal("7", workflow["spec"]!["priority"]!.ToString());
        Assert.Equal(
            """[{"name":"who","value":"me=you"},{"name":"more","value":"3"},{"name":"kept","value":"here"}]""",
            workflow["spec"]!["arguments"]!["parameters"]!.ToJsonString());
    }

    [Fact]
    public async Task StandardInput_IsAFileToo()
    {
        var (code, _, _) = await ArgosyWithInputAsync(Hello, "submit", "-");

        Assert.Equal(0, code);
        Assert.NotNull(await FindAsync("default", "hello-1"));
    }

    [Fact]
    public async Task SeveralWorkflowsOfSeveralFiles_AreAllSubmitted()
    {
        var (code, output, _) = await ArgosyAsync(
            "submit", Write("two.yaml", Hello + "\n---\n" + Hello), Write("one.yaml", Hello), "-o", "name");

        Assert.Equal(0, code);
        Assert.Equal("hello-1\nhello-2\nhello-3\n", output);
    }

    [Fact]
    public async Task DryRun_PrintsTheWorkflow_StoresNothing()
    {
        var (code, output, _) = await ArgosyAsync("submit", Write("hello.yaml", Hello), "--dry-run", "-o", "yaml", "-p", "who=me");

        Assert.Equal(0, code);
        Assert.Contains("value: me", output, StringComparison.Ordinal);
        Assert.Null(await FindAsync("default", "hello-1"));
    }

    [Fact]
    public async Task ServerDryRun_OfABadWorkflow_SaysEveryError()
    {
        var (code, _, error) = await ArgosyAsync(
            "submit", "--server-dry-run", Write("bad.yaml", "kind: Workflow\nmetadata: { name: bad }\nspec: {}\n"));

        Assert.Equal(1, code);
        Assert.Contains("  spec.entrypoint: entrypoint is required\n  spec.templates: templates is required\n", error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FromATemplate_RefersToIt()
    {
        await Server.Resources.CreateAsync(
            Kinds.WorkflowTemplate, "default", JsonNode.Parse("""{"metadata":{"name":"train"},"spec":{}}""")!.AsObject(), default);

        var (code, output, _) = await ArgosyAsync("submit", "--from", "workflowtemplate/train", "-p", "epochs=3", "--name", "run-1", "-o", "name");

        Assert.Equal((0, "run-1\n"), (code, output));
        Assert.Equal("train", (await FindAsync("default", "run-1"))!["spec"]!["workflowTemplateRef"]!["name"]!.ToString());
    }

    [Theory]
    [InlineData("Succeeded", 0)]
    [InlineData("Failed", 1)]
    [InlineData("Error", 1)]
    public async Task WaitedFor_TheWorkflowsPhaseIsTheExitCode(string phase, int expected)
    {
        foreach (var flag in new[] { "--wait", "--watch", "--log" })
        {
            var name = $"wf{flag}";
            using var finishing = new CancellationTokenSource();
            var finisher = FinishAsync(name, phase, finishing.Token);

            var (code, _, _) = await ArgosyAsync("submit", Write("hello.yaml", Hello), "--name", name, flag);

            Assert.Equal(expected, code);
            await finishing.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => finisher);
        }
    }

    [Theory]
    [InlineData("no such file", "submit", "missing.yaml")]
    [InlineData("name a file", "submit")]
    [InlineData("KIND/NAME", "submit", "--from", "train")]
    [InlineData("not found", "submit", "--from", "workflowtemplate/none")]
    public async Task WhatCannotBeSubmitted_IsSaid(string expected, params string[] args)
    {
        var (code, _, error) = await ArgosyAsync(args);

        Assert.Equal(1, code);
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FileWithoutWorkflows_IsRefused()
    {
        var (code, _, error) = await ArgosyAsync("submit", Write("map.yaml", "kind: ConfigMap\n"));

        Assert.Equal(1, code);
        Assert.Contains("no Workflow found", error, StringComparison.Ordinal);
    }

    private ValueTask<JsonObject?> FindAsync(string ns, string name) => Server.Resources.FindAsync(new(Kinds.Workflow, ns, name), default);

    // The hub in small: it lets each workflow end as the test wants.
    private async Task FinishAsync(string name, string phase, CancellationToken cancellationToken)
    {
        await foreach (var change in Server.Resources.ObserveAsync(Kinds.Workflow, cancellationToken))
        {
            if (change.Key.Name == name && change.Type == ResourceChangeType.Added)
            {
                await Server.Resources.ModifyAsync(change.Key, workflow =>
                {
                    workflow["status"] = new JsonObject { ["phase"] = phase, ["finishedAt"] = "2026-03-01T12:00:00Z" };
                    return true;
                }, cancellationToken);
            }
        }
    }
}
