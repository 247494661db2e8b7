using System.Text;
using System.Text.Json.Nodes;

namespace Argosy.ControlPlane.Resources.Lifecycle;

/// <summary>What Kubernetes completes and checks in the core kinds.</summary>
internal static class CoreKinds
{
    private const string NamespaceNameLabel = "kubernetes.io/metadata.name";

    public static void Complete(ResourceKind kind, JsonObject value)
    {
        if (kind == Kinds.Secret)
        {
            MergeStringData(value);
            value["type"] ??= "Opaque";
        }
        else if (kind == Kinds.Namespace)
        {
            if (value.MetadataText("name") is { } name)
            {
                var labels = value.Metadata()["labels"] as JsonObject ?? [];
                value.Metadata()["labels"] = labels;
                labels[NamespaceNameLabel] = name;
            }

            var status = value["status"] as JsonObject ?? [];
            value["status"] = status;
            status["phase"] = value.IsDeleting() ? "Terminating" : "Active";
        }
    }

    public static IEnumerable<(string Field, string Message)> Check(ResourceKind kind, JsonObject value)
    {
        if (kind == Kinds.ConfigMap)
        {
            return CheckTexts(value, "data", IsAnyText, "must be a string, so quote it")
                .Concat(CheckTexts(value, "binaryData", IsBase64, "must be base64"));
        }

        return kind == Kinds.Secret ? CheckTexts(value, "data", IsBase64, "must be base64; plain text belongs into stringData") : [];
    }

    private static void MergeStringData(JsonObject secret)
    {
        if (secret["stringData"] is not JsonObject plain)
        {
            secret.Remove("stringData");
            return;
        }

        var data = secret["data"] as JsonObject ?? [];
        secret["data"] = data;
        foreach (var (key, value) in plain)
        {
            data[key] = Convert.ToBase64String(Encoding.UTF8.GetBytes(value?.ToString() ?? ""));
        }

        secret.Remove("stringData");
    }

    private static IEnumerable<(string Field, string Message)> CheckTexts(
        JsonObject value, string field, Func<string, bool> accepts, string complaint)
    {
        if (value[field] is null)
        {
            yield break;
        }

        if (value[field] is not JsonObject entries)
        {
            yield return (field, "Invalid value: must be a map of strings");
            yield break;
        }

        foreach (var (key, entry) in entries)
        {
            if (key.Length is 0 or > 253 || !key.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.'))
            {
                yield return (
                    $"{field}[{key}]",
                    $"Invalid value: \"{key}\": a valid config key must consist of alphanumeric characters, '-', '_' or '.'");
            }

            if (entry is not JsonValue scalar || !scalar.TryGetValue<string>(out var text) || !accepts(text))
            {
                yield return ($"{field}[{key}]", $"Invalid value: {complaint}");
            }
        }
    }

    private static bool IsAnyText(string text) => true;

    private static bool IsBase64(string text) => Convert.TryFromBase64String(text, new byte[text.Length], out _);
}
