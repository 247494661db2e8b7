using System.Text.Json.Nodes;
using Argosy.Cli.Client;

namespace Argosy.Cli.Output;

/// <summary>Manifests that the hub keeps, as people read them.</summary>
internal class StoredManifestTexts(TemplateScope scope)
{
    private const int LabelWidth = 20;

    /// <summary>One, with its facts line by line.</summary>
    public string Describe(JsonObject manifest, DateTimeOffset now)
    {
        var table = new TextTable(1);
        table.Add("Name:".PadRight(LabelWidth), manifest.Text("metadata", "name") ?? "");
        if (scope.HasNamespace)
        {
            table.Add("Namespace:", manifest.Text("metadata", "namespace") ?? "");
        }

        if (manifest.Time("metadata", "creationTimestamp") is { } created)
        {
            table.Add("Created:", Durations.Timestamp(created, now));
        }

        foreach (var (label, text) in Facts(manifest, now))
        {
            table.Add(label + ":", text);
        }

        return table.ToString();
    }

    /// <summary>Several, one a line.</summary>
    public string Table(IReadOnlyList<JsonObject> manifests, bool allNamespaces, DateTimeOffset now)
    {
        var table = new TextTable(3, [.. allNamespaces ? ["NAMESPACE"] : Array.Empty<string>(), "NAME", .. Columns]);
        foreach (var manifest in manifests)
        {
            var name = manifest.Text("metadata", "name") ?? "";
            table.Add(
            [
                .. allNamespaces ? [manifest.Text("metadata", "namespace") ?? ""] : Array.Empty<string>(), name, .. Cells(manifest, now),
            ]);
        }

        return table.ToString();
    }

    /// <summary>Titles of the columns after the name.</summary>
    protected virtual IReadOnlyList<string> Columns => [];

    protected virtual IReadOnlyList<string> Cells(JsonObject manifest, DateTimeOffset now) => [];

    /// <summary>What is told of one, after what all kinds have.</summary>
    protected virtual IEnumerable<(string Label, string Text)> Facts(JsonObject manifest, DateTimeOffset now) => [];
}
