using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Argosy.ControlPlane.Resources;
using Argosy.ControlPlane.Workflows;

namespace Argosy.ControlPlane.Tests.Resources;

/// <summary>A stock kubectl, without any special flag, against the hub.</summary>
public sealed class KubectlTests : IAsyncLifetime
{
    private const string Manifest = """
        apiVersion: argoproj.io/v1alpha1
        kind: Workflow
        metadata:
          name: hello
        spec:
          entrypoint: main
          templates:
          - name: main
            container: {image: busybox, command: [echo, hello]}
          - name: other
            suspend: {}

        """;

    private HubApi hub = null!;
    private Kubectl kubectl = null!;

    public async ValueTask InitializeAsync()
    {
        hub = await HubApi.StartAsync(new FakeLogs());
        kubectl = Kubectl.For(hub);
    }

    public ValueTask DisposeAsync() => hub.DisposeAsync();

    [Fact]
    public async Task Workflow_CreatedReadDescribedDeleted_WorksAsInAnyCluster()
    {
        var file = kubectl.Write("wf.yaml", Manifest);
        Assert.Equal("workflow.argoproj.io/hello created\n", (await kubectl.RunAsync("create", "-f", file)).Succeeded());
        await hub.Store.PublishAsync(
            new ResourceKey(Kinds.Workflow, "default", "hello"),
            copy =>
            {
                copy["status"] = new JsonObject { ["phase"] = "Running", ["progress"] = "1/3", ["message"] = "on its way" };
                return true;
            },
            default);

        var lines = (await kubectl.RunAsync("get", "wf")).Succeeded().Split('\n');
        Assert.Matches(@"^NAME\s+STATUS\s+AGE\s+PROGRESS\s+CLUSTERS\s+MESSAGE$", lines[0]);
        Assert.Matches(@"^hello\s+Running\s+\d+s\s+1/3\s+on its way$", lines[1]);
        Assert.Contains("entrypoint: main", (await kubectl.RunAsync("get", "wf", "hello", "-o", "yaml")).Succeeded(), StringComparison.Ordinal);
        Assert.Equal("Running", (await kubectl.RunAsync("get", "wf", "hello", "-o", "jsonpath={.status.phase}")).Succeeded());
        Assert.Matches(@"Entrypoint:\s+main", (await kubectl.RunAsync("describe", "wf", "hello")).Succeeded());
        Assert.Contains("hello", (await kubectl.RunAsync("get", "workflows.argoproj.io", "-A")).Succeeded(), StringComparison.Ordinal);
        Assert.Contains("deleted", (await kubectl.RunAsync("delete", "wf", "hello")).Succeeded(), StringComparison.Ordinal);
        Assert.Contains("workflows.argoproj.io \"hello\" not found", (await kubectl.RunAsync("get", "wf", "hello")).Failed(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task MisspeltField_Created_IsRefusedByTheHub()
    {
        var file = kubectl.Write("wf.yaml", Manifest.Replace("entrypoint:", "entryPoint:", StringComparison.Ordinal));
        Assert.Contains("unknown field \"spec.entryPoint\"", (await kubectl.RunAsync("create", "-f", file)).Failed(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Watch_ShowsEachChange()
    {
        await kubectl.RunAsync("create", "-f", kubectl.Write("wf.yaml", Manifest));
        using var watch = kubectl.Start("get", "wf", "-w", "--no-headers");
        try
        {
            Assert.Matches("^hello ", await watch.StandardOutput.ReadLineAsync());
            foreach (var phase in new[] { "Running", "Succeeded" })
            {
                await hub.Store.PublishAsync(
                    new ResourceKey(Kinds.Workflow, "default", "hello"),
                    copy =>
                    {
                        copy["status"] = new JsonObject { ["phase"] = phase };
                        return true;
                    },
                    default);
                Assert.Matches($@"^hello\s+{phase}\s", await watch.StandardOutput.ReadLineAsync());
            }
        }
        finally
        {
            watch.Kill();
            await watch.WaitForExitAsync();
        }
    }

    [Fact]
    public async Task ClientSideApply_ChangesAndRemovesWhatTheFileSays()
    {
        Assert.Contains("created", (await kubectl.RunAsync("apply", "-f", kubectl.Write("wf.yaml", Manifest))).Succeeded(), StringComparison.Ordinal);
        Assert.Contains("unchanged", (await kubectl.RunAsync("apply", "-f", kubectl.Write("wf.yaml", Manifest))).Succeeded(), StringComparison.Ordinal);
        var changed = Manifest.Replace("entrypoint: main", "entrypoint: other\n  parallelism: 2", StringComparison.Ordinal);
        Assert.Contains("configured", (await kubectl.RunAsync("apply", "-f", kubectl.Write("wf.yaml", changed))).Succeeded(), StringComparison.Ordinal);
        await kubectl.RunAsync("apply", "-f", kubectl.Write("wf.yaml", Manifest));
        var spec = (await hub.GetAsync($"{HubApi.Workflows}/hello")).Json["spec"]!;
        Assert.Equal("main", (string?)spec["entrypoint"]);
        Assert.Null(spec["parallelism"]);
    }

    [Fact]
    public async Task ClientSideApply_OfACoreKind_MergesStrategically()
    {
        const string config = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {a: '1', b: '2'}\n";
        (await kubectl.RunAsync("apply", "-f", kubectl.Write("cm.yaml", config))).Succeeded();
        (await kubectl.RunAsync("apply", "-f", kubectl.Write("cm.yaml", config.Replace(", b: '2'", ", c: '3'", StringComparison.Ordinal)))).Succeeded();
        Assert.Equal("""{"a":"1","c":"3"}""", (await hub.GetAsync("/api/v1/namespaces/default/configmaps/c")).Json["data"]!.ToJsonString());
    }

    [Fact]
    public async Task ServerSideApply_ByTwoManagers_ConflictsUntilForced()
    {
        var file = kubectl.Write("wf.yaml", Manifest);
        Assert.Contains("serverside-applied", (await kubectl.RunAsync("apply", "--server-side", "-f", file)).Succeeded(), StringComparison.Ordinal);
        var other = kubectl.Write("other.yaml", Manifest.Replace("entrypoint: main", "entrypoint: other", StringComparison.Ordinal));
        var conflict = (await kubectl.RunAsync("apply", "--server-side", "--field-manager=ci", "-f", other)).Failed();
        Assert.Contains("conflict with \"kubectl\": .spec.entrypoint", conflict, StringComparison.Ordinal);
        (await kubectl.RunAsync("apply", "--server-side", "--field-manager=ci", "--force-conflicts", "-f", other)).Succeeded();
        Assert.Equal("other", (string?)(await hub.GetAsync($"{HubApi.Workflows}/hello")).Json["spec"]!["entrypoint"]);
    }

    [Fact]
    public async Task ClientSideAppliedObject_AppliedServerSide_ChangesHandsWithoutConflict()
    {
        (await kubectl.RunAsync("apply", "-f", kubectl.Write("wf.yaml", Manifest))).Succeeded();
        var changed = kubectl.Write("wf.yaml", Manifest.Replace("entrypoint: main", "entrypoint: other", StringComparison.Ordinal));
        (await kubectl.RunAsync("apply", "--server-side", "-f", changed)).Succeeded();
        Assert.Equal("other", (string?)(await hub.GetAsync($"{HubApi.Workflows}/hello")).Json["spec"]!["entrypoint"]);
    }

    [Fact]
    public async Task LabelAnnotatePatch_ChangeTheObject()
    {
        (await kubectl.RunAsync("create", "-f", kubectl.Write("wf.yaml", Manifest))).Succeeded();
        (await kubectl.RunAsync("label", "wf", "hello", "team=blue")).Succeeded();
        (await kubectl.RunAsync("annotate", "wf", "hello", "note=well done")).Succeeded();
        (await kubectl.RunAsync("patch", "wf", "hello", "--type=merge", "-p", """{"spec":{"suspend":true}}""")).Succeeded();
        (await kubectl.RunAsync("patch", "wf", "hello", "--type=json", "-p", """[{"op":"replace","path":"/spec/entrypoint","value":"other"}]""")).Succeeded();
        Assert.Equal("hello\n", (await kubectl.RunAsync("get", "wf", "-l", "team in (blue,red)", "--no-headers", "-o", "custom-columns=:.metadata.name")).Succeeded());
        Assert.Equal(
            "well done true other",
            (await kubectl.RunAsync("get", "wf", "hello", "-o", "jsonpath={.metadata.annotations.note} {.spec.suspend} {.spec.entrypoint}")).Succeeded());
        Assert.Contains("No resources found", (await kubectl.RunAsync("get", "wf", "-l", "team!=blue")).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Clusters_Listed_ShowTheirState()
    {
        await hub.Store.CreateAsync(
            Kinds.Cluster,
            null,
            JsonNode.Parse("""{"metadata":{"name":"gpu"},"spec":{"labels":{"accelerator":"nvidia"}},"status":{"phase":"Ready","running":3}}""")!.AsObject(),
            default);
        var lines = (await kubectl.RunAsync("get", "clusters")).Succeeded().Split('\n');
        Assert.Matches(@"^NAME\s+PHASE\s+LABELS\s+RUNNING\s+AGE\s+MESSAGE$", lines[0]);
        Assert.Matches(@"^gpu\s+Ready\s+accelerator=nvidia\s+3\s+\d+s", lines[1]);
    }

    [Fact]
    public async Task Explain_ShowsFieldsOfEveryDepth()
    {
        var spec = (await kubectl.RunAsync("explain", "wf.spec")).Succeeded();
        Assert.Contains("entrypoint", spec, StringComparison.Ordinal);
        Assert.Contains("VERSION:    v1alpha1", spec, StringComparison.Ordinal);
        var container = (await kubectl.RunAsync("explain", "wf.spec.templates.container", "--recursive")).Succeeded();
        Assert.Contains("secretKeyRef", container, StringComparison.Ordinal);
        Assert.Contains("stringData", (await kubectl.RunAsync("explain", "secret")).Succeeded(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Discovery_ListsEveryKind()
    {
        var resources = (await kubectl.RunAsync("api-resources")).Succeeded();
        Assert.Matches(@"workflows\s+wf\s+argoproj.io/v1alpha1\s+true\s+Workflow", resources);
        Assert.Matches(@"clusters\s+argosy.io/v1alpha1\s+false\s+Cluster", resources);
        Assert.Contains("argoproj.io/v1alpha1\n", (await kubectl.RunAsync("api-versions")).Succeeded(), StringComparison.Ordinal);
        Assert.Equal("yes\n", (await kubectl.RunAsync("auth", "can-i", "create", "workflows")).Succeeded());
        Assert.Contains("Server Version: v1.32", (await kubectl.RunAsync("version")).Succeeded(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task PodLogs_ReadAndFollowed_AreTheStepsLines()
    {
        hub.Store.ShowView(
            new ResourceKey(Kinds.Pod, "default", "hello-main-1"),
            new Dictionary<string, string> { ["workflows.argoproj.io/workflow"] = "hello" },
            () => JsonNode.Parse(
                """{"metadata":{"creationTimestamp":"2026-01-01T00:00:00Z"},"spec":{"nodeName":"gpu","containers":[{"name":"main","image":"busybox"}]},"status":{"phase":"Running"}}""")!
                .AsObject());
        await hub.PostAsync("/api/v1/namespaces/default/configmaps", HubApi.ConfigMap("after-the-view"));

        Assert.Matches(@"hello-main-1\s+0/1\s+Running\s+0\s+gpu", (await kubectl.RunAsync("get", "pods")).Succeeded());
        Assert.Equal("one\ntwo\n", (await kubectl.RunAsync("logs", "hello-main-1")).Succeeded());
        Assert.Equal("one\ntwo\n", (await kubectl.RunAsync("logs", "-f", "hello-main-1")).Succeeded());
        Assert.Equal("two\n", (await kubectl.RunAsync("logs", "hello-main-1", "--tail=1")).Succeeded());
        Assert.StartsWith("2026-01-02T03:04:05.", (await kubectl.RunAsync("logs", "hello-main-1", "--timestamps")).Succeeded(), StringComparison.Ordinal);
        Assert.Contains("hello-main-1", (await kubectl.RunAsync("describe", "pod", "hello-main-1")).Succeeded(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task OtherVerbs_WorkAsInAnyCluster()
    {
        (await kubectl.RunAsync("create", "namespace", "team")).Succeeded();
        (await kubectl.RunAsync("create", "configmap", "c", "--from-literal=a=b", "-n", "team")).Succeeded();
        (await kubectl.RunAsync("create", "secret", "generic", "s", "--from-literal=a=b", "-n", "team")).Succeeded();
        Assert.Contains("team", (await kubectl.RunAsync("describe", "ns", "team")).Output, StringComparison.Ordinal);
        Assert.Contains("1 bytes", (await kubectl.RunAsync("describe", "secret", "s", "-n", "team")).Succeeded(), StringComparison.Ordinal);
        (await kubectl.RunAsync("create", "-f", kubectl.Write("wf.yaml", Manifest))).Succeeded();
        (await kubectl.RunAsync("replace", "-f", kubectl.Write("wf.yaml", Manifest))).Succeeded();
        Assert.Contains("(server dry run)", (await kubectl.RunAsync("delete", "wf", "hello", "--dry-run=server")).Succeeded(), StringComparison.Ordinal);
        (await kubectl.RunAsync("wait", "wf/hello", "--for=jsonpath={.spec.entrypoint}=main", "--timeout=30s")).Succeeded();
        (await kubectl.RunAsync("delete", "wf", "--all")).Succeeded();
        (await kubectl.RunAsync("delete", "ns", "team")).Succeeded();
        Assert.Contains("No resources found", (await kubectl.RunAsync("get", "cm,secrets", "-n", "team")).Error, StringComparison.Ordinal);
    }

    private sealed class FakeLogs : IWorkflowLogs
    {
        private static readonly DateTimeOffset Time = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

        public IAsyncEnumerable<WorkflowLogEntry> ReadAsync(
            string @namespace, string workflow, string? podName, WorkflowLogOptions options, CancellationToken cancellationToken) =>
            throw new InvalidOperationException("kubectl asks for pods only");

        public async IAsyncEnumerable<WorkflowLogEntry> ReadPodAsync(
            string @namespace, string podName, WorkflowLogOptions options, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            var lines = new[] { "one", "two" };
            foreach (var line in lines.TakeLast((int)(options.TailLines ?? lines.Length)))
            {
                await Task.Yield();
                yield return new WorkflowLogEntry(podName, Time, line);
            }
        }
    }
}
