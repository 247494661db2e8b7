using System.Text.Json.Nodes;
using Argosy.Engine.Manifests;

namespace Argosy.Conformance;

/// <summary>
/// The reference corpus beside the checkout: manifests of upstream Argo Workflows and what must come of them. It is not part of the
/// repository; tests skip where it is not there.
/// </summary>
public static class Corpus
{
    private static readonly Lazy<string?> Found = new(Find);
    private static readonly Lazy<IReadOnlyList<CorpusRow>> AllRows = new(ReadRows);

    /// <summary>The corpus' folder, or null where there is none.</summary>
    public static string? Root => Found.Value;

    /// <summary>One row per document of the examples; empty where there is no corpus.</summary>
    public static IReadOnlyList<CorpusRow> Rows() => AllRows.Value;

    /// <summary>The row of a document.</summary>
    public static CorpusRow Row(string file, int document) => Rows().Single(row => row.File == file && row.Document == document);

    /// <summary>The YAML files below a folder of the corpus, as paths from its root; empty where there is no corpus.</summary>
    public static IReadOnlyList<string> Files(string folder) => Root == null
        ? []
        : [.. Directory.EnumerateFiles(Path.Combine(Root, folder), "*.yaml", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Root, file).Replace('\\', '/'))
            .Order(StringComparer.Ordinal)];

    public static string Text(string file) => File.ReadAllText(Path.Combine(Root!, file));

    public static IReadOnlyList<Manifest> Read(string file) => ManifestReader.Read(Text(file));

    /// <summary>Skips the running test, saying why, where there is no corpus.</summary>
    public static void Require() => Assert.SkipWhen(Root == null, "the reference corpus (../shared/argo beside the checkout) is not here");

    private static string? Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder != null && !File.Exists(Path.Combine(folder.FullName, "ControlPlane.sln")))
        {
            folder = folder.Parent;
        }

        var corpus = folder == null ? null : Path.GetFullPath(Path.Combine(folder.FullName, "..", "shared", "argo"));
        return Directory.Exists(corpus) ? corpus : null;
    }

    private static IReadOnlyList<CorpusRow> ReadRows() => Root == null
        ? []
        : [.. JsonNode.Parse(Text("expected.json"))!.AsArray().Select(row => new CorpusRow(row!.AsObject()))];
}

/// <summary>What must come of one document.</summary>
public sealed class CorpusRow(JsonObject json)
{
    public string File => json["file"]!.GetValue<string>();

    /// <summary>The document's place in its file, from 0.</summary>
    public int Document => json["document"]!.GetValue<int>();

    public string Kind => json["kind"]!.GetValue<string>();

    /// <summary>What creating it answers: <c>ok</c>, or <c>error: </c> and the message.</summary>
    public string Create => json["create"]!.GetValue<string>();

    /// <summary>What an offline lint answers, as <see cref="Create"/>.</summary>
    public string Lint => json["lint"]!.GetValue<string>();

    /// <summary>The scripted run of the document and its final phase and nodes, or null.</summary>
    public JsonObject? Simulated => json["simulated"] as JsonObject;

    /// <summary>The phase that upstream's own runner demands, or null.</summary>
    public string? UpstreamPhase => json["upstream"]?["phase"]?.GetValue<string>();

    public JsonObject Manifest() => Corpus.Read(File).Single(manifest => manifest.Document == Document).Json;

    public override string ToString() => $"{File}#{Document}";
}

/// <summary>Looks nothing up: every reference outside of a manifest is unknown.</summary>
internal sealed class NoTemplates : Engine.Validation.ITemplateLookup
{
    public JsonObject? FindTemplate(bool clusterScope, string @namespace, string name) => null;
}
