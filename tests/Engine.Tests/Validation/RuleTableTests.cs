namespace Argosy.Engine.Tests.Validation;

/// <summary>A row for each rule that no other test here breaks: what is wrong, and Argo's words for it.</summary>
public sealed class RuleTableTests
{
    private const string Pod = "container: {image: a}";

    [Theory]
    [InlineData("{name: main, inputs: {artifacts: [{name: x, path: /a, from: b, raw: {data: c}}]}, " + Pod + "}", "templates.main.inputs.artifacts.x.from not valid in inputs")]
    [InlineData("{name: main, inputs: {artifacts: [{name: x, path: /a, fromExpression: b, raw: {data: c}}]}, " + Pod + "}", "templates.main.inputs.artifacts.x.fromExpression not valid in inputs")]
    [InlineData("{name: main, inputs: {artifacts: [{name: x, raw: {data: c}}]}, " + Pod + "}", "error in templates.main.inputs.artifacts.x: Artifact 'x' did not specify a path")]
    [InlineData("{name: main, inputs: {artifacts: [{name: x, path: /a/../b, raw: {data: c}}]}, " + Pod + "}", "error in templates.main.inputs.artifacts.x: Artifact 'x' attempted to use a path containing '..'")]
    [InlineData("{name: main, outputs: {artifacts: [{name: x}]}, " + Pod + "}", "error in templates.main.outputs.artifacts.x: Artifact 'x' did not specify a path")]
    [InlineData("{name: main, outputs: {artifacts: [{name: x, path: /a/..}]}, " + Pod + "}", "error in templates.main.outputs.artifacts.x: Artifact 'x' attempted to use a path containing '..'")]
    [InlineData("{name: main, outputs: {artifacts: [{name: x, path: /a, globalName: a b}]}, " + Pod + "}", "templates.main.outputs.artifacts.x.globalName: Parameter/Artifact name must consist of alpha-numeric characters, '_' or '-' e.g. my_param_1, MY-PARAM-1")]
    [InlineData("{name: main, inputs: {artifacts: [{name: x, path: /a, hdfs: {}}]}, " + Pod + "}", "templates.main.inputs.artifacts.x.hdfs.path is required")]
    [InlineData("{name: main, archiveLocation: {git: {}}, " + Pod + "}", "templates.main.archiveLocation.git.repo is required")]
    [InlineData("{name: main, inputs: {parameters: [{name: p, value: a}, {name: p, value: b}]}, " + Pod + "}", "templates.main.inputs.parameters[1].name 'p' is not unique")]
    [InlineData("{name: main, inputs: {parameters: [{value: a}]}, " + Pod + "}", "templates.main.inputs.parameters[0].name is required")]
    [InlineData("{name: main, outputs: {parameters: [{name: p, value: a, valueFrom: {path: /a}}]}, " + Pod + "}", "templates.main.outputs.parameters.p has both valueFrom and value specified, choose one")]
    [InlineData("{name: main, outputs: {parameters: [{name: p}]}, " + Pod + "}", "templates.main.outputs.parameters.p does not have valueFrom or value specified")]
    [InlineData("{name: main, outputs: {parameters: [{name: p, valueFrom: {path: /a, jsonPath: b}}]}, " + Pod + "}", "multiple valueFrom types specified. choose one of: path, jqFilter, jsonPath, parameter, raw")]
    [InlineData("{name: main, outputs: {parameters: [{name: p, valueFrom: {default: a}}]}, " + Pod + "}", "valueFrom type unspecified. choose one of: path, jqFilter, jsonPath, parameter, raw, expression")]
    [InlineData("{name: main, outputs: {parameters: [{name: p, valueFrom: {path: /a}}]}, resource: {action: get}}", "templates.main.outputs.parameters.p .jqFilter or jsonPath must be specified for Resource templates")]
    [InlineData("{name: main, outputs: {parameters: [{name: p, valueFrom: {path: /a}}]}, steps: []}", "templates.main.outputs.parameters.p.parameter or expression must be specified for Steps templates")]
    [InlineData("{name: main, outputs: {artifacts: [{name: x, path: /a}]}, steps: []}", "templates.main.outputs.artifacts.x.path only valid in container/script templates")]
    [InlineData("{name: main, outputs: {parameters: [{name: p, valueFrom: {parameter: '{{steps.a.outputs.result}}'}}]}, steps: []}", "templates.main.outputs failed to resolve {{steps.a.outputs.result}}")]
    [InlineData("{name: main, resource: {action: create, manifest: 'a: b', manifestFrom: {artifact: {name: x}}}, inputs: {artifacts: [{name: x, path: /a, raw: {data: b}}]}}", "shouldn't have both `manifest` and `manifestFrom` specified in `Manifest` for resource template")]
    [InlineData("{name: main, plugin: {}}", "expected exactly one key")]
    [InlineData("{name: main, plugin: {a: {}, b: {}}}", "expected exactly one key")]
    [InlineData("{name: main, containerSet: {containers: [{name: main}]}}", "templates.main.containerSet.containers[0].image may not be empty")]
    [InlineData("{name: main, containerSet: {containers: [{name: wait, image: a}]}}", "templates.main.containerSet.containers[0].name 'wait' is reserved")]
    [InlineData("{name: main, containerSet: {containers: [{name: main, image: a}, {name: main, image: a}]}}", "templates.main.containerSet.containers[1].name 'main' is not unique")]
    [InlineData("{name: main, containerSet: {volumeMounts: [{name: a, mountPath: /a}, {name: b, mountPath: /a}], containers: [{name: main, image: a}]}}", "templates.main.containerSet.volumeMounts[1].mountPath '/a' already mounted in volumeMounts.a")]
    [InlineData("{name: main, containerSet: {containers: [{name: a, image: a, dependencies: [b]}, {name: b, image: a, dependencies: [a]}]}}", "templates.main.containerSet.containers dependency cycle detected: a->b->a")]
    [InlineData("{name: main, initContainers: [{name: init, image: a}], " + Pod + "}", "templates.main.initContainers[0].name 'init' is reserved")]
    [InlineData("{name: main, sidecars: [{name: artifact-plugin-x, image: a}], " + Pod + "}", "templates.main.sidecars[0].name 'artifact-plugin-x' is reserved")]
    [InlineData("{name: main, metrics: {prometheus: [{name: m, help: h, labels: [{key: a-b, value: c}], counter: {value: '1'}}]}, " + Pod + "}", "metric label 'a-b' is invalid: keys may only contain alphanumeric characters or '_'")]
    [InlineData("{name: main, metrics: {prometheus: [{name: m, help: h, gauge: {realtime: true, value: '{{resourcesDuration.cpu}}'}}]}, " + Pod + "}", "templates.main metric 'm' error: 'resourcesDuration.*' metrics cannot be used in real-time gauges")]
    [InlineData("{name: main, steps: [{name: a, template: leaf}]}", "templates.main.steps[0] must be a list of steps")]
    [InlineData("{name: main, steps: [[{name: a b, template: leaf}]]}", "templates.main.steps[0].name 'a b' is invalid: name must consist of alpha-numeric characters or '-', and must start with an alpha-numeric character (e.g. My-name1-2, 123-NAME)")]
    [InlineData("{name: main, steps: [[{name: a, template: leaf}, {name: a, template: leaf}]]}", "templates.main.steps[0].name 'a' is not unique")]
    [InlineData("{name: main, steps: [[{name: a, templateRef: {template: x}}]]}", "templates.main.steps[0].a resource name is required")]
    [InlineData("{name: main, steps: [[{name: a, templateRef: {name: x}}]]}", "templates.main.steps[0].a template name is required")]
    [InlineData("{name: main, steps: [[{name: a, template: taker}]]}", "templates.main.steps[0].a templates.taker inputs.artifacts.x was not supplied")]
    [InlineData("{name: main, steps: [[{name: a, template: taker, arguments: {artifacts: [{name: x}]}}]]}", "templates.main.steps[0].a.arguments.x.from, artifact location, or key is required")]
    [InlineData("{name: main, steps: [[{name: a, template: taker, arguments: {artifacts: [{name: x, from: a, fromExpression: b}]}}]]}", "templates.main.steps[0].a.arguments.x shouldn't have both `from` and `fromExpression` in Artifact")]
    [InlineData("{name: main, steps: [[{name: a, template: leaf, arguments: {parameters: [{name: p, valueFrom: {expression: b}}]}}]]}", "templates.main.steps[0].a.arguments.p.valueFrom only allows: default, configMapKeyRef and supplied")]
    [InlineData("{name: main, dag: {tasks: [{template: leaf}]}}", "templates.main.tasks[0].name is required")]
    [InlineData("{name: main, dag: {tasks: [{name: a, template: gone}]}}", "templates.main.tasks.a template name 'gone' undefined")]
    [InlineData("{name: main, dag: {tasks: [{name: a, template: leaf, depends: a}]}}", "templates.main.tasks dependency cycle detected: a->a")]
    [InlineData("{name: main, dag: {tasks: [{name: a, template: leaf, withItems: [1], withSequence: {count: 1}}]}}", "templates.main.tasks.a only one of withItems, withParam, withSequence can be specified")]
    [InlineData("{name: main, dag: {tasks: [{name: a, template: leaf, hooks: {h: {template: leaf}}}]}}", "templates.main.tasks.a.h Expression required")]
    [InlineData("{name: main, dag: {tasks: [{name: a, template: leaf}, {name: b, template: taker, arguments: {artifacts: [{name: x, from: '{{tasks.a.outputs.artifacts.o}}'}]}}]}}", "templates.main.tasks.b failed to resolve {{tasks.a.outputs.artifacts.o}}", "templates.main.tasks.b missing dependency 'a' for artifact 'x'")]
    [InlineData("{name: main, dag: {tasks: [{name: a, template: leaf, when: '{{steps.x.status}}'}]}}", "templates.main.tasks.a failed to resolve {{steps.x.status}}")]
    [InlineData("{name: main, dag: {tasks: [{name: a, template: leaf}]}, activeDeadlineSeconds: 5}", "templates.main.activeDeadlineSeconds is only valid for leaf templates")]
    [InlineData("{name: main, dag: {tasks: [{name: a, template: leaf}]}, timeout: 5m}", "DAG template doesn't support timeout field")]
    [InlineData("{name: main, automountServiceAccountToken: false, " + Pod + "}", "templates.main.executor.serviceAccountName must not be empty if automountServiceAccountToken is false")]
    public void BrokenTemplate_Validate_SaysSoInArgosWords(string template, params string[] messages) => Assert.Equal(
        messages,
        Check.Templates($"- {template}\n- {{name: taker, inputs: {{artifacts: [{{name: x, path: /x}}]}}, {Pod}}}")
            .Select(error => error[(error.IndexOf(": ", StringComparison.Ordinal) + 2)..]));

    [Theory]
    [InlineData("{name: main, automountServiceAccountToken: false, executor: {serviceAccountName: s}, " + Pod + "}")]
    [InlineData("{name: main, automountServiceAccountToken: true, " + Pod + "}")]
    [InlineData("{name: main, steps: [[{name: a, template: leaf, when: '{{= nothing.at.all }}'}]]}")]
    [InlineData("{name: main, dag: {tasks: [{name: 1a, template: leaf}]}}")]
    [InlineData("{name: main, dag: {tasks: [{name: a, template: leaf, depends: ''}], target: '{{workflow.name}} a'}}")]
    [InlineData("{name: main, steps: [[{name: a, template: leaf, withParam: '[1, 2]'}, {name: b, template: leaf, withSequence: {count: 3}}]]}")]
    [InlineData("{name: main, steps: [[{name: a, template: '{{workflow.name}}'}]]}")]
    [InlineData("{name: main, suspend: {}, outputs: {parameters: [{name: p, valueFrom: {supplied: {}, default: a}}]}}")]
    [InlineData("{name: main, resource: {action: get}, outputs: {parameters: [{name: p, valueFrom: {jqFilter: .a}}, {name: q, valueFrom: {jsonPath: '{.a}'}}]}}")]
    public void UnusualTemplate_Validate_IsAccepted(string template) => Assert.Empty(Check.Templates("- " + template));

    [Theory]
    [InlineData("podGC: {labelSelector: {matchExpressions: [{key: a, operator: In}]}}", "podGC.labelSelector invalid: for 'in', 'notin' operators, values set can't be empty")]
    [InlineData("podGC: {labelSelector: {matchExpressions: [{key: a, operator: Exists, values: [b]}]}}", "podGC.labelSelector invalid: values set must be empty for exists and does not exist")]
    [InlineData("podGC: {labelSelector: {matchExpressions: [{key: a, operator: Like, values: [b]}]}}", "podGC.labelSelector invalid: \"Like\" is not a valid label selector operator")]
    [InlineData("workflowTemplateRef: {}", "resource name is required")]
    [InlineData("workflowTemplateRef: {name: gone, clusterScope: true}", "clusterworkflowtemplates.argoproj.io \"gone\" not found")]
    public void BrokenSpec_Validate_SaysSoInArgosWords(string field, string message)
    {
        var templates = field.StartsWith("workflowTemplateRef", StringComparison.Ordinal) ? "" : "\ntemplates: [{name: main, container: {image: a}}]";

        Assert.Equal([message], Check.Spec($"entrypoint: main\n{field}{templates}").Select(error => error.Message));
    }

    [Fact]
    public void WorkflowWithoutToken_Validate_NeedsAnAccountForItsExecutor() => Assert.Equal(
        ["templates.main.executor.serviceAccountName must not be empty if automountServiceAccountToken is false"],
        Check.Spec("entrypoint: main\nautomountServiceAccountToken: false\ntemplates: [{name: main, container: {image: a}}]").Select(error => error.Message));

    [Fact]
    public void LongName_Validate_IsRefused() => Assert.Equal(
        [$"spec.templates[1].name: '{new string('a', 129)}' is invalid: must be no more than 128 characters"],
        Check.Spec($"entrypoint: main\ntemplates: [{{name: main, container: {{image: a}}}}, {{name: {new string('a', 129)}, container: {{image: a}}}}]").Select(error => error.Message));

    [Theory]
    [InlineData("''", "empty spec string")]
    [InlineData("'@every x'", "failed to parse duration @every x: invalid duration \"x\"")]
    [InlineData("'1/2/3 * * * *'", "too many slashes: 1/2/3")]
    [InlineData("'1-2-3 * * * *'", "too many hyphens: 1-2-3")]
    [InlineData("'*/0 * * * *'", "step of range should be a positive number: */0")]
    [InlineData("'* * 0 * *'", "beginning of range (0) below minimum (1): 0")]
    [InlineData("'5-3 * * * *'", "beginning of range (5) beyond end of range (3): 5-3")]
    [InlineData("'TZ=UTC'", "empty spec string")]
    public void BrokenSchedule_Validate_SaysSoInArgosWords(string schedule, string why)
    {
        var error = Assert.Single(Check.Manifest(
            $"kind: CronWorkflow\nmetadata: {{name: c}}\nspec: {{schedules: [{schedule}], workflowSpec: {{entrypoint: main, templates: [{{name: main, container: {{image: a}}}}]}}}}"));

        Assert.Equal($"cron schedule {schedule.Trim('\'')} is malformed: {why}", error.Message);
    }
}
