using System.Text.Json.Nodes;
using Argosy.Engine.Manifests;
using Argosy.Engine.Validation;

namespace Argosy.Conformance;

/// <summary>What Argosy says about a manifest when it is created or linted.</summary>
internal static class Verdicts
{
    /// <summary>The defaults of upstream's own test installation, as far as manifests rely on them.</summary>
    private static readonly JsonObject Defaults = new()
    {
        ["spec"] = new JsonObject { ["workflowMetadata"] = new JsonObject { ["labels"] = new JsonObject { ["default-label"] = "any" } } },
    };

    public static IReadOnlyList<string> OfCreate(JsonObject manifest) =>
        Of(manifest, new() { Offline = true, RequireName = true, WorkflowDefaults = Defaults });

    public static IReadOnlyList<string> OfLint(JsonObject manifest) => Of(manifest, new() { Offline = true, Lint = true });

    private static IReadOnlyList<string> Of(JsonObject manifest, ValidationOptions options) =>
    [
        .. StrictCheck.Check(manifest).Select(error => error.Message),
        .. WorkflowValidator.Validate(manifest, new NoTemplates(), options).Select(error => error.Message),
    ];
}
