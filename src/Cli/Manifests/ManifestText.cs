using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.Serialization;

namespace Argosy.Cli.Manifests;

/// <summary>YAML or JSON as the hub would read it.</summary>
internal static class ManifestText
{
    /// <exception cref="BadManifestException">The text cannot be read; the message says where.</exception>
    public static IReadOnlyList<JsonObject> Read(string text)
    {
        try
        {
            var parser = new Parser(new StringReader(text));
            var deserializer = new DeserializerBuilder().WithAttemptingUnquotedStringTypeDeserialization().Build();
            var json = new SerializerBuilder().JsonCompatible().Build();
            var read = new List<JsonObject>();
            parser.Consume<StreamStart>();
            while (parser.Accept<DocumentStart>(out _))
            {
                if (JsonNode.Parse(json.Serialize(deserializer.Deserialize(parser))) is JsonObject manifest)
                {
                    read.Add(manifest);
                }
            }

            return read;
        }
        catch (YamlException exception)
        {
            throw new BadManifestException($"line {exception.Start.Line}, column {exception.Start.Column}: {exception.Message}");
        }
    }
}
