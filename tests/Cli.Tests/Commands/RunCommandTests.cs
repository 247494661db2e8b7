using Argosy.ControlPlane.Resources;

namespace Argosy.Cli.Tests.Commands;

public sealed class RunCommandTests : CommandFixture
{
    private const string Hello = """
        apiVersion: argoproj.io/v1alpha1
        kind: WorkflowTemplate
        metadata: { name: shared }
        spec: { templates: [{ name: main, container: { image: busybox, command: [echo] } }] }
        ---
        apiVersion: argoproj.io/v1alpha1
        kind: Workflow
        metadata: { name: hello }
        spec:
          entrypoint: main
          arguments: { parameters: [{ name: who }] }
          templates: [{ name: main, container: { image: busybox, command: [echo] } }]
        """;

    private const string Succeeded = """
        {
          "phase": "Succeeded", "startedAt": "2026-03-01T12:00:00Z", "finishedAt": "2026-03-01T12:01:05Z",
          "outputs": { "parameters": [{ "name": "accuracy", "value": "0.97" }], "artifacts": [{ "name": "model", "s3": { "bucket": "b", "key": "k" } }] },
          "nodes": { "hello": { "name": "hello", "displayName": "hello", "type": "Pod", "phase": "Succeeded", "cluster": "gpu",
            "startedAt": "2026-03-01T12:00:00Z", "finishedAt": "2026-03-01T12:01:05Z" } }
        }
        """;

    [Fact]
    public async Task WorkflowThatSucceeds_ShowsItsStoryAndOutputs_AndEndsWithZero()
    {
        var hub = new ScriptedHub(Server, Folder) { Ending = Succeeded };
        var (code, output, error) = await RunAsync(hub, "run", Write("hello.yaml", Hello), "-p", "who=me");

        Assert.Equal((0, ""), (code, error));
        Assert.Contains("✔ Succeeded hello on gpu after 1m\n", output, StringComparison.Ordinal);
        Assert.EndsWith(
            """
            ✔ hello Succeeded in 1 minute 5 seconds on gpu

            Outputs
              accuracy:  0.97
              model:     s3://b/k

            """.ReplaceLineEndings("\n"),
            output,
            StringComparison.Ordinal);
        Assert.Equal(["gpu:accelerator=nvidia", "serving:tier=serving"], hub.Declared);
        Assert.Equal(["gpu", "serving"], hub.Served);
        Assert.True(hub.IsDisposed);
        Assert.Equal(0, hub.StartedWith!.ListenAddress.Port);
        Assert.Equal(Path.Combine(Folder, ".local", "state", "argosy"), hub.StartedWith.DataDirectory);
        Assert.NotNull(await Server.Resources.FindAsync(new(Kinds.WorkflowTemplate, "default", "shared"), default));
    }

    [Fact]
    public async Task WorkflowThatFails_EndsWithOne_AndSaysWhy()
    {
        var hub = new ScriptedHub(Server, Folder) { Ending = """{"phase":"Failed","message":"child 'x' failed"}""" };

        var (code, output, _) = await RunAsync(hub, "run", Write("hello.yaml", Hello), "-p", "who=me");

        Assert.Equal(1, code);
        Assert.Contains("✖ hello Failed\n  child 'x' failed\n", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task BadManifest_SaysEveryErrorWithItsPath_AndStartsNothing()
    {
        var hub = new ScriptedHub(Server, Folder);

        var (code, _, error) = await RunAsync(hub, "run", Write("bad.yaml", """
            apiVersion: argoproj.io/v1alpha1
            kind: Workflow
            metadata: { name: bad }
            spec:
              entrypont: main
              templates: [{ name: main, container: { image: busybox }, script: { image: busybox, source: x } }]
            """));

        Assert.Equal(1, code);
        Assert.Contains("\n  spec.entrypont: unknown field", error, StringComparison.Ordinal);
        Assert.Contains("entrypoint is required", error, StringComparison.Ordinal);
        Assert.Contains("\n  spec.templates[0]", error, StringComparison.Ordinal);
        Assert.Null(hub.StartedWith);
    }

    [Theory]
    [InlineData("kind: ConfigMap", "must have one Workflow")]
    [InlineData("a: [", "line ")]
    public async Task FileThatIsNoWorkflow_IsRefused(string text, string expected)
    {
        var (code, _, error) = await RunAsync(new ScriptedHub(Server, Folder), "run", Write("x.yaml", text));

        Assert.Equal(1, code);
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Interrupted_TheWorkflowIsTerminated_BeforeTheHubGoes()
    {
        var hub = new ScriptedHub(Server, Folder);
        Server.Verbs.OnTerminate = () => Server.Resources.ModifyAsync(new(Kinds.Workflow, "default", "hello"), workflow =>
        {
            workflow["status"] = new System.Text.Json.Nodes.JsonObject { ["phase"] = "Failed" };
            return true;
        }, default);
        using var ctrlC = new CancellationTokenSource();
        var shell = new TestShell(new Dictionary<string, string> { ["HOME"] = Folder });
        var running = shell.RunAsync(hub.StartAsync, hub.ServeAsync, ctrlC.Token, "run", Write("hello.yaml", Hello), "-p", "who=me");
        await hub.Submitted;

        await ctrlC.CancelAsync();

        Assert.Equal(ExitCodes.Interrupted, await running);
        Assert.Equal("interrupted: terminating hello\n", shell.Error);
        Assert.Equal(["default/hello terminate"], Server.Verbs.Calls);
        Assert.True(hub.IsDisposed);
    }

    private async Task<(int Code, string Output, string Error)> RunAsync(ScriptedHub hub, params string[] args)
    {
        var shell = new TestShell(new Dictionary<string, string> { ["HOME"] = Folder });
        var code = await shell.RunAsync(hub.StartAsync, hub.ServeAsync, CancellationToken.None, args);
        return (code, shell.Output, shell.Error);
    }
}
