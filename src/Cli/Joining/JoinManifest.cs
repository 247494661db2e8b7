using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Argosy.Cli.Manifests;
using Argosy.Cli.Output;

namespace Argosy.Cli.Joining;

/// <summary>
/// What installs an agent, as one YAML: the files of <c>infra/agent</c> with their <c>${…}</c> filled in. Values are put into what the files
/// mean, not into their text, so that none can become more than a value.
/// </summary>
internal static partial class JoinManifest
{
    private static readonly string[] Before = ["namespace", "service-account", "rbac"];
    private static readonly string[] After = ["secret", "service", "deployment"];

    public static string Write(JoinSettings settings)
    {
        var objects = Before.SelectMany(file => Objects(file, settings.Values()))
            .Concat(settings.Namespaces.SelectMany(name => Objects("enrolled-namespace", settings.Values(name)).Where(IsNotDefault)))
            .Concat(After.SelectMany(file => Objects(file, settings.Values())));
        return settings.Introduction() + string.Join("---\n", objects.Select(value => YamlText.Write(value)));
    }

    private static bool IsNotDefault(JsonObject value) =>
        (string?)value["kind"] != "Namespace" || (string?)value["metadata"]!["name"] != "default";

    private static IEnumerable<JsonObject> Objects(string file, IReadOnlyDictionary<string, JsonNode> values)
    {
        using var stream = typeof(JoinManifest).Assembly.GetManifestResourceStream($"agent/{file}.yaml")
            ?? throw new InvalidOperationException($"infra/agent/{file}.yaml is not in this program");
        using var reader = new StreamReader(stream);
        return [.. ManifestText.Read(reader.ReadToEnd()).Select(template => (JsonObject)Fill(template, values)!)];
    }

    private static JsonNode? Fill(JsonNode? template, IReadOnlyDictionary<string, JsonNode> values) => template switch
    {
        JsonObject map => new JsonObject(map.Select(field => KeyValuePair.Create(field.Key, Fill(field.Value, values)))),
        JsonArray list => new JsonArray([.. list.Select(item => Fill(item, values)).Where(item => !IsVariableWithoutValue(item))]),
        JsonValue text when text.TryGetValue<string>(out var words) => FillText(words, values),
        _ => template?.DeepClone(),
    };

    private static JsonNode FillText(string text, IReadOnlyDictionary<string, JsonNode> values) =>
        Placeholder().Match(text) is { Success: true } only && only.Length == text.Length
            ? values[only.Groups[1].Value].DeepClone()
            : Placeholder().Replace(text, match => values[match.Groups[1].Value].ToString());

    private static bool IsVariableWithoutValue(JsonNode? item) =>
        item is JsonObject variable && variable.ContainsKey("name") && variable["value"] is JsonValue value && value.ToString().Length == 0;

    [GeneratedRegex(@"\$\{([A-Z_]+)\}")]
    private static partial Regex Placeholder();
}
