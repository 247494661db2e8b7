using Argosy.Engine.Manifests;

namespace Argosy.Engine.Tests.Manifests;

public sealed class SchemaCheckTests
{
    [Fact]
    public void UnknownFieldsAndWrongTypes_StrictCheck_AreAllReported()
    {
        var errors = Strict("""
            spec:
              entrypoint: [main]
              activeDeadlineSeconds: 1.5
              suspend: "true"
              nodeSelector: {a: 1}
              nonsense: 1
              templates:
              - name: main
                containr: {}
                container: {image: a, args: [1], env: {}}
            """);

        Assert.Equal(
            [
                new("spec.entrypoint", "Invalid value: \"array\": spec.entrypoint in body must be of type string: \"array\""),
                new("spec.activeDeadlineSeconds", "Invalid value: \"number\": spec.activeDeadlineSeconds in body must be of type integer: \"number\""),
                new("spec.suspend", "Invalid value: \"string\": spec.suspend in body must be of type boolean: \"string\""),
                new("spec.nodeSelector.a", "Invalid value: \"number\": spec.nodeSelector.a in body must be of type string: \"number\""),
                new("spec.nonsense", "unknown field \"spec.nonsense\""),
                new("spec.templates[0].containr", "unknown field \"spec.templates[0].containr\""),
                new("spec.templates[0].container.args[0]", "Invalid value: \"number\": spec.templates[0].container.args[0] in body must be of type string: \"number\""),
                new("spec.templates[0].container.env", "Invalid value: \"object\": spec.templates[0].container.env in body must be of type array: \"object\""),
            ],
            errors);
    }

    [Fact]
    public void UnknownFields_LenientCheck_AreErrorsInStepsOnly()
    {
        var json = Read("""
            spec:
              nonsense: 1
              templates:
              - name: main
                steps: [[{name: a, template: b, nonsense: 1, continueOn: {nonsense: 1}}]]
            """);

        var error = Assert.Single(LenientCheck.Check(SchemaCatalog.Default.Type("Workflow"), json));

        Assert.Equal(new("spec.templates[0].steps[0][0].nonsense", "unknown field \"spec.templates[0].steps[0][0].nonsense\""), error);
    }

    [Fact]
    public void OlderSpellings_StrictCheck_AreKnown() =>
        Assert.Empty(Strict("""
            spec:
              synchronization: {mutex: {name: a}, semaphore: {configMapKeyRef: {name: a, key: b}}}
              podPriority: 1
              templates:
              - name: main
                steps: [[{name: a, template: b, onExit: c}]]
            """));

    [Fact]
    public void PlacementFields_StrictCheck_AreKnownAsTextAndAsSelector() =>
        Assert.Empty(Strict("""
            spec:
              cluster: "{{workflow.parameters.cluster}}"
              placement: {clusterSelector: gpu=true}
              templates:
              - name: main
                cluster: a
                placement: {clusterSelector: {matchLabels: {gpu: "true"}, matchExpressions: [{key: a, operator: Exists}]}}
            """));

    [Fact]
    public void ValuesOfManySorts_StrictCheck_AreTakenWhereArgoTakesThem() =>
        Assert.Empty(Strict("""
            spec:
              arguments: {parameters: [{name: a, value: 1.5}, {name: b, value: true, enum: [true, x, 2], default: 5}]}
              templates:
              - name: main
                activeDeadlineSeconds: "{{inputs.parameters.a}}"
                retryStrategy: {limit: 2, backoff: {factor: "2"}}
                plugin: {anything: [1, {a: b}]}
                container: {image: a, resources: {limits: {cpu: 1, memory: 1Gi}}, livenessProbe: {httpGet: {port: web}}}
                affinity: ~
              - name: loop
                steps: [[{name: a, template: b, withItems: [1, a, {b: c}, [d]]}], []]
            """));

    [Fact]
    public void UnknownKind_StrictCheck_HasNoErrors() =>
        Assert.Empty(StrictCheck.Check(Read("apiVersion: batch/v1\nkind: Job\nspec: {a: 1}")));

    [Fact]
    public void KnownKind_StrictCheck_IsFoundByTheObjectItself() =>
        Assert.Equal("spec.a", Assert.Single(StrictCheck.Check(Read("apiVersion: argosy.io/v1alpha1\nkind: Cluster\nspec: {a: 1}"))).Path);

    private static IReadOnlyList<FieldError> Strict(string yaml) => StrictCheck.Check(SchemaCatalog.Default.Type("Workflow"), Read(yaml));

    private static System.Text.Json.Nodes.JsonObject Read(string yaml) => Assert.Single(ManifestReader.Read(yaml)).Json;
}
