using System.Text.Json.Nodes;
using Argosy.Engine.Manifests;
using Argosy.Engine.Simulation;
using Argosy.Engine.Validation;
using Argosy.Engine.Workflows;

namespace Argosy.Engine.Tests.Workflows;

/// <summary>Shapes of manifests that tools and people write, simulated: what each node was given shows that the variables are right.</summary>
public sealed class ManifestsInTheWildTests
{
    private static readonly Dictionary<ResourceRef, JsonObject?> None = [];

    [Fact]
    public void PipelineCompiler_DriversDecideWhatRuns()
    {
        // The shape a pipeline compiler makes: every task has a driver whose outputs say whether its executor runs.
        var state = Run("""
            metadata: {generateName: pipe-, name: pipe-1, annotations: {pipelines.kubeflow.org/components-comp-a: '{"executorLabel":"a"}'}}
            spec:
              entrypoint: entrypoint
              arguments: {parameters: [{name: components, value: '{"a":1}'}]}
              templates:
              - name: driver
                inputs: {parameters: [{name: component}, {name: parent-dag-id, default: '0'}, {name: iteration-index, default: '-1'}]}
                container: {image: d, args: ['{{inputs.parameters.component}}', '{{inputs.parameters.parent-dag-id}}', '{{workflow.name}}', '{{workflow.uid}}']}
                outputs:
                  parameters:
                  - {name: execution-id, valueFrom: {path: /tmp/id, default: ''}}
                  - {name: condition, valueFrom: {path: /tmp/c, default: 'true'}}
                  - {name: cached, valueFrom: {path: /tmp/cached, default: 'false'}}
              - name: executor
                inputs: {parameters: [{name: pod-spec-patch}, {name: cached, default: 'false'}]}
                dag:
                  tasks:
                  - name: executor
                    template: impl
                    when: '{{inputs.parameters.cached}} != true'
                    arguments: {parameters: [{name: pod-spec-patch, value: '{{inputs.parameters.pod-spec-patch}}'}]}
              - name: impl
                inputs: {parameters: [{name: pod-spec-patch}]}
                podSpecPatch: '{{inputs.parameters.pod-spec-patch}}'
                container: {image: gcr.io/ml-pipeline/should-be-overridden}
              - name: root
                inputs: {parameters: [{name: parent-dag-id}]}
                dag:
                  tasks:
                  - name: a-driver
                    template: driver
                    arguments:
                      parameters:
                      - {name: component, value: '{{workflow.annotations.pipelines.kubeflow.org/components-comp-a}}'}
                      - {name: parent-dag-id, value: '{{inputs.parameters.parent-dag-id}}'}
                  - name: a
                    depends: a-driver.Succeeded
                    template: executor
                    arguments:
                      parameters:
                      - {name: pod-spec-patch, value: '{"containers":[{"name":"main","image":"{{tasks.a-driver.outputs.parameters.execution-id}}"}]}'}
                      - {name: cached, default: 'false', value: '{{tasks.a-driver.outputs.parameters.cached}}'}
                  - name: b
                    depends: a.Succeeded
                    template: executor
                    arguments: {parameters: [{name: pod-spec-patch, value: '{}'}, {name: cached, value: 'true'}]}
              - name: entrypoint
                dag:
                  tasks:
                  - name: root-driver
                    template: driver
                    arguments: {parameters: [{name: component, value: '{{workflow.parameters.components}}'}]}
                  - name: root
                    depends: root-driver.Succeeded
                    template: root
                    arguments: {parameters: [{name: parent-dag-id, value: '{{tasks.root-driver.outputs.parameters.execution-id}}'}]}
            """, ("pipe-1.root-driver", Outputs(("execution-id", "11"))), ("pipe-1.root.a-driver", Outputs(("execution-id", "22"))));

        Assert.Equal(WorkflowPhase.Succeeded, state.Phase);
        Assert.Equal(["""{"executorLabel":"a"}""", "11", "-1"], Inputs(state, "pipe-1.root.a-driver"));
        Assert.Equal("""{"containers":[{"name":"main","image":"22"}]}""", Inputs(state, "pipe-1.root.a.executor")[0]);
        Assert.Equal("when 'true != true' evaluated false", state.Find("pipe-1.root.b.executor")!.Message);
    }

    [Fact]
    public void ScriptsInLoops_AsAWorkflowLibraryWritesThem_PassTheirResultsOn()
    {
        var state = Run("""
            metadata: {name: hera}
            spec:
              entrypoint: w
              templates:
              - name: w
                steps:
                - - {name: generate, template: generate}
                - - name: consume
                    template: consume
                    withParam: '{{steps.generate.outputs.result}}'
                    arguments: {parameters: [{name: value, value: '{{item}}'}, {name: pair, value: '{{item.a}}-{{=item.b}}'}]}
                - - name: collect
                    template: collect
                    arguments: {parameters: [{name: values, value: '{{steps.consume.outputs.parameters.square}}'}, {name: count, value: '{{=len(fromJSON(steps.consume.outputs.parameters.square))}}'}]}
              - {name: generate, script: {image: python, command: [python], source: 'print([])'}}
              - name: consume
                inputs: {parameters: [{name: value}, {name: pair}]}
                script: {image: python, command: [python], source: "import json\ntry: value = json.loads(r'''{{inputs.parameters.value}}''')\nexcept: value = r'''{{inputs.parameters.value}}'''"}
                outputs: {parameters: [{name: square, valueFrom: {path: /s}}]}
              - name: collect
                inputs: {parameters: [{name: values}, {name: count}]}
                container: {image: i}
            """,
            ("hera[0].generate", new LeafOutcome(NodePhase.Succeeded) { Outputs = new NodeOutputs { Result = """[{"a":"x","b":1},{"a":"y","b":2}]""" } }),
            ("hera[1].consume(0:a:x,b:1)", Outputs(("square", "1"))),
            ("hera[1].consume(1:a:y,b:2)", Outputs(("square", "4"))));

        Assert.Equal(WorkflowPhase.Succeeded, state.Phase);
        Assert.Equal(["""{"a":"x","b":1}""", "x-1"], Inputs(state, "hera[1].consume(0:a:x,b:1)"));
        Assert.Equal(["""["1","4"]""", "2"], Inputs(state, "hera[2].collect"));
    }

    [Fact]
    public void BuildPipeline_ChoosesByBranch_AndTellsAtTheEnd()
    {
        var state = Run("""
            metadata: {name: ci}
            spec:
              entrypoint: ci
              onExit: notify
              arguments: {parameters: [{name: branch, value: refs/heads/main}, {name: matrix, value: '[{"os":"linux","arch":"amd64"},{"os":"linux","arch":"arm64"}]'}]}
              templates:
              - name: ci
                dag:
                  tasks:
                  - {name: checkout, template: run, arguments: {parameters: [{name: what, value: '{{=sprig.trimPrefix("refs/heads/", workflow.parameters.branch)}}'}]}}
                  - name: build
                    depends: checkout
                    template: run
                    withParam: '{{workflow.parameters.matrix}}'
                    arguments: {parameters: [{name: what, value: '{{item.os}}/{{item.arch}}'}]}
                  - {name: lint, depends: checkout, template: run, arguments: {parameters: [{name: what, value: lint}]}}
                  - name: push
                    depends: build.Succeeded && (lint.Succeeded || lint.Failed)
                    when: "'{{workflow.parameters.branch}}' =~ '^refs/heads/(main|release-.*)$'"
                    template: run
                    arguments: {parameters: [{name: what, value: '{{=tasks.lint.status == "Failed" ? "dirty" : "clean"}}'}]}
                  - {name: deploy, depends: push, template: run, when: '{{tasks.push.status}} == Failed', arguments: {parameters: [{name: what, value: deploy}]}}
                  - {name: rollback, depends: push.Failed || deploy.Failed, template: run, arguments: {parameters: [{name: what, value: rollback}]}}
              - name: run
                inputs: {parameters: [{name: what}]}
                container: {image: i, args: ['{{inputs.parameters.what}}']}
              - name: notify
                steps:
                - - {name: failed, template: run, when: '{{workflow.status}} != Succeeded', arguments: {parameters: [{name: what, value: '{{workflow.failures}}'}]}}
                  - {name: done, template: run, when: '{{workflow.status}} == Succeeded', arguments: {parameters: [{name: what, value: '{{workflow.name}} {{workflow.status}}'}]}}
            """, ("ci.lint", new LeafOutcome(NodePhase.Failed)));

        Assert.Equal(["main"], Inputs(state, "ci.checkout"));
        Assert.Equal(["linux/arm64"], Inputs(state, "ci.build(1:arch:arm64,os:linux)"));
        Assert.Equal(["dirty"], Inputs(state, "ci.push"));
        Assert.Equal(
            (NodePhase.Skipped, NodePhase.Omitted, WorkflowPhase.Succeeded, "ci Succeeded"),
            (state.Find("ci.deploy")!.Phase, state.Find("ci.rollback")!.Phase, state.Phase, Inputs(state, "ci.onExit[0].done")[0]));
        Assert.Equal(NodePhase.Skipped, state.Find("ci.onExit[0].failed")!.Phase);
    }

    [Fact]
    public void Expressions_AsPeopleWriteThem_AreWorkedOut()
    {
        var state = Run("""
            metadata: {name: ex, labels: {team: infra, 'app.kubernetes.io/name': x}}
            spec:
              entrypoint: main
              arguments:
                parameters:
                - {name: doc, value: '{"items": [{"name": "a", "n": 1}, {"name": "b", "n": 20}], "on": true}'}
                - {name: list, value: 'a,b,c'}
                - {name: num, value: 3}
                - {name: flag, value: true}
                - {name: quoted, value: 'say "hi" \ there'}
              templates:
              - name: main
                steps:
                - - name: a
                    template: t
                    arguments:
                      parameters:
                      - {name: p1, value: '{{=jsonpath(workflow.parameters.doc, "$.items[?(@.n > 10)].name")[0]}}'}
                      - {name: p2, value: '{{=toJson(map(fromJSON(workflow.parameters.doc).items, {.name}))}}'}
                      - {name: p3, value: '{{=sprig.splitList(",", workflow.parameters.list) | map(upper(#)) | join("-")}}'}
                      - {name: p4, value: '{{=asInt(workflow.parameters.num) * 2 + asFloat("0.5")}}'}
                      - {name: p5, value: '{{=workflow.parameters.flag == "true" ? "on" : "off"}}'}
                      - {name: p6, value: '{{workflow.parameters.quoted}}'}
                      - {name: p7, value: '{{=workflow.labels["app.kubernetes.io/name"] ?? "none"}} {{workflow.labels.team}}'}
                      - {name: p8, value: '{{=sprig.default("d", workflow.labels.missing ?? "")}}'}
                      - {name: p9, value: '{{=filter(1..5, # % 2 == 1)}}'}
                      - {name: p10, value: '{{=let x = asInt(workflow.parameters.num); x > 2 and x in [1, 3] and "abc" matches "^a" and not ("z" in ["y"])}}'}
                      - {name: p11, value: '{{=workflow.parameters.doc | fromJSON() | get("on")}}'}
                      - {name: p12, value: '{{=reduce(1..4, #acc + #)}} {{=string(5) + "!"}} {{=1 / 2}}'}
              - name: t
                inputs: {parameters: [{name: p1}, {name: p2}, {name: p3}, {name: p4}, {name: p5}, {name: p6}, {name: p7}, {name: p8}, {name: p9}, {name: p10}, {name: p11}, {name: p12}]}
                container: {image: i}
            """);

        Assert.Equal(
            [
                "b", """["a","b"]""", "A-B-C", "6.5", "on", """say "hi" \ there""", "x infra", "d", "[1,3,5]", "true", "true", "10 5! 0.5",
            ],
            Inputs(state, "ex[0].a"));
    }

    private static WorkflowState Run(string yaml, params (string Node, LeafOutcome Outcome)[] outcomes)
    {
        var manifest = Assert.Single(ManifestReader.Read("apiVersion: argoproj.io/v1alpha1\nkind: Workflow\n" + yaml)).Json;
        Assert.Empty(WorkflowValidator.Validate(manifest, new NoTemplates(), new()));
        var told = outcomes.ToDictionary(outcome => outcome.Node, outcome => outcome.Outcome);
        return new Simulator(node => told.GetValueOrDefault(node.Name) ?? LeafOutcome.Succeeds, resource => None.GetValueOrDefault(resource)).Run(manifest);
    }

    private static LeafOutcome Outputs(params (string Name, string Value)[] parameters) => new(NodePhase.Succeeded)
    {
        Outputs = new NodeOutputs { Parameters = [.. parameters.Select(parameter => new ParameterValue(parameter.Name, parameter.Value))] },
    };

    private static string[] Inputs(WorkflowState state, string node) => state.Find(node) is { } found
        ? [.. found.Inputs.Parameters.Select(parameter => parameter.Value)]
        : [string.Join("; ", state.Nodes.Select(each => $"{each.Name} {each.Phase} {each.Message}"))];

    private sealed class NoTemplates : ITemplateLookup
    {
        public JsonObject? FindTemplate(bool clusterScope, string @namespace, string name) => null;
    }
}
