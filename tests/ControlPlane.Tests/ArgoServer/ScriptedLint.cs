using System.Text.Json.Nodes;
using Argosy.ControlPlane.ArgoServer;

namespace Argosy.ControlPlane.Tests.ArgoServer;

/// <summary>Demands an entrypoint and templates, so that a bad manifest has two errors.</summary>
public sealed class ScriptedLint : IManifestLint
{
    public IReadOnlyList<(string Path, string Message)> Lint(JsonObject manifest, string @namespace) =>
        [.. new[] { "entrypoint", "templates" }
            .Where(field => manifest["spec"]?[field] is null && manifest["spec"]?["workflowTemplateRef"] is null)
            .Select(field => ($"spec.{field}", $"{field} is required"))];
}
