using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Argosy.Engine.Templates;

namespace Argosy.Engine.Workflows;

/// <summary>
/// Names and ids of nodes and pods, to the letter as upstream forms them: dashboards, KFP and <c>argo logs</c> derive one from the other.
/// </summary>
public static class NodeNames
{
    private const int MaxPodNamePrefix = 253 - 10 - 1;
    private const string ExitSuffix = ".onExit";
    private const string HookInfix = ".hooks.";

    /// <summary>The root's id is the workflow's name; any other is the name and the FNV-1a hash of the node's name.</summary>
    public static string Id(string workflow, string nodeName) =>
        nodeName == workflow ? workflow : string.Create(CultureInfo.InvariantCulture, $"{workflow}-{Fnv1a(nodeName)}");

    /// <summary>
    /// The id of a node among others. Ids end in a hash of 32 bits, so that of 100,000 names two or three are likely to share one: the node that
    /// was made first has upstream's id; the next one's hash is of its name and a ', or two, until the id is free. The facts make nodes in one
    /// order, so that ids come out the same whenever they are replayed.
    /// </summary>
    internal static string Id(string workflow, string nodeName, Func<string, bool> isTaken)
    {
        var id = Id(workflow, nodeName);
        for (var hashed = nodeName + "'"; isTaken(id); hashed += "'")
        {
            id = Id(workflow, hashed);
        }

        return id;
    }

    /// <summary>The workflow's annotation that chooses how its pods are named; <c>v1</c>: as their nodes' ids.</summary>
    public const string PodNameFormat = "workflows.argoproj.io/pod-name-format";

    /// <summary>The name of the node's pod, in the format that the workflow chooses.</summary>
    public static string Pod(WorkflowState state, Node node) =>
        state.Manifest.Object("metadata").TextMap("annotations").GetValueOrDefault(PodNameFormat) == "v1"
            ? state.IdOf(node)
            : Pod(state.Name, node.Name, node.TemplateName, state.IdOf(node));

    /// <summary>The name of the node's pod in upstream's format v2. It ends in the hash that the id ends in, so that no two nodes share a pod.</summary>
    public static string Pod(string workflow, string nodeName, string templateName, string id)
    {
        if (nodeName == workflow)
        {
            return workflow;
        }

        // An id that another program made up has no hash.
        var hash = id.StartsWith(workflow + "-", StringComparison.Ordinal)
            && uint.TryParse(id.AsSpan(workflow.Length + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var own)
            ? own
            : Fnv1a(nodeName);

        var prefix = templateName.Length == 0 ? workflow : $"{workflow}-{templateName}";
        if (prefix.Length > MaxPodNamePrefix)
        {
            prefix = prefix[..MaxPodNamePrefix];
        }

        return string.Create(CultureInfo.InvariantCulture, $"{prefix}-{hash}");
    }

    public static string StepGroup(string parent, int index) => string.Create(CultureInfo.InvariantCulture, $"{parent}[{index}]");

    public static string Attempt(string node, int attempt) => string.Create(CultureInfo.InvariantCulture, $"{node}({attempt})");

    public static string LoopChild(string node, int index, JsonNode? item) =>
        string.Create(CultureInfo.InvariantCulture, $"{node}({index}:{ItemText(item)})");

    public static string Exit(string node) => node + ExitSuffix;

    public static string Hook(string node, string hook) => hook == "exit" ? Exit(node) : node + HookInfix + hook;

    /// <summary>The node that a hook's node is for; null: the name is no hook's.</summary>
    public static string? Hooked(string hook)
    {
        var end = hook.EndsWith(ExitSuffix, StringComparison.Ordinal)
            ? hook.Length - ExitSuffix.Length
            : hook.LastIndexOf(HookInfix, StringComparison.Ordinal);
        return end > 0 ? hook[..end] : null;
    }

    /// <summary>What a person sees of a node.</summary>
    internal static string Display(WorkflowState state, Node node) => node.Type == NodeType.StepGroup && node.Name.LastIndexOf('[') is >= 0 and var index
        ? node.Name[index..]
        : node.Recorded?.Json.Text("displayName") is { Length: > 0 } recorded ? recorded
        : DisplayNames.Wished(state, node) ?? Display(node.Name, state.At(node.Boundary)?.Name);

    /// <summary>What a person sees: the node's name without its boundary's.</summary>
    public static string Display(string nodeName, string? boundaryName)
    {
        if (boundaryName is null || !nodeName.StartsWith(boundaryName, StringComparison.Ordinal))
        {
            return nodeName;
        }

        var rest = nodeName.AsSpan(boundaryName.Length);
        if (rest.StartsWith("[") && rest.IndexOf(']') is var end and > 0 && end < rest.Length - 1)
        {
            rest = rest[(end + 1)..];
        }

        return rest.TrimStart('.').ToString();
    }

    /// <summary>An item as it stands in a node's name: brackets of the name removed, maps as sorted key:value, lists as Go prints them.</summary>
    public static string ItemText(JsonNode? item) => Shown(item).Replace("(", "", StringComparison.Ordinal).Replace(")", "", StringComparison.Ordinal);

    public static uint Fnv1a(string text)
    {
        var hash = 2166136261;
        foreach (var octet in Encoding.UTF8.GetBytes(text))
        {
            hash = (hash ^ octet) * 16777619;
        }

        return hash;
    }

    private static string Shown(JsonNode? item) => item switch
    {
        null => "null",
        JsonObject map => string.Join(',', map.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key}:{Shown(pair.Value)}")),
        JsonArray list => "[" + string.Join(' ', list.Select(Shown)) + "]",
        JsonValue value when value.GetValueKind() == JsonValueKind.String => value.GetValue<string>(),
        _ => SpecJson.TextOf(item) ?? item.ToJsonString(),
    };
}
