using Argosy.Scenarios.Hubs;

namespace Argosy.Scenarios.Users;

/// <summary>A stock kubectl, without any special flag, against <c>argosy server</c>.</summary>
[Collection(StandingHubCollection.Name)]
public sealed class KubectlTests(StandingHub hub)
{
    private readonly Kubectl kubectl = new(hub.Folder);

    private static string Hello(string name, string command = "[echo, hello]") =>
        $$"""
        apiVersion: argoproj.io/v1alpha1
        kind: Workflow
        metadata: {name: {{name}}}
        spec:
          entrypoint: main
          templates:
          - name: main
            container: {image: debian:12, command: {{command}}}

        """;

    [Fact]
    public async Task Workflow_CreatedWatchedReadAndDeleted_WorksAsInAnyCluster()
    {
        Assert.Equal("workflow.argoproj.io/hello created\n", (await kubectl.GiveAsync(Hello("hello"), "create", "-f", "-")).Succeeded());
        using (var watch = kubectl.Start("get", "wf", "hello", "-w", "--no-headers"))
        {
            string? line;
            do
            {
                line = await watch.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
                Assert.NotNull(line);
            }
            while (!line.Contains("Succeeded", StringComparison.Ordinal));
            watch.Kill();
        }

        var lines = (await kubectl.RunAsync("get", "wf", "hello")).Succeeded().Split('\n');
        Assert.Matches(@"^NAME\s+STATUS\s+AGE\s+PROGRESS\s+CLUSTERS\s+MESSAGE$", lines[0]);
        Assert.Matches(@"^hello\s+Succeeded\s+\d+s\s+1/1\s+(gpu|serving)\s*$", lines[1]);
        Assert.Contains("phase: Succeeded", (await kubectl.RunAsync("get", "wf", "hello", "-o", "yaml")).Succeeded(), StringComparison.Ordinal);
        Assert.Matches(@"Phase:\s+Succeeded", (await kubectl.RunAsync("describe", "wf", "hello")).Succeeded());
        Assert.Matches(@"(?m)^hello\s+0/1\s+Completed", (await kubectl.RunAsync("get", "pods")).Succeeded());
        Assert.Matches(@"Name:\s+hello", (await kubectl.RunAsync("describe", "pod", "hello")).Succeeded());
        Assert.Equal("hello\n", (await kubectl.RunAsync("logs", "hello")).Succeeded());
        Assert.Contains("deleted", (await kubectl.RunAsync("delete", "wf", "hello")).Succeeded(), StringComparison.Ordinal);
        Assert.Contains("\"hello\" not found", (await kubectl.RunAsync("get", "wf", "hello")).Failed(), StringComparison.Ordinal);
        Assert.DoesNotContain("hello ", (await kubectl.RunAsync("get", "pods")).Succeeded(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task LogsFollowed_WhileTheStepRuns_ComeLineByLineAndEndWithIt()
    {
        var name = await hub.SubmitAsync(Manifest.Of("gate.yaml"), "-p", "gate=followed");
        await hub.UntilAsync(name, workflow => StandingHub.HasPod(workflow, "Running"));
        using var follow = kubectl.Start("logs", "-f", name);

        Assert.Equal("one", await follow.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));
        hub.OpenGate("followed");

        Assert.Equal("two", await follow.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));
        Assert.Null(await follow.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));
        await follow.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, follow.ExitCode);
    }

    [Theory]
    [InlineData("applied")]
    [InlineData("applied-there", "--server-side")]
    public async Task Manifest_AppliedAgainAndAgain_ChangesWhatHasChanged(string name, params string[] how)
    {
        string[] apply = ["apply", "-f", "-", .. how];
        await kubectl.GiveAsync(Hello(name), apply);
        await kubectl.GiveAsync(Hello(name), apply);
        var labelled = Hello(name).Replace($"{{name: {name}}}", $"{{name: {name}, labels: {{team: blue}}}}", StringComparison.Ordinal);

        var changed = (await kubectl.GiveAsync(labelled, apply)).Succeeded();

        Assert.Matches("configured|serverside-applied", changed);
        Assert.Equal("blue", (await kubectl.RunAsync("get", "wf", name, "-o", "jsonpath={.metadata.labels.team}")).Succeeded());
        (await kubectl.GiveAsync(Hello(name), apply)).Succeeded();
        Assert.Equal("", (await kubectl.RunAsync("get", "wf", name, "-o", "jsonpath={.metadata.labels.team}")).Succeeded());
    }

    [Fact]
    public async Task Workflow_LabelledAnnotatedAndPatched_KeepsWhatWasSaid()
    {
        (await kubectl.GiveAsync(Hello("patched"), "create", "-f", "-")).Succeeded();
        (await kubectl.RunAsync("label", "wf", "patched", "team=blue")).Succeeded();
        (await kubectl.RunAsync("annotate", "wf", "patched", "note=kept")).Succeeded();
        (await kubectl.RunAsync("patch", "wf", "patched", "--type", "merge", "-p", """{"metadata":{"labels":{"rank":"1"}}}""")).Succeeded();
        (await kubectl.RunAsync("patch", "wf", "patched", "--type", "json", "-p", """[{"op":"add","path":"/metadata/labels/size","value":"s"}]"""))
            .Succeeded();

        var listed = (await kubectl.RunAsync("get", "wf", "-l", "team=blue,rank=1,size=s", "-o", "name")).Succeeded();

        Assert.Equal("workflow.argoproj.io/patched\n", listed);
    }

    [Fact]
    public async Task Discovery_AsKubectlAsks_KnowsKindsFieldsAndClusters()
    {
        var kinds = (await kubectl.RunAsync("api-resources")).Succeeded();
        foreach (var kind in new[] { "Workflow", "WorkflowTemplate", "ClusterWorkflowTemplate", "Cluster", "Namespace", "ConfigMap", "Secret", "Event", "Pod" })
        {
            Assert.Matches($@"(?m)\s{kind}$", kinds);
        }

        Assert.Contains("entrypoint", (await kubectl.RunAsync("explain", "wf.spec")).Succeeded(), StringComparison.Ordinal);
        Assert.Contains("withItems", (await kubectl.RunAsync("explain", "wf.spec.templates.dag.tasks")).Succeeded(), StringComparison.Ordinal);
        (await kubectl.RunAsync("wait", "clusters/gpu", "--for=jsonpath={.status.phase}=Ready", "--timeout=60s")).Succeeded();
        Assert.Matches(@"(?m)^gpu\s+Ready\s", (await kubectl.RunAsync("get", "clusters")).Succeeded());
        Assert.Equal("yes\n", (await kubectl.RunAsync("auth", "can-i", "create", "workflows")).Succeeded());
    }

    [Fact]
    public async Task MalformedManifest_Created_SaysEveryMistakeAtOnceAndStoresNothing()
    {
        var errors = (await kubectl.RunAsync("create", "-f", Manifest.Of("malformed.yaml"))).Failed();

        Assert.Contains("nowhere", errors, StringComparison.Ordinal);
        Assert.Contains("missing", errors, StringComparison.Ordinal);
        Assert.Contains("inputs.parameters.absent", errors, StringComparison.Ordinal);
        Assert.Equal(0, await hub.CountAsync("malformed"));
    }

    [Theory]
    [InlineData("entryPoint: main", "spec.entryPoint")]
    [InlineData("parallelism: 3\n  nonsense: 1", "spec.nonsense")]
    public async Task UnknownField_Created_IsAnErrorAndStoresNothing(string instead, string path)
    {
        var errors = (await kubectl.GiveAsync(Hello("misspelt").Replace("entrypoint: main", instead, StringComparison.Ordinal), "create", "-f", "-"))
            .Failed();

        Assert.Contains($"unknown field \"{path}\"", errors, StringComparison.Ordinal);
        Assert.Equal(0, await hub.CountAsync("misspelt"));
    }
}
