using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Argosy.Engine.Manifests;

/// <summary>The values of a YAML text, whatever they are.</summary>
internal static class YamlDocuments
{
    /// <summary>Characters that may be read again because of quoted texts, see <see cref="QuotedLines"/>.</summary>
    private const long MostReadAgain = 64 * 1024 * 1024;

    public sealed record Document(JsonNode Node, Mark Start, IReadOnlyList<DuplicateKey> Duplicates);

    /// <summary>One value per document; documents without content are left out.</summary>
    /// <exception cref="ManifestException">The text is not YAML.</exception>
    public static IReadOnlyList<Document> Read(string text)
    {
        var readAgain = 0L;
        while (true)
        {
            try
            {
                return Parse(text);
            }
            catch (YamlException yaml)
            {
                readAgain += text.Length;
                text = (readAgain > MostReadAgain ? null : QuotedLines.Indent(text, yaml))
                    ?? throw new ManifestException((int)yaml.Start.Line, (int)yaml.Start.Column, yaml.Message);
            }
            catch (Exception lost) when (lost is InvalidOperationException or ArgumentException)
            {
                // YamlDotNet loses its way in some broken texts and says so without a place.
                throw new ManifestException(1, 1, lost.Message);
            }
        }
    }

    private static List<Document> Parse(string text)
    {
        var documents = new List<Document>();
        var parser = new Parser(new StringReader(text));
        parser.Consume<StreamStart>();
        while (parser.TryConsume<DocumentStart>(out _))
        {
            var start = parser.Current!.Start;
            var composer = new YamlComposer(parser);
            if (composer.Compose() is { } node)
            {
                documents.Add(new(node, start, composer.Duplicates));
            }

            parser.Consume<DocumentEnd>();
        }

        return documents;
    }
}
