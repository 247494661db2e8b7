using Argosy.Engine.Validation;

namespace Argosy.Engine.Tests.Validation;

public sealed class SpecRulesTests
{
    private const string Leaf = "templates: [{name: main, container: {image: a}}]";

    [Fact]
    public void NothingGiven_Validate_SaysWhatIsMissing()
    {
        Assert.Equal(["spec is required"], Check.Manifest("kind: Workflow\nmetadata: {name: w}").Select(error => error.Message));
        Assert.Equal(["spec.entrypoint is required"], Check.Spec(Leaf).Select(error => error.Message));
        Assert.Equal(["template name 'x' undefined"], Check.Spec($"entrypoint: x\n{Leaf}").Select(error => error.Message));
    }

    [Fact]
    public void SeveralMistakes_Validate_AreAllReportedWithTheirPaths() => Assert.Equal(
        [
            ("spec.templates[1].name", "spec.templates[1].name: 'a b' is invalid: name must consist of alpha-numeric characters or '-', and must start with an alpha-numeric character (e.g. My-name1-2, 123-NAME)"),
            ("spec.templates[2].name", "spec.templates[2].name 'main' is not unique"),
            ("spec.templates[3].name", "spec.templates[3].name is required"),
            ("spec.arguments.parameters[0]", "spec.arguments.p.value or spec.arguments.p.valueFrom is required"),
            ("spec.onExit", "template name 'gone' undefined"),
            ("spec.hooks.running", "hooks.running Expression required"),
            ("spec.podGC.strategy", "podGC.strategy unknown strategy 'Never'"),
        ],
        Check.Spec("""
            entrypoint: main
            onExit: gone
            hooks: {running: {template: main}, exit: {template: main}}
            podGC: {strategy: Never}
            arguments: {parameters: [{name: p}]}
            templates:
            - {name: main, container: {image: a}}
            - {name: a b, container: {image: a}}
            - {name: main, container: {image: a}}
            - {container: {image: a}}
            """).Select(error => (error.Path, error.Message)));

    [Theory]
    [InlineData("{name: p, value: c, enum: [a, b]}", "spec.arguments.p.value should be present in spec.arguments.p.enum list")]
    [InlineData("{name: p, value: c, enum: []}", "spec.arguments.p.enum should contain at least one value")]
    [InlineData("{name: p, value: 1, enum: [1, 2]}", null)]
    [InlineData("{name: p, valueFrom: {path: /a}}", "spec.arguments.p.valueFrom only allows: default, configMapKeyRef and supplied")]
    [InlineData("{name: p, valueFrom: {configMapKeyRef: {name: a, key: b}, default: c}}", null)]
    [InlineData("{name: p q, value: a}", "spec.arguments.parameters[0].name: 'p q' is invalid: Parameter/Artifact name must consist of alpha-numeric characters, '_' or '-' e.g. my_param_1, MY-PARAM-1")]
    public void Argument_Validate_AnswersAsArgo(string parameter, string? message)
    {
        var errors = Check.Spec($"entrypoint: main\narguments: {{parameters: [{parameter}]}}\n{Leaf}");

        Assert.Equal(message == null ? [] : [message], errors.Select(error => error.Message));
    }

    [Fact]
    public void ArgumentWithoutValue_Lint_IsLeftToTheSubmission() => Assert.Empty(Check.Spec(
        "entrypoint: main\narguments: {parameters: [{name: p}]}\n"
        + "templates: [{name: main, inputs: {parameters: [{name: p}]}, container: {image: a, args: ['{{workflow.parameters.p}}']}}]",
        new ValidationOptions { Lint = true }));

    [Fact]
    public void EntrypointWithoutItsInput_Validate_IsRefused() => Assert.Equal(
        ["templates.main inputs.parameters.p was not supplied"],
        Check.Spec("entrypoint: main\ntemplates: [{name: main, inputs: {parameters: [{name: p}]}, container: {image: a}}]").Select(error => error.Message));

    [Theory]
    [InlineData("Workflow", 63, "workflow name")]
    [InlineData("WorkflowTemplate", 63, "workflow template name")]
    [InlineData("ClusterWorkflowTemplate", 63, "cluster workflow template name")]
    [InlineData("CronWorkflow", 52, "cron workflow name")]
    public void Name_Validate_HasItsLimit(string kind, int longest, string shown)
    {
        var name = new string('a', longest + 1);
        var errors = Check.Manifest($"kind: {kind}\nmetadata: {{name: {name}}}\nspec: {{entrypoint: main, {Leaf}, schedules: [@daily], workflowSpec: {{entrypoint: main, {Leaf}}}}}");

        Assert.Equal([$"{shown} \"{name}\" must not be more than {longest} characters long (currently {longest + 1})"], errors.Select(error => error.Message));
    }

    [Theory]
    [InlineData("{}", "name or generateName is required")]
    [InlineData("{generateName: a-}", null)]
    [InlineData("{name: a.b-c}", null)]
    [InlineData("{name: A}", "Invalid value: \"A\"")]
    [InlineData("{generateName: A-}", "Invalid value: \"A-\"")]
    public void Metadata_ValidateForCreation_NeedsAName(string metadata, string? message)
    {
        var errors = Check.Manifest($"kind: Workflow\nmetadata: {metadata}\nspec: {{entrypoint: main, {Leaf}}}", new() { RequireName = true });

        Assert.Equal(message == null ? 0 : 1, errors.Count);
        Assert.All(errors, error => Assert.StartsWith(message!, error.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void WorkflowTemplateRef_Validate_TakesTheTemplatesSpec()
    {
        const string Template =
            "kind: WorkflowTemplate\nmetadata: {name: t}\nspec: {entrypoint: main, arguments: {parameters: [{name: p}]}, "
            + "templates: [{name: main, container: {image: a, args: ['{{workflow.parameters.p}}']}}]}";

        Assert.Empty(Check.Spec("workflowTemplateRef: {name: t}\narguments: {parameters: [{name: p, value: a}]}", null, Template));
        Assert.Equal(
            ["spec.arguments.p.value or spec.arguments.p.valueFrom is required"],
            Check.Spec("workflowTemplateRef: {name: t}", null, Template).Select(error => error.Message));
        Assert.Equal(
            ["template reference t.x not found"],
            Check.Spec("workflowTemplateRef: {name: t}\nentrypoint: x\narguments: {parameters: [{name: p, value: a}]}", null, Template).Select(error => error.Message));
        Assert.Equal(
            ["workflowtemplates.argoproj.io \"gone\" not found"],
            Check.Spec("workflowTemplateRef: {name: gone}").Select(error => error.Message));
        Assert.Empty(Check.Spec("workflowTemplateRef: {name: gone}", new() { Offline = true }));
        Assert.Equal(
            ["Templates is invalid field in spec if workflow referred WorkflowTemplate reference"],
            Check.Spec($"workflowTemplateRef: {{name: t}}\n{Leaf}", new() { Offline = true }).Select(error => error.Message));
    }

    [Fact]
    public void WorkflowTemplate_Validate_NeedsNoEntrypointAndMayUseParametersOfItsWorkflow() => Assert.Empty(Check.Manifest(
        "kind: WorkflowTemplate\nmetadata: {name: t}\nspec: {templates: [{name: a, container: {image: a, args: ['{{workflow.parameters.p}}']}}]}"));

    [Theory]
    [InlineData("clusterSelector: 'gpu=true,zone in (a, b),!slow,disk!=hdd,arch'", false)]
    [InlineData("clusterSelector: 'gpu=={{inputs.parameters.gpu}}'", false)]
    [InlineData("clusterSelector: {matchLabels: {gpu: 'true'}, matchExpressions: [{key: a, operator: Exists}]}", false)]
    [InlineData("clusterSelector: 'gpu=='", false)]
    [InlineData("clusterSelector: 'gpu true'", true)]
    [InlineData("clusterSelector: 'gpu in a'", true)]
    [InlineData("clusterSelector: {matchExpressions: [{key: a, operator: Like, values: [b]}]}", true)]
    [InlineData("clusterSelector: {matchExpressions: [{key: a, operator: In}]}", true)]
    public void ClusterSelector_Validate_MustBeReadable(string placement, bool refused) =>
        Assert.Equal(refused ? ["spec.placement.clusterSelector"] : [], Check.Spec($"entrypoint: main\nplacement: {{{placement}}}\n{Leaf}").Select(error => error.Path));

    [Fact]
    public void ClusterSelectorAnnotation_Validate_MustBeReadable() => Assert.Equal(
        ["spec.templates[0].annotations.argosy.io/cluster-selector", "spec.templates[0].metadata.annotations.argosy.io/cluster-selector"],
        Check.Spec(
            "entrypoint: main\ntemplates: [{name: main, annotations: {argosy.io/cluster-selector: 'a b', argosy.io/cluster: c}, "
            + "metadata: {annotations: {argosy.io/cluster-selector: '=a'}}, container: {image: a}}]").Select(error => error.Path));

    [Theory]
    [InlineData("schedules: ['* * * * *', '@every 1h30m', '*/5 0-12/2 1,15 jan-mar MON', 'TZ=UTC 0 0 * * ?']", null)]
    [InlineData("schedule: '@daily'", null)]
    [InlineData("schedules: []", "cron workflow must have at least one schedule")]
    [InlineData("schedules: ['* * *']", "cron schedule * * * is malformed: expected exactly 5 fields, found 3: [* * *]")]
    [InlineData("schedules: ['60 * * * *']", "cron schedule 60 * * * * is malformed: end of range (60) above maximum (59): 60")]
    [InlineData("schedules: ['@often']", "cron schedule @often is malformed: unrecognized descriptor: @often")]
    [InlineData("schedules: ['a * * * *']", "cron schedule a * * * * is malformed: failed to parse int from a")]
    [InlineData("schedules: ['@daily'], timezone: Mars/Base", "invalid timezone \"Mars/Base\": unknown time zone Mars/Base")]
    [InlineData("schedules: ['@daily'], concurrencyPolicy: Maybe", "'Maybe' is not a valid concurrencyPolicy")]
    [InlineData("schedules: ['@daily'], startingDeadlineSeconds: -1", "startingDeadlineSeconds must be positive")]
    public void CronWorkflow_Validate_AnswersAsArgo(string spec, string? message)
    {
        var errors = Check.Manifest($"kind: CronWorkflow\nmetadata: {{name: c}}\nspec: {{{spec}, workflowSpec: {{entrypoint: main, {Leaf}}}}}");

        Assert.Equal(message == null ? [] : [message], errors.Select(error => error.Message));
    }

    [Fact]
    public void CronWorkflowsWorkflow_Validate_SaysWhereTheErrorIs()
    {
        var error = Assert.Single(Check.Manifest("kind: CronWorkflow\nmetadata: {name: c}\nspec: {schedules: ['@daily'], workflowSpec: {templates: []}}"));

        Assert.Equal(new("spec.workflowSpec.entrypoint", "cannot validate Workflow: spec.entrypoint is required"), error);
    }
}
