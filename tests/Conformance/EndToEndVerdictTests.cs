using Argosy.Engine.Manifests;

namespace Argosy.Conformance;

/// <summary>The manifests of upstream's end-to-end tests: their folders and names tell what must come of them.</summary>
public sealed class EndToEndVerdictTests
{
    /// <summary>What upstream refuses, each with an error that must be among those reported.</summary>
    private static readonly Dictionary<string, string> Refused = new(StringComparer.Ordinal)
    {
        ["e2e/cron/cron-and-malformed-template.yaml"] = "spec.templates[0].name is required",
        ["e2e/expectedfailures/misreference-template-name.yaml"] =
            "templates.steps-with-misreference.steps[1].hello2 template name 'hell0' undefined",
        ["e2e/lintfail/disallow-unknown.yaml"] = "unknown field \"spec.templates[0].container.someExtraField\"",
        ["e2e/lintfail/malformed-spec.yaml"] =
            "Invalid value: \"array\": spec.entrypoint in body must be of type string: \"array\"",
        ["e2e/testdata/malformed/malformed-clusterworkflowtemplate.yaml"] =
            "Invalid value: \"object\": spec.arguments.parameters in body must be of type array: \"object\"",
        ["e2e/testdata/malformed/malformed-cronworkflow.yaml"] =
            "Invalid value: \"object\": spec.workflowSpec.arguments.parameters in body must be of type array: \"object\"",
        ["e2e/testdata/malformed/malformed-workflowtemplate-2.yaml"] = "spec.templates[0].name is required",
        ["e2e/testdata/workflow-templates/invalid-workflowtemplate.yaml"] = "unknown field \"spec.entrypoints\"",

        // Its name stands in the text of an annotation.
        ["e2e/functional/k8s-jobs.yaml"] = "name or generateName is required",

        // Its prefix has capital letters, which Kubernetes refuses.
        ["e2e/expectedfailures/dag-failFast-hang.yaml"] = "Invalid value: \"dag-hang-failFast-\"",
    };

    public static TheoryData<string> RefusedFiles() => [.. Corpus.Files("e2e").Where(Refused.ContainsKey)];

    public static TheoryData<string> AcceptedFiles() => [.. Corpus.Files("e2e").Where(file => !Refused.ContainsKey(file))];

    [Theory(SkipTestWithoutData = true)]
    [MemberData(nameof(RefusedFiles))]
    public void ManifestThatUpstreamRefuses_Create_IsRefused(string file) =>
        Assert.Contains(Corpus.Read(file).SelectMany(manifest => Verdicts.OfCreate(manifest.Json)), error => error.StartsWith(Refused[file], StringComparison.Ordinal));

    [Theory(SkipTestWithoutData = true)]
    [MemberData(nameof(AcceptedFiles))]
    public void ManifestThatUpstreamAccepts_Create_IsAccepted(string file) =>
        Assert.Empty(Corpus.Read(file).SelectMany(manifest => Verdicts.OfCreate(manifest.Json)));

    [Theory(SkipTestWithoutData = true)]
    [MemberData(nameof(AcceptedFiles))]
    public void ManifestThatUpstreamAccepts_WrittenAndReadAgain_KeepsEveryValue(string file) =>
        Assert.All(
            Corpus.Read(file),
            manifest => Assert.Equal(manifest.Json.ToJsonString(), Assert.Single(ManifestReader.Read(manifest.Json.ToJsonString())).Json.ToJsonString()));
}
