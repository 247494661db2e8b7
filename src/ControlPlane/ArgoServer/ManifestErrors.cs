using System.Text.Json.Nodes;
using Argosy.ControlPlane.Resources;

namespace Argosy.ControlPlane.ArgoServer;

/// <summary>Refuses manifests, with every error at once.</summary>
internal static class ManifestErrors
{
    /// <summary>The manifest, in the namespace that the request named.</summary>
    /// <exception cref="ApiException">The manifest says that it belongs to another namespace.</exception>
    public static JsonObject InNamespace(JsonObject manifest, string @namespace)
    {
        var metadata = manifest.Ensure("metadata");
        var own = metadata.TextAt("namespace");
        if (!string.IsNullOrEmpty(own) && own != @namespace)
        {
            throw RequestBody.BadRequest($"the manifest's namespace {own} is not the request's namespace {@namespace}");
        }

        metadata["namespace"] = @namespace;
        return manifest;
    }

    /// <exception cref="ApiException">There are errors; each is a cause.</exception>
    public static void ThrowIfAny(JsonObject manifest, IReadOnlyList<(string Path, string Message)> errors)
    {
        if (errors.Count == 0)
        {
            return;
        }

        var name = manifest.TextAt("metadata", "name") ?? manifest.TextAt("metadata", "generateName") ?? "";
        var list = string.Join("; ", errors.Select(error => error.Path.Length == 0 ? error.Message : $"{error.Path}: {error.Message}"));
        throw new ApiException(422, "Invalid", $"{manifest.TextAt("kind") ?? "manifest"} \"{name}\" is invalid: {list}") { Causes = errors };
    }
}
