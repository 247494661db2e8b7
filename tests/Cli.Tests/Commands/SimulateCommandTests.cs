using System.Text.Json.Nodes;

namespace Argosy.Cli.Tests.Commands;

/// <summary>A workflow is run without a hub, without agents and without time.</summary>
public sealed class SimulateCommandTests : IDisposable
{
    private const string Diamond = """
        apiVersion: argoproj.io/v1alpha1
        kind: Workflow
        metadata: { generateName: diamond- }
        spec:
          entrypoint: main
          templates:
            - name: main
              dag:
                tasks:
                  - { name: a, template: make }
                  - { name: b, template: each, depends: a, withParam: "{{tasks.a.outputs.result}}" }
                  - { name: c, template: flaky, depends: a }
                  - { name: d, template: wait, depends: b && c }
              outputs: { parameters: [{ name: made, valueFrom: { parameter: "{{tasks.a.outputs.result}}" } }] }
            - { name: make, script: { image: i, command: [sh], source: make } }
            - { name: each, container: { image: i, command: [c] } }
            - { name: flaky, retryStrategy: { limit: 2, backoff: { duration: 1h } }, container: { image: i, command: [c] } }
            - { name: wait, suspend: {} }
        """;

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task ReadmesExample_FailsAtItsEvaluation_WithEachNodeInTheClusterThatSuitsIt()
    {
        var example = Path.Combine(AppContext.BaseDirectory, "examples", "train-and-deploy");

        var (code, output, error) = await ArgosyAsync(
            "simulate", example + ".yaml", "--outcomes", example + ".outcomes.json",
            "--cluster", "gpu:accelerator=nvidia", "--cluster", "serving:tier=serving", "-o", "json");

        Assert.Equal((1, ""), (code, error));
        var nodes = JsonNode.Parse(output)!["nodes"]!.AsArray().ToDictionary(node => (string)node!["name"]!, node => node!.AsObject());
        Assert.Equal("fewer penguins than demanded", (string?)nodes["train-and-deploy-x.evaluate"]["message"]);
        Assert.Equal("gpu", (string?)nodes["train-and-deploy-x.train(1:0.1)"]["cluster"]);
        Assert.Equal(("serving", "Succeeded", null), ((string?)nodes["train-and-deploy-x.serve"]["cluster"],
            (string?)nodes["train-and-deploy-x.serve"]["phase"], nodes["train-and-deploy-x.serve"]["message"]));
    }

    [Fact]
    public async Task Workflow_WithOutcomes_RunsToItsEnd_AsJson()
    {
        var outcomes = folder.Write("outcomes.json", """
            {"diamond-x.a":{"result":"[1,2]"}, "diamond-x.c(0)":{"phase":"Failed","exitCode":1,"message":"broken"}}
            """);

        var (code, output, error) = await ArgosyAsync("simulate", folder.Write("w.yaml", Diamond), "--outcomes", outcomes, "-o", "json");

        Assert.Equal((0, ""), (code, error));
        var json = JsonNode.Parse(output)!.AsObject();
        Assert.Equal(["phase", "message", "nodes", "outputs"], json.Select(pair => pair.Key));
        Assert.Equal("Succeeded", (string?)json["phase"]);
        Assert.Equal(
            [
                "diamond-x DAG Succeeded", "diamond-x.a Pod Succeeded", "diamond-x.b TaskGroup Succeeded", "diamond-x.c Retry Succeeded",
                "diamond-x.c(0) Pod Failed", "diamond-x.b(0:1) Pod Succeeded", "diamond-x.b(1:2) Pod Succeeded", "diamond-x.c(1) Pod Succeeded",
                "diamond-x.d Suspend Succeeded",
            ],
            Nodes(json));
        var failed = json["nodes"]!.AsArray().Single(node => (string)node!["name"]! == "diamond-x.c(0)")!.AsObject();
        Assert.Equal("""{"name":"diamond-x.c(0)","type":"Pod","phase":"Failed","message":"broken","children":[],"outputs":{"exitCode":"1"}}""", failed.ToJsonString());
        Assert.Equal("""["diamond-x.b","diamond-x.c"]""", json["nodes"]![1]!["children"]!.ToJsonString());
    }

    [Fact]
    public async Task Workflow_ThatFails_AnswersOne_AndTheTreeSaysWhy()
    {
        var outcomes = folder.Write("outcomes.json", """{"c":{"phase":"Failed","message":"always"},"diamond-x.a":{"result":"[]"}}""");

        var (code, output, _) = await ArgosyAsync("simulate", folder.Write("w.yaml", Diamond), "--outcomes", outcomes);

        Assert.Equal(1, code);
        Assert.Contains("Status:              Failed", output, StringComparison.Ordinal);
        Assert.Contains("No more retries left", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("diamond-7kq9f.a", "diamond-7kq9f")]
    [InlineData("elsewhere.a", "diamond-x")]
    public async Task GeneratedName_IsTheOneThatOutcomesSpeakOf(string named, string expected)
    {
        var outcomes = folder.Write("outcomes.json", $$$"""{"{{{named}}}":{"result":"[]"}}""");

        var (_, output, _) = await ArgosyAsync("simulate", folder.Write("w.yaml", Diamond), "--outcomes", outcomes, "-o", "json");

        Assert.Equal(expected, (string?)JsonNode.Parse(output)!["nodes"]![0]!["name"]);
    }

    [Fact]
    public async Task Seed_GivesTheSameRunAgain_AndAnotherOrderThanAnother()
    {
        var file = folder.Write("w.yaml", """
            apiVersion: argoproj.io/v1alpha1
            kind: Workflow
            metadata: { name: wide }
            spec:
              entrypoint: main
              templates:
                - { name: main, steps: [[{ name: a, template: two, withSequence: { count: "12" } }]] }
                - { name: two, steps: [[{ name: one, template: leaf }], [{ name: two, template: leaf }]] }
                - { name: leaf, container: { image: i, command: [c] } }
            """);

        var runs = new List<string>();
        foreach (var seed in new[] { "1", "1", "2" })
        {
            runs.Add((await ArgosyAsync("simulate", file, "--seed", seed, "-o", "json")).Output);
        }

        Assert.Equal(runs[0], runs[1]);
        Assert.NotEqual(runs[0], runs[2]);
        Assert.Equal(Nodes(JsonNode.Parse(runs[0])!).Order(), Nodes(JsonNode.Parse(runs[2])!).Order());
    }

    [Fact]
    public async Task Clusters_AreChosenByRule_AndWhatFitsNowhereIsSaid()
    {
        var file = folder.Write("w.yaml", """
            apiVersion: argoproj.io/v1alpha1
            kind: Workflow
            metadata: { name: placed }
            spec:
              entrypoint: main
              templates:
                - name: main
                  steps: [[{ name: train, template: gpu }], [{ name: serve, template: serving }]]
                - { name: gpu, metadata: { annotations: { argosy.io/cluster-selector: accelerator=nvidia } }, container: { image: i, command: [c] } }
                - { name: serving, metadata: { annotations: { argosy.io/cluster: serving } }, container: { image: i, command: [c] } }
            """);

        var (code, output, _) = await ArgosyAsync("simulate", file, "--cluster", "gpu:accelerator=nvidia,zone=a", "--cluster", "serving", "-o", "json");
        var (stuck, shown, error) = await ArgosyAsync("simulate", file, "--cluster", "gpu:accelerator=amd", "-o", "json");

        Assert.Equal(0, code);
        Assert.Equal([null, null, "gpu", null, "serving"], JsonNode.Parse(output)!["nodes"]!.AsArray().Select(node => (string?)node!["cluster"]));
        Assert.Equal(2, stuck);
        Assert.Equal("Running", (string?)JsonNode.Parse(shown)!["phase"]);
        Assert.Contains(
            "placed[0].train waits: no cluster fits: gpu: its labels do not meet accelerator=nvidia (it has accelerator=amd)", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task InvalidManifest_IsRefused_WithEveryErrorThatLintFinds()
    {
        var file = folder.Write("bad.yaml", """
            apiVersion: argoproj.io/v1alpha1
            kind: Workflow
            metadata: { name: bad }
            spec:
              entrypoint: main
              wrong: 1
              templates: [{ name: main, steps: [[{ name: a, template: missing }]] }]
            """);

        var (code, output, error) = await ArgosyAsync("simulate", file);
        var (_, lint, _) = await ArgosyAsync("lint", "--offline", "-o", "json", file);

        Assert.Equal((1, ""), (code, output));
        var errors = JsonNode.Parse(lint)!["errors"]!.AsArray();
        Assert.Equal(2, errors.Count);
        Assert.All(errors, found => Assert.Contains((string)found!["message"]!, error, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("{\n  \"a\": {\"phase\": }\n}", "line 2, column")]
    [InlineData("[]", "an outcomes file is an object")]
    [InlineData("""{"a":{"phase":"Done"}}""", "a.phase: a leaf ends as Succeeded, Failed or Error, not as Done")]
    [InlineData("""{"a":{"result":"1","resutl":"1"}}""", "a.resutl: there is no such field")]
    [InlineData("""{"a":1}""", "a: an outcome is an object")]
    public async Task MalformedOutcomes_AreRefused(string outcomes, string expected)
    {
        var (code, output, error) = await ArgosyAsync(
            "simulate", folder.Write("w.yaml", Diamond), "--outcomes", folder.Write("outcomes.json", outcomes), "-o", "json");

        Assert.Equal((1, ""), (code, output));
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OutcomeOfALeafThatNeverRan_IsAWarning()
    {
        var outcomes = folder.Write("outcomes.json", """{"diamond-x.a":{"result":"[]"},"diamond-x.z":{"phase":"Failed"}}""");

        var (code, _, error) = await ArgosyAsync("simulate", folder.Write("w.yaml", Diamond), "--outcomes", outcomes);

        Assert.Equal((0, "warning: no leaf diamond-x.z ran; its outcome was not needed\n"), (code, error));
    }

    [Fact]
    public async Task References_AreFoundAmongTheFiles_AndTheStandardInput()
    {
        const string template = """
            apiVersion: argoproj.io/v1alpha1
            kind: WorkflowTemplate
            metadata: { name: shared }
            spec:
              entrypoint: main
              arguments: { parameters: [{ name: greeting, valueFrom: { configMapKeyRef: { name: words, key: hello } } }] }
              templates:
                - name: main
                  inputs: { parameters: [{ name: greeting }] }
                  steps: [[{ name: say, template: say, when: "{{inputs.parameters.greeting}} == hi" }]]
                - { name: say, container: { image: i, command: [c] } }
            ---
            apiVersion: v1
            kind: ConfigMap
            metadata: { name: words }
            data: { hello: hi }
            """;

        var (code, output, error) = await ArgosyWithInputAsync(template, "simulate", "-", "-o", "json");
        var (_, other, _) = await ArgosyWithInputAsync(template, "simulate", "-", "-p", "greeting=ho", "--name", "mine", "-o", "json");

        Assert.Equal((0, ""), (code, error));
        Assert.Equal(["shared-x Steps Succeeded", "shared-x[0] StepGroup Succeeded", "shared-x[0].say Pod Succeeded"], Nodes(JsonNode.Parse(output)!));
        Assert.Equal("mine[0].say Skipped Skipped", Nodes(JsonNode.Parse(other)!)[^1]);
    }

    [Fact]
    public async Task MissingConfigMap_CountsAsExisting_AndIsSaid()
    {
        var (code, _, error) = await ArgosyWithInputAsync(
            """
            apiVersion: argoproj.io/v1alpha1
            kind: Workflow
            metadata: { name: reads }
            spec:
              entrypoint: main
              templates:
                - name: main
                  inputs: { parameters: [{ name: greeting, valueFrom: { configMapKeyRef: { name: words, key: hello } } }] }
                  container: { image: i, command: [c] }
            """,
            "simulate", "-");

        Assert.Equal((0, "warning: ConfigMap words is not among the files; it counts as existing, with hello=\"\"\n"), (code, error));
    }

    [Fact]
    public async Task EndlessRecursion_EndsAtTheDepthLimit()
    {
        var (code, output, _) = await ArgosyWithInputAsync(
            """
            apiVersion: argoproj.io/v1alpha1
            kind: Workflow
            metadata: { name: again }
            spec: { entrypoint: main, templates: [{ name: main, steps: [[{ name: again, template: main }]] }] }
            """,
            "simulate", "-", "-o", "json");

        Assert.Equal(1, code);
        Assert.Contains("Maximum recursion depth exceeded", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CronWorkflow_RunsAsTheWorkflowThatItMakes()
    {
        var (code, output, _) = await ArgosyWithInputAsync(
            """
            apiVersion: argoproj.io/v1alpha1
            kind: CronWorkflow
            metadata: { name: nightly }
            spec:
              schedules: ["0 1 * * *"]
              workflowSpec: { entrypoint: main, templates: [{ name: main, container: { image: i, command: [c], args: ["{{workflow.scheduledTime}}"] } }] }
            """,
            "simulate", "-", "-o", "json");

        Assert.Equal((0, "nightly-x Pod Succeeded"), (code, Nodes(JsonNode.Parse(output)!).Single()));
    }

    [Fact]
    public async Task AssumptionMadeTwice_IsSaidOnce()
    {
        var (_, _, error) = await ArgosyWithInputAsync(
            """
            apiVersion: argoproj.io/v1alpha1
            kind: Workflow
            metadata: { name: turns }
            spec:
              entrypoint: main
              templates:
                - { name: main, steps: [[{ name: a, template: one }, { name: b, template: one }]] }
                - name: one
                  synchronization: { semaphores: [{ configMapKeyRef: { name: limits, key: k } }] }
                  container: { image: i, command: [c] }
            """,
            "simulate", "-");

        Assert.Equal("warning: ConfigMap limits is not among the files; it counts as existing, with k=\"1\"\n", error);
    }

    private static List<string> Nodes(JsonNode simulation) =>
        [.. simulation["nodes"]!.AsArray().Select(node => $"{node!["name"]} {node["type"]} {node["phase"]}")];

    private Task<(int Code, string Output, string Error)> ArgosyAsync(params string[] args) => ArgosyWithInputAsync("", args);

    private async Task<(int Code, string Output, string Error)> ArgosyWithInputAsync(string input, params string[] args)
    {
        var shell = new TestShell(new Dictionary<string, string> { ["HOME"] = folder.Path }, input);
        var code = await shell.RunAsync(args);
        return (code, shell.Output, shell.Error);
    }
}
