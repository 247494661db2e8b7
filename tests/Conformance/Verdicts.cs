using System.Text.Json.Nodes;
using Argosy.Engine.Manifests;
using Argosy.Engine.Validation;

namespace Argosy.Conformance;

/// <summary>What Argosy says about a manifest when it is created or linted.</summary>
internal static class Verdicts
{
    public static IReadOnlyList<string> OfCreate(JsonObject manifest) => Of(manifest, new() { Offline = true, RequireName = true });

    public static IReadOnlyList<string> OfLint(JsonObject manifest) => Of(manifest, new() { Offline = true, Lint = true });

    private static IReadOnlyList<string> Of(JsonObject manifest, ValidationOptions options) =>
    [
        .. StrictCheck.Check(manifest).Select(error => error.Message),
        .. WorkflowValidator.Validate(manifest, new NoTemplates(), options).Select(error => error.Message),
    ];
}
