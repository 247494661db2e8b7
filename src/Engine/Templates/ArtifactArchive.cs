using System.Text.Json.Nodes;

namespace Argosy.Engine.Templates;

/// <summary>How an output artifact is packed, as its <c>archive</c> says.</summary>
internal static class ArtifactArchive
{
    /// <summary>What a key that nobody chose ends with.</summary>
    public static string Extension(JsonObject artifact) => artifact.Object("archive") switch
    {
        { } archive when archive.ContainsKey("none") => "",
        { } archive when archive.ContainsKey("zip") => ".zip",
        _ => ".tgz",
    };
}
