using System.Text.Json.Nodes;
using Argosy.Cli.Client;
using Argosy.Engine.Manifests;
using Argosy.Engine.Validation;

namespace Argosy.Cli.Manifests;

/// <summary>Checks manifests without a hub. Templates that they refer to are looked for among the files; others count as existing.</summary>
internal sealed class OfflineLint(IReadOnlyList<SourcedManifest> files) : ITemplateLookup
{
    /// <summary>Whether fields that do not exist are errors.</summary>
    public bool IsStrict { get; init; } = true;

    /// <summary>Whether arguments may still lack values, because they come with the submission.</summary>
    public bool MayLackArguments { get; init; } = true;

    public IReadOnlyList<(string Path, string Message)> Lint(SourcedManifest manifest)
    {
        var shape = IsStrict ? StrictCheck.Check(manifest.Json) : LenientCheck.Check(manifest.Json);
        var rules = WorkflowValidator.Validate(manifest.Json, this, new() { Offline = true, Lint = MayLackArguments });
        return Pairs(shape.Concat(rules));
    }

    /// <exception cref="BadManifestException">A manifest has errors: all of them are in it.</exception>
    public void RefuseAny(string source)
    {
        var errors = files.SelectMany(Lint).ToList();
        if (errors.Count > 0)
        {
            throw new BadManifestException($"{source} is invalid:") { Errors = errors };
        }
    }

    /// <exception cref="BadManifestException">The manifest has fields that do not exist, or of a wrong type.</exception>
    public static void RefuseUnknownFields(SourcedManifest manifest)
    {
        var errors = Pairs(StrictCheck.Check(manifest.Json));
        if (errors.Count > 0)
        {
            throw new BadManifestException($"{manifest.Source} is invalid ({manifest.Kind} \"{manifest.Name}\"):") { Errors = errors };
        }
    }

    JsonObject? ITemplateLookup.FindTemplate(bool clusterScope, string @namespace, string name)
    {
        var kind = clusterScope ? TemplateScope.Cluster.Kind : TemplateScope.Namespaced.Kind;
        return files.FirstOrDefault(file => file.Kind == kind && file.Json.Text("metadata", "name") == name)?.Json;
    }

    private static List<(string Path, string Message)> Pairs(IEnumerable<FieldError> errors) =>
        [.. errors.Select(error => (error.Path, error.Message))];
}
