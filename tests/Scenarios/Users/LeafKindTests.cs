using System.Text.Json.Nodes;
using Argosy.Scenarios.Hubs;

namespace Argosy.Scenarios.Users;

/// <summary>Templates that are no plain containers, on embedded clusters.</summary>
[Collection(StandingHubCollection.Name)]
public sealed class LeafKindTests(StandingHub hub)
{
    [Fact]
    public async Task FolderStoredUnpacked_ListedByADataTemplate_FansOutOverItsFiles()
    {
        var workflow = await RunAsync(
            "data",
            """
            entrypoint: main
            templates:
            - name: main
              steps:
              - - {name: make, template: make}
              - - {name: list, template: list}
              - - name: read
                  template: read
                  withParam: "{{steps.list.outputs.result}}"
                  arguments: {parameters: [{name: file, value: "{{item}}"}], artifacts: [{name: file, s3: {key: "{{item}}"}}]}
            - name: make
              container: {image: any, command: [sh, -c, "mkdir -p /out/sub; echo one >/out/a.txt; echo two >/out/sub/b.txt; echo no >/out/c.log"]}
              outputs: {artifacts: [{name: out, path: /out, archive: {none: {}}, s3: {key: "{{workflow.name}}/files"}}]}
            - name: list
              data:
                source: {artifactPaths: {name: files, s3: {key: "{{workflow.name}}/files"}}}
                transformation: [{expression: "filter(data, {# endsWith '.txt'})"}]
            - name: read
              inputs: {parameters: [{name: file}], artifacts: [{name: file, path: /in/file}]}
              container: {image: any, command: [cat, /in/file]}
            """);

        Assert.Equal("Succeeded", (string?)workflow["status"]!["phase"]);
        Assert.Equal("""["data/files/a.txt","data/files/sub/b.txt"]""", (string?)Node(workflow, "data[1].list")["outputs"]!["result"]);
        Assert.Equal(2, StandingHub.Nodes(workflow).Count(node => ((string)node["name"]!).StartsWith("data[2].read(", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task WorkflowOfWorkflows_AsAResourceTemplate_WaitsForItsChild()
    {
        var workflow = await RunAsync("parent", Parent("exit 0"));

        Assert.Equal("Succeeded", (string?)workflow["status"]!["phase"]);
        var outputs = Node(workflow, "parent")["outputs"]!["parameters"]!.AsArray();
        var child = await hub.WorkflowAsync((string)outputs[0]!["value"]!);
        Assert.Equal(("Succeeded", "parent"), ((string?)child["status"]!["phase"], (string?)child["metadata"]!["ownerReferences"]![0]!["name"]));
    }

    [Fact]
    public async Task WorkflowOfWorkflows_ChildFails_FailsWithTheCondition()
    {
        var workflow = await RunAsync("unlucky-parent", Parent("exit 3"));

        Assert.Equal("Failed", (string?)workflow["status"]!["phase"]);
        Assert.Equal("failure condition '{status.phase in [Error Failed]}' evaluated true", (string?)Node(workflow, "unlucky-parent")["message"]);
    }

    [Theory]
    [InlineData("jobs", "resource: {action: create, manifest: \"{apiVersion: batch/v1, kind: Job, metadata: {name: j}}\"}", "this cluster is embedded and has no API server")]
    [InlineData("elsewhere", "resource: {action: create, manifest: \"{apiVersion: argoproj.io/v1alpha1, kind: Workflow, metadata: {name: j, namespace: kube-system}}\"}", "namespace kube-system")]
    [InlineData("plugged", "plugin: {hello: {}}", "executor plugin")]
    public async Task TemplateThatNeedsMoreThanAnEmbeddedCluster_Run_SaysSo(string name, string template, string expected)
    {
        var workflow = await RunAsync(name, $"entrypoint: main\ntemplates:\n- name: main\n  {template}");

        Assert.Equal("Error", (string?)workflow["status"]!["phase"]);
        Assert.Contains(expected, (string?)Node(workflow, name)["message"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task LogsThatAreArchived_AreAnArtifactOfTheNode()
    {
        var workflow = await RunAsync(
            "logged",
            """
            entrypoint: main
            archiveLogs: true
            templates:
            - name: main
              container: {image: any, command: [sh, -c, "echo out; echo err >&2"]}
            """);

        var artifact = Assert.Single(Node(workflow, "logged")["outputs"]!["artifacts"]!.AsArray())!;
        Assert.Equal(("main-logs", 8), ((string?)artifact["name"], (int)artifact["size"]!));
    }

    private static string Parent(string line) =>
        $$"""
        entrypoint: main
        templates:
        - name: main
          resource:
            action: create
            setOwnerReference: true
            successCondition: status.phase == Succeeded
            failureCondition: status.phase in (Failed, Error)
            manifest: |
              apiVersion: argoproj.io/v1alpha1
              kind: Workflow
              metadata: {generateName: child-}
              spec:
                entrypoint: main
                templates:
                - name: main
                  container: {image: any, command: [sh, -c, "{{line}}"]}
          outputs: {parameters: [{name: child, valueFrom: {jsonPath: '{.metadata.name}'} }]}
        """;

    private static JsonObject Node(JsonObject workflow, string name) => StandingHub.Nodes(workflow).Single(node => (string?)node["name"] == name);

    private async Task<JsonObject> RunAsync(string name, string spec)
    {
        var manifest = $"apiVersion: argoproj.io/v1alpha1\nkind: Workflow\nmetadata: {{name: {name}}}\nspec:\n  {spec.ReplaceLineEndings("\n  ")}\n";
        await hub.SubmitAsync(hub.Folder.Write($"{name}.yaml", manifest));
        return await hub.UntilAsync(name, workflow => (string?)workflow["status"]!["phase"] is "Succeeded" or "Failed" or "Error");
    }
}
