using System.Text.Json.Nodes;
using Argosy.Engine.Validation;

namespace Argosy.Engine.Tests.Validation;

public sealed class TemplateRulesTests
{
    private const string Choices = "choose one of: container, containerSet, steps, script, resource, dag, suspend, template, template ref";

    [Theory]
    [InlineData("{name: main}", "templates.main template type unspecified. " + Choices)]
    [InlineData("{name: main, suspend: {}, container: {image: a}}", "templates.main multiple template types specified. " + Choices)]
    [InlineData("{name: main, container: {}}", "templates.main.container.image may not be empty")]
    [InlineData("{name: main, script: {source: a}}", "templates.main.script.image may not be empty")]
    [InlineData("{name: main, container: {image: a}, parallelism: 1}", "templates.main.parallelism is only valid for steps and dag templates")]
    [InlineData("{name: main, steps: [], activeDeadlineSeconds: 1}", "templates.main.activeDeadlineSeconds is only valid for leaf templates")]
    [InlineData("{name: main, container: {image: a}, activeDeadlineSeconds: x}", "templates.main.activeDeadlineSeconds must be a positive integer > 0 or an argo variable")]
    [InlineData("{name: main, steps: [], timeout: 1m}", "Steps template doesn't support timeout field")]
    [InlineData("{name: main, container: {image: a}, timeout: '10'}", "main has invalid duration format in timeout")]
    [InlineData("{name: main, container: {image: a}, retryStrategy: {retryPolicy: Often}}", "Often is not a valid RetryPolicy")]
    [InlineData("{name: main, container: {image: a}, initContainers: [{image: b}]}", "initContainers must all have container name")]
    [InlineData("{name: main, container: {image: a}, sidecars: [{name: wait, image: b}]}", "templates.main.sidecars[0].name 'wait' is reserved")]
    [InlineData("{name: main, container: {image: a, args: ['{{inputs.parameters.x}}']}}", "templates.main: failed to resolve {{inputs.parameters.x}}")]
    [InlineData("{name: main, container: {image: a, args: ['{{steps.x.outputs.result}}']}}", "templates.main: failed to resolve {{steps.x.outputs.result}}")]
    [InlineData("{name: main, container: {image: a, args: ['{{workflow.parameters.x}}']}}", "templates.main: failed to resolve {{workflow.parameters.x}}")]
    [InlineData("{name: main, container: {image: a, volumeMounts: [{name: a, mountPath: /a}, {name: b, mountPath: /a}]}}", "templates.main.container.volumeMounts[1].mountPath '/a' already mounted in container.volumeMounts.a")]
    [InlineData("{name: main, inputs: {artifacts: [{name: x, path: /a, raw: {data: b}}]}, container: {image: a, volumeMounts: [{name: a, mountPath: /a}]}}", "templates.main.inputs.artifacts[0].path '/a' already mounted in container.volumeMounts.a")]
    [InlineData("{name: main, inputs: {artifacts: [{name: x, git: {}}]}, suspend: {}}", "templates.main.inputs.artifacts.x.git.repo is required")]
    [InlineData("{name: main, inputs: {artifacts: [{name: x, path: /a, raw: {data: b}}]}, suspend: {}}", "templates.main.inputs.artifacts.x.path only valid in container/script templates")]
    [InlineData("{name: main, outputs: {artifacts: [{name: x}]}, container: {image: a}}", "error in templates.main.outputs.artifacts.x: Artifact 'x' did not specify a path")]
    [InlineData("{name: main, outputs: {parameters: [{name: x}]}, container: {image: a}}", "templates.main.outputs.parameters.x does not have valueFrom or value specified")]
    [InlineData("{name: main, outputs: {parameters: [{name: x, valueFrom: {default: a}}]}, container: {image: a}}", "valueFrom type unspecified. choose one of: path, jqFilter, jsonPath, parameter, raw, expression")]
    [InlineData("{name: main, outputs: {parameters: [{name: x, valueFrom: {path: /a, jsonPath: b}}]}, container: {image: a}}", "multiple valueFrom types specified. choose one of: path, jqFilter, jsonPath, parameter, raw")]
    [InlineData("{name: main, outputs: {parameters: [{name: x, valueFrom: {jsonPath: b}}]}, container: {image: a}}", "templates.main.outputs.parameters.x.path must be specified for Container templates")]
    [InlineData("{name: main, outputs: {parameters: [{name: x, globalName: a b, valueFrom: {path: /b}}]}, container: {image: a}}", "templates.main.outputs.parameters.x.globalName: Parameter/Artifact name must consist of alpha-numeric characters, '_' or '-' e.g. my_param_1, MY-PARAM-1")]
    [InlineData("{name: main, resource: {action: look, manifest: 'a: b'}}", "templates.main.resource.action must be one of: get, create, apply, delete, replace, patch")]
    [InlineData("{name: main, resource: {action: create}}", "either templates.main.resource.manifest or templates.main.resource.manifestFrom must be specified")]
    [InlineData("{name: main, resource: {action: create, manifest: 'a: b: c'}}", "templates.main.resource.manifest must be a valid yaml")]
    [InlineData("{name: main, resource: {action: create, manifestFrom: {artifact: {name: x}}}}", "artifact x in `manifestFrom` refer to a non-exist artifact")]
    [InlineData("{name: main, containerSet: {containers: []}}", "templates.main.containerSet.containers must have at least one container")]
    [InlineData("{name: main, containerSet: {containers: [{name: a, image: a, dependencies: [b]}]}}", "templates.main.containerSet.containers.a dependency 'b' not defined")]
    [InlineData("{name: main, containerSet: {containers: [{name: a, image: a, dependencies: [a]}]}}", "templates.main.containerSet.containers dependency cycle detected: a->a")]
    [InlineData("{name: main, containerSet: {containers: [{name: a, image: a}]}, outputs: {parameters: [{name: x, valueFrom: {path: /a}}]}}", "templates.main.containerSet.containers must have a container named \"main\" for input or output")]
    [InlineData("{name: main, container: {image: a}, metrics: {prometheus: [{name: a-b, help: c, counter: {value: '1'}}]}}", "templates.main metric name 'a-b' is invalid. Metric names must contain alphanumeric characters or '_'")]
    [InlineData("{name: main, container: {image: a}, metrics: {prometheus: [{name: a, counter: {value: '1'}}]}}", "templates.main metric 'a' must contain a help string under 'help: ' field")]
    [InlineData("{name: main, container: {image: a}, metrics: {prometheus: [{name: a, help: b, gauge: {}}]}}", "templates.main metric 'a' error: missing gauge.value")]
    public void BrokenTemplate_Validate_SaysSoInArgosWords(string template, string message) =>
        Assert.Equal([message], Check.Templates("- " + template).Select(error => error[(error.IndexOf(": ", StringComparison.Ordinal) + 2)..]));

    [Theory]
    [InlineData("{name: main, container: {image: a, args: ['{{foo}}', '{{item}}', '{{=inputs.parameters.x}}', '{{pod.name}} {{workflow.name}} {{node.name}}']}}")]
    [InlineData("{name: main, container: {image: a, args: ['{{workflow.creationTimestamp.Y}} {{workflow.duration}} {{outputs.parameters.x.path}}']}}")]
    [InlineData("{name: main, inputs: {parameters: [{name: a, value: b}]}, container: {image: a, args: ['{{inputs.parameters.{{foo}}}} {{ inputs.parameters.a }}']}}")]
    [InlineData("{name: main, container: {image: a}, activeDeadlineSeconds: '{{workflow.priority}}', podSpecPatch: a}", "workflow.priority")]
    [InlineData("{name: main, resource: {action: patch, manifest: '[{op: add, value: {{=1+1}}}]'}}")]
    [InlineData("{name: main, resource: {action: get}}")]
    [InlineData("{name: main, plugin: {a: {}}}")]
    public void SoundTemplate_Validate_IsAccepted(string template, string? unknown = null) =>
        Assert.Equal(unknown == null ? [] : [$"spec.templates[0].activeDeadlineSeconds: templates.main: failed to resolve {{{{{unknown}}}}}"], Check.Templates("- " + template));

    [Fact]
    public void DefaultImage_Validate_ServesTemplatesWithoutOne() => Assert.Empty(Check.Spec(
        "entrypoint: main\ntemplateDefaults: {container: {image: a}}\ntemplates: [{name: main, container: {args: [a]}}]"));

    [Theory]
    [InlineData("{template: leaf}", "templates.main.steps[0].name is required")]
    [InlineData("{name: a, template: gone}", "templates.main.steps[0].a template name 'gone' undefined")]
    [InlineData("{name: a, templateRef: {name: t, template: x}}", "templates.main.steps[0].a template reference t.x not found")]
    [InlineData("{name: a, template: leaf, templateRef: {name: t, template: x}}", "templates.main.steps[0].a template name cannot be specified with templateRef")]
    [InlineData("{name: a, template: taker}", "templates.main.steps[0].a templates.taker inputs.parameters.p was not supplied")]
    [InlineData("{name: a, template: taker, arguments: {parameters: [{name: p}]}}", "templates.main.steps[0].a.arguments.p.value or templates.main.steps[0].a.arguments.p.valueFrom is required", "templates.main.steps[0].a templates.taker inputs.parameters.p was not supplied")]
    [InlineData("{name: a, template: taker, arguments: {parameters: [{name: p, value: '{{steps.b.outputs.result}}'}]}}", "templates.main.steps failed to resolve {{steps.b.outputs.result}}")]
    [InlineData("{name: a, template: taker, arguments: {parameters: [{name: p, value: '{{item.x}}'}]}, withItems: [{y: 1}]}", "templates.main.steps failed to resolve {{item.x}}")]
    [InlineData("{name: a, template: leaf, withItems: [1], withParam: '[]'}", "templates.main.steps[0].a only one of withItems, withParam, withSequence can be specified")]
    [InlineData("{name: a, template: leaf, withSequence: {count: 1, end: 2}}", "templates.main.steps[0].a only one of count or end can be defined in withSequence")]
    [InlineData("{name: a, template: leaf, withParam: 'a'}", "templates.main.steps[0].a withParam value could not be parsed as a JSON list: a")]
    [InlineData("{name: a, template: leaf, hooks: {b: {template: leaf}}}", "templates.main.steps[0].a.b Expression required")]
    [InlineData("{name: a, inline: {container: {}}}", "templates..container.image may not be empty")]
    public void BrokenStep_Validate_SaysSoInArgosWords(string step, params string[] messages) =>
        Assert.Equal(messages, Messages($"- {{name: main, steps: [[{step}]]}}\n- {{name: taker, inputs: {{parameters: [{{name: p}}]}}, container: {{image: a}}}}"));

    [Fact]
    public void Steps_Validate_SeeWhatCameBefore() => Assert.Empty(Check.Templates("""
        - name: main
          inputs: {parameters: [{name: p, value: a}]}
          outputs: {parameters: [{name: o, valueFrom: {parameter: '{{steps.last.outputs.parameters.o}}'}}]}
          steps:
          - - {name: a, template: giver}
          - - {name: b, template: taker, arguments: {parameters: [{name: p, value: '{{steps.a.outputs.parameters.o}} {{inputs.parameters.p}}'}]}, when: '{{steps.a.status}} == Succeeded'}
            - {name: c, template: taker, arguments: {parameters: [{name: p, value: '{{item.x}}'}]}, withParam: '{{steps.a.outputs.result}}'}
            - name: d
              inline: {container: {image: a, args: ['{{steps.a.outputs.result}}', '{{inputs.parameters.p}}']}}
          - - {name: last, template: giver, arguments: {parameters: [{name: all, value: '{{steps.c.outputs.parameters}}'}]}}
        - {name: giver, outputs: {parameters: [{name: o, globalName: g, valueFrom: {path: /o}}]}, container: {image: a, args: ['{{workflow.outputs.parameters.g}}']}}
        - {name: taker, inputs: {parameters: [{name: p}]}, container: {image: a}}
        """));

    [Theory]
    [InlineData("[]", "templates.main must have at least one task")]
    [InlineData("[{name: a, template: leaf}, {name: a, template: leaf}]", "templates.main.tasks[1].name 'a' is not unique")]
    [InlineData("[{name: a, template: leaf, dependencies: [b]}]", "templates.main.tasks.a dependency 'b' not defined")]
    [InlineData("[{name: a, template: leaf, depends: 'b.Succeeded || c'}, {name: c, template: leaf}]", "templates.main.tasks.a dependency 'b' not defined")]
    [InlineData("[{name: a, template: leaf, dependencies: [b]}, {name: b, template: leaf, dependencies: [a]}]", "templates.main.tasks dependency cycle detected: a->b->a")]
    [InlineData("[{name: a, template: leaf}, {name: b, template: leaf, depends: a.Great}]", "templates.main.tasks.b task result 'Great' for task 'a' is invalid")]
    [InlineData("[{name: a, template: leaf}, {name: b, template: leaf, depends: a.AllFailed}]", "templates.main.tasks.b dependency 'a' uses an items-based condition such as .AnySucceeded or .AllFailed but does not contain any items")]
    [InlineData("[{name: 1a, template: leaf}, {name: b, template: leaf, depends: 1a}]", "templates.main.tasks.1a name cannot begin with a digit when using either 'depends' or 'dependencies'")]
    [InlineData("[{name: a, template: leaf, depends: ''}, {name: b, template: leaf, depends: a}, {name: c, template: leaf, dependencies: [a]}]", "templates.main cannot use both 'depends' and 'dependencies' in the same DAG template")]
    [InlineData("[{name: a, template: leaf}, {name: b, template: leaf, depends: a, continueOn: {failed: true}}]", "templates.main cannot use 'continueOn' when using 'depends'. Instead use 'dep-task.Failed'/'dep-task.Errored'")]
    [InlineData("[{name: a, template: leaf}, {name: b, template: taker, arguments: {parameters: [{name: p, value: '{{tasks.a.outputs.result}}'}]}}]", "templates.main.tasks.b missing dependency 'a' for parameter 'p'")]
    [InlineData("[{name: a, template: leaf}, {name: b, template: leaf, when: '{{tasks.a.status}}'}]", "templates.main.tasks.b failed to resolve {{tasks.a.status}}")]
    [InlineData("[{name: a, template: leaf}], target: b", "templates.main.targets: target 'b' is not defined")]
    public void BrokenDag_Validate_SaysSoInArgosWords(string tasks, string message) =>
        Assert.Equal([message], Messages($"- {{name: main, dag: {{tasks: {tasks}}}}}\n- {{name: taker, inputs: {{parameters: [{{name: p}}]}}, container: {{image: a}}}}"));

    [Fact]
    public void ReferencedTemplate_Validate_IsLookedAtWhereItIs()
    {
        const string Template = "kind: ClusterWorkflowTemplate\nmetadata: {name: t}\nspec: {templates: [{name: x, steps: [[{name: a, template: inner}]]}, {name: inner, container: {}}]}";
        const string Step = "- {name: main, steps: [[{name: a, templateRef: {name: t, template: x, clusterScope: true}}]]}";

        Assert.Equal(
            ["spec.templates[0].steps[0][0].templateRef.steps[0][0].template.container.image: templates.inner.container.image may not be empty"],
            Check.Templates(Step, null, Template));
        Assert.Empty(Check.Templates(Step, new() { Offline = true }));
    }

    [Fact]
    public void TemplatesThatCallThemselves_Validate_EndsAndAccepts() => Assert.Empty(Check.Templates("""
        - {name: main, steps: [[{name: a, template: other}, {name: b, template: main}]]}
        - {name: other, dag: {tasks: [{name: a, template: main}, {name: b, template: other, depends: a}]}}
        """));

    [Fact]
    public void HundredThousandTasksInAChain_Validate_Ends()
    {
        var tasks = new JsonArray();
        for (var i = 0; i < 100_000; i++)
        {
            tasks.Add(new JsonObject
            {
                ["name"] = $"t{i}",
                ["template"] = "leaf",
                ["dependencies"] = i == 0 ? [] : new JsonArray($"t{i - 1}"),
                ["arguments"] = new JsonObject { ["parameters"] = new JsonArray(new JsonObject { ["name"] = "p", ["value"] = i == 0 ? "a" : $"{{{{tasks.t{i - 1}.outputs.result}}}}" }) },
            });
        }

        var manifest = new JsonObject
        {
            ["kind"] = "Workflow",
            ["metadata"] = new JsonObject { ["name"] = "w" },
            ["spec"] = new JsonObject
            {
                ["entrypoint"] = "main",
                ["templates"] = new JsonArray(
                    new JsonObject { ["name"] = "main", ["dag"] = new JsonObject { ["tasks"] = tasks } },
                    new JsonObject { ["name"] = "leaf", ["container"] = new JsonObject { ["image"] = "a" } }),
            },
        };

        Assert.Empty(WorkflowValidator.Validate(manifest, new Nothing(), new()));
    }

    private static IEnumerable<string> Messages(string templates) =>
        Check.Templates(templates).Select(error => error[(error.IndexOf(": ", StringComparison.Ordinal) + 2)..]);

    private sealed class Nothing : ITemplateLookup
    {
        public JsonObject? FindTemplate(bool clusterScope, string @namespace, string name) => null;
    }
}
