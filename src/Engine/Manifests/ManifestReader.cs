using System.Text.Json;
using System.Text.Json.Nodes;

namespace Argosy.Engine.Manifests;

/// <summary>
/// Reads manifests, YAML or JSON, as kubectl does: scalars follow YAML 1.1 (see <see cref="YamlScalars"/>), documents are separated by
/// <c>---</c>, those without content are left out.
/// </summary>
public static class ManifestReader
{
    /// <summary>Objects and lists inside each other beyond which a manifest is refused.</summary>
    public const int MaxDepth = 100;

    /// <summary>Characters beyond which a manifest is refused unread; the Kubernetes API takes about 3 million bytes.</summary>
    public const int MaxLength = 16 * 1024 * 1024;

    private static readonly JsonDocumentOptions JsonOptions = new() { MaxDepth = MaxDepth, AllowDuplicateProperties = false };

    /// <summary>Every object of the text.</summary>
    /// <exception cref="ManifestException">The text is not YAML or JSON, or a document is not an object.</exception>
    public static IReadOnlyList<Manifest> Read(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        RefuseUnreadable(text);
        return text.AsSpan().TrimStart().StartsWith("{") ? ReadJsonOrYaml(text) : ReadYaml(text);
    }

    private static void RefuseUnreadable(string text)
    {
        if (text.Length > MaxLength)
        {
            throw new ManifestException(1, 1, $"a manifest may have {MaxLength} characters at most, this one has {text.Length}");
        }

        var control = text.AsSpan().IndexOfAnyExcept(Readable.Characters);
        if (control >= 0)
        {
            var before = text.AsSpan(0, control);
            throw new ManifestException(before.Count('\n') + 1, control - before.LastIndexOf('\n'), "control characters are not allowed");
        }
    }

    /// <summary>Text that begins with a brace is JSON, or else YAML in its flow style.</summary>
    private static List<Manifest> ReadJsonOrYaml(string text)
    {
        try
        {
            return JsonNode.Parse(text, documentOptions: JsonOptions) is JsonObject json ? [new Manifest(json, 0, 1)] : [];
        }
        catch (JsonException asJson)
        {
            try
            {
                return ReadYaml(text);
            }
            catch (ManifestException)
            {
                throw new ManifestException((int)(asJson.LineNumber ?? 0) + 1, (int)(asJson.BytePositionInLine ?? 0) + 1, asJson.Message);
            }
        }
    }

    private static List<Manifest> ReadYaml(string text)
    {
        var manifests = new List<Manifest>();
        foreach (var (node, start, duplicates) in YamlDocuments.Read(text))
        {
            if (node is not JsonObject json)
            {
                throw new ManifestException((int)start.Line, (int)start.Column, "a manifest must be an object");
            }

            manifests.Add(new Manifest(json, manifests.Count, (int)start.Line) { DuplicateKeys = duplicates });
        }

        return manifests;
    }
}
