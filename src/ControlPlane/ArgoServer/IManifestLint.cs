using System.Text.Json.Nodes;

namespace Argosy.ControlPlane.ArgoServer;

/// <summary>Says what is wrong with a manifest that nobody asks to store.</summary>
public interface IManifestLint
{
    /// <summary>Every error with the path of the field that has it; none when the manifest would be accepted.</summary>
    IReadOnlyList<(string Path, string Message)> Lint(JsonObject manifest, string @namespace);
}
