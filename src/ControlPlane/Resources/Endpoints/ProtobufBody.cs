using System.Text.Json.Nodes;
using Google.Protobuf;

namespace Argosy.ControlPlane.Resources.Endpoints;

/// <summary>
/// Reads the Kubernetes protobuf encoding of the few built-in kinds that kubectl writes with its typed clients (<c>create namespace</c>,
/// <c>create secret</c>, <c>auth can-i</c>…); it offers no other encoding there. Answers are JSON, which those clients accept.
/// </summary>
internal static class ProtobufBody
{
    public const string MediaType = "application/vnd.kubernetes.protobuf";

    private static readonly byte[] Magic = "k8s\0"u8.ToArray();

    private static readonly Message TypeMeta = new() { [1] = new("apiVersion"), [2] = new("kind") };

    private static readonly Message Envelope = new() { [1] = new("typeMeta", Wire.Nested, TypeMeta), [2] = new("raw", Wire.Bytes) };

    private static readonly Message ObjectMeta = new()
    {
        [1] = new("name"),
        [2] = new("generateName"),
        [3] = new("namespace"),
        [5] = new("uid"),
        [6] = new("resourceVersion"),
        [11] = new("labels", Wire.TextMap),
        [12] = new("annotations", Wire.TextMap),
        [14] = new("finalizers", Wire.TextList),
    };

    private static readonly Message ResourceAttributes = new()
    {
        [1] = new("namespace"),
        [2] = new("verb"),
        [3] = new("group"),
        [4] = new("version"),
        [5] = new("resource"),
        [6] = new("subresource"),
        [7] = new("name"),
    };

    private static readonly Message NonResourceAttributes = new() { [1] = new("path"), [2] = new("verb") };

    private static readonly Message ReviewSpec = new()
    {
        [1] = new("resourceAttributes", Wire.Nested, ResourceAttributes),
        [2] = new("nonResourceAttributes", Wire.Nested, NonResourceAttributes),
    };

    private static readonly Dictionary<string, Message> Kinds = new(StringComparer.Ordinal)
    {
        ["Namespace"] = new() { [1] = new("metadata", Wire.Nested, ObjectMeta) },
        ["ConfigMap"] = new()
        {
            [1] = new("metadata", Wire.Nested, ObjectMeta),
            [2] = new("data", Wire.TextMap),
            [3] = new("binaryData", Wire.BytesMap),
            [4] = new("immutable", Wire.Flag),
        },
        ["Secret"] = new()
        {
            [1] = new("metadata", Wire.Nested, ObjectMeta),
            [2] = new("data", Wire.BytesMap),
            [3] = new("type"),
            [4] = new("stringData", Wire.TextMap),
            [5] = new("immutable", Wire.Flag),
        },
        ["SelfSubjectAccessReview"] = new()
        {
            [1] = new("metadata", Wire.Nested, ObjectMeta),
            [2] = new("spec", Wire.Nested, ReviewSpec),
        },
    };

    private enum Wire
    {
        Text,
        Bytes,
        Flag,
        Nested,
        TextMap,
        BytesMap,
        TextList,
    }

    /// <exception cref="ApiException">400: it is not that encoding. 415: the kind is not among those that kubectl writes so.</exception>
    public static JsonObject Parse(ReadOnlyMemory<byte> body)
    {
        if (!body.Span.StartsWith(Magic))
        {
            throw ApiErrors.BadRequest("the body is not Kubernetes protobuf: it does not begin with the magic number");
        }

        try
        {
            var envelope = Read(body[Magic.Length..].ToArray(), Envelope);
            var kind = (envelope["typeMeta"] as JsonObject)?.Text("kind") ?? "";
            if (!Kinds.TryGetValue(kind, out var fields))
            {
                throw ApiErrors.UnsupportedMediaType($"objects of kind \"{kind}\" are accepted as {ApiAnswers.JsonType} or {RequestBody.YamlType}");
            }

            var value = Read(Convert.FromBase64String(envelope.Text("raw") ?? ""), fields);
            value["kind"] = kind;
            value["apiVersion"] = envelope["typeMeta"]!["apiVersion"]!.DeepClone();
            return value;
        }
        catch (InvalidProtocolBufferException malformed)
        {
            throw ApiErrors.BadRequest($"the body is not Kubernetes protobuf: {malformed.Message}");
        }
    }

    private static JsonObject Read(byte[] bytes, Message message)
    {
        var value = new JsonObject();
        var input = new CodedInputStream(bytes);
        uint tag;
        while ((tag = input.ReadTag()) != 0)
        {
            if (message.TryGetValue(WireFormat.GetTagFieldNumber(tag), out var field))
            {
                Read(input, field, value);
            }
            else
            {
                input.SkipLastField();
            }
        }

        return value;
    }

    private static void Read(CodedInputStream input, Field field, JsonObject value)
    {
        switch (field.Wire)
        {
            case Wire.Text:
                SetText(value, field.Name, input.ReadString());
                break;
            case Wire.Bytes:
                SetText(value, field.Name, input.ReadBytes().ToBase64());
                break;
            case Wire.Flag:
                value[field.Name] = input.ReadBool();
                break;
            case Wire.Nested:
                value[field.Name] = Read(input.ReadBytes().ToByteArray(), field.Message!);
                break;
            case Wire.TextList:
                var list = value[field.Name] as JsonArray ?? [];
                list.Add((JsonNode)input.ReadString());
                value[field.Name] = list;
                break;
            case Wire.TextMap or Wire.BytesMap:
                var map = value[field.Name] as JsonObject ?? [];
                value[field.Name] = map;
                var item = field.Wire == Wire.TextMap ? Wire.Text : Wire.Bytes;
                var entry = Read(input.ReadBytes().ToByteArray(), new Message { [1] = new("key"), [2] = new("value", item) });
                map[entry.Text("key") ?? ""] = entry.Text("value") ?? "";
                break;
        }
    }

    /// <summary>Built-in kinds write empty texts for fields that are not set.</summary>
    private static void SetText(JsonObject value, string field, string text)
    {
        if (text.Length > 0)
        {
            value[field] = text;
        }
    }

    /// <summary>The fields of a message by number; unknown ones are skipped.</summary>
    private sealed class Message : Dictionary<int, Field>;

    private sealed record Field(string Name, Wire Wire = Wire.Text, Message? Message = null);
}
