using System.Text.Json.Nodes;
using Argosy.Engine.Manifests;
using Argosy.Engine.Validation;

namespace Argosy.Engine.Tests.Validation;

/// <summary>Validates manifests that tests write as YAML.</summary>
internal static class Check
{
    public static IReadOnlyList<FieldError> Manifest(string yaml, ValidationOptions? options = null, params string[] known) =>
        WorkflowValidator.Validate(Read(yaml), new KnownTemplates(known), options ?? new());

    /// <summary>A workflow with the spec.</summary>
    public static IReadOnlyList<FieldError> Spec(string spec, ValidationOptions? options = null, params string[] known) =>
        Manifest("kind: Workflow\nmetadata: {name: w}\nspec:\n" + Indent(spec), options, known);

    /// <summary>A workflow with the templates, the first one its entrypoint <c>main</c>, and a container template <c>leaf</c>.</summary>
    public static IReadOnlyList<string> Templates(string templates, ValidationOptions? options = null, params string[] known)
    {
        var spec = "entrypoint: main\ntemplates:\n" + templates + "\n- name: leaf\n  container: {image: a}";
        return [.. Spec(spec, options, known).Select(error => $"{error.Path}: {error.Message}")];
    }

    private static string Indent(string text) => string.Join('\n', text.Split('\n').Select(line => "  " + line));

    private static JsonObject Read(string yaml) => Assert.Single(ManifestReader.Read(yaml)).Json;

    private sealed class KnownTemplates(string[] known) : ITemplateLookup
    {
        public JsonObject? FindTemplate(bool clusterScope, string @namespace, string name) => known
            .Select(Read)
            .FirstOrDefault(template =>
                template["metadata"]!["name"]!.GetValue<string>() == name
                && template["kind"]!.GetValue<string>() == (clusterScope ? "ClusterWorkflowTemplate" : "WorkflowTemplate"));
    }
}
