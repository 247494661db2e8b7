using System.Text.Json.Nodes;
using Argosy.Conformance;

namespace Argosy.Scenarios.Corpus;

internal static class NamedRow
{
    /// <summary>The document under a name of its own: node ids, and with them the dice that some examples throw, are then the same each time.</summary>
    public static JsonObject Named(this CorpusRow row)
    {
        var manifest = (JsonObject)row.Manifest().DeepClone();
        var metadata = manifest["metadata"]!.AsObject();
        metadata.Remove("generateName");
        metadata["name"] = string.Join('-', row.File[..^".yaml".Length].Split('/').Skip(1).Select(part => part.Length > 30 ? part[..30].TrimEnd('-') : part));
        return manifest;
    }
}
