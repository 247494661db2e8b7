using System.Text.Json.Nodes;
using Argosy.Cli.Client;

namespace Argosy.Cli.Manifests;

/// <summary>An object and the file it was written in.</summary>
internal sealed record SourcedManifest(string Source, JsonObject Json)
{
    public string Kind => Json.Text("kind") ?? "";

    public string Name => Json.Text("metadata", "name") ?? Json.Text("metadata", "generateName") ?? "";

    /// <summary>The namespace that the manifest demands, else the one given.</summary>
    public string NamespaceOr(string @namespace) => Json.Text("metadata", "namespace") is { Length: > 0 } own ? own : @namespace;
}
