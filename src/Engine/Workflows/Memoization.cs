using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Argosy.Engine.Expressions;
using Argosy.Engine.Templates;

namespace Argosy.Engine.Workflows;

/// <summary>The cache a node's outputs come from or go to.</summary>
public sealed record NodeMemo(string Key, string CacheName, bool Hit);

/// <summary>Nodes whose outputs may be known already.</summary>
internal static class Memoization
{
    /// <summary>Asks what the cache has for a node that is about to start.</summary>
    public static void Ask(Turn turn, Node node, Template template)
    {
        var (key, cache, _) = Read(turn, node, template);
        turn.Order(new ReadCache(node.Index, cache, key));
    }

    /// <summary>The cache has answered: the node ends with what it knew, or goes on to start.</summary>
    public static void Take(Turn turn, CacheAnswered answered)
    {
        if (turn.State.At(answered.Node) is not { Waits: true, Memo: null } node)
        {
            return;
        }

        try
        {
            Take(turn, node, answered);
        }
        catch (ExpressionException failure)
        {
            turn.End(node, NodePhase.Error, failure.Message);
        }
    }

    private static void Take(Turn turn, Node node, CacheAnswered answered)
    {
        if (answered.Error is { } error)
        {
            turn.End(node, NodePhase.Error, error);
            return;
        }

        var (key, cache, maxAge) = Read(turn, node, turn.TemplateOf(node));
        var entry = answered.Entry is { Length: > 0 } text ? CacheEntry.Parse(text) : null;
        var hit = entry is { NodeId.Length: > 0 } && !(turn.Now - entry.CreatedAt > maxAge);
        turn.Record(new NodeMemoized(node.Index, key, cache, hit));
        if (hit)
        {
            turn.End(node, NodePhase.Succeeded, null, entry!.Outputs);
            turn.Order(new TouchCache(node.Index));
        }
        else
        {
            turn.Notify(node.Index);
        }
    }

    private static (string Key, string Cache, TimeSpan? MaxAge) Read(Turn turn, Node node, Template template)
    {
        var rendered = template.Memoize!.Render(Locks.VariablesOf(turn, node));
        if (rendered.Unresolved.Concat(rendered.Absent).FirstOrDefault() is { } tag)
        {
            throw new ExpressionException($"failed to resolve {{{{{tag}}}}}");
        }

        var memoize = (JsonObject)rendered.Json!;
        var key = memoize.Text("key") ?? "";
        if (!IsKey(key))
        {
            throw new ExpressionException($"invalid cache key: {key}");
        }

        if (memoize.Object("cache").Object("configMap").Text("name") is not { Length: > 0 } cache)
        {
            throw new ExpressionException("cache could not be found or created");
        }

        var age = memoize.Text("maxAge");
        return string.IsNullOrEmpty(age)
            ? (key, cache, null)
            : (key, cache, Duration.Parse(age) ?? throw new ExpressionException($"invalid maxAge: time: invalid duration \"{age}\""));
    }

    /// <remarks>Letters and digits of ASCII, and dashes but at the beginning: what upstream takes.</remarks>
    private static bool IsKey(string key) => key.Length > 0 && key[0] != '-' && key.All(letter => char.IsAsciiLetterOrDigit(letter) || letter == '-');
}

/// <summary>What a cache keeps of one node, in upstream's form.</summary>
public sealed record CacheEntry(string NodeId, NodeOutputs Outputs, DateTimeOffset CreatedAt)
{
    /// <summary>The entry of a node that succeeded. The same node always gives the same entry, so that writing it twice changes nothing.</summary>
    public static JsonObject Of(WorkflowState state, Node node)
    {
        var at = WorkflowVariables.Time(node.FinishedAt ?? node.StartedAt);
        return new JsonObject
        {
            ["nodeID"] = state.IdOf(node),
            ["outputs"] = node.Outputs.IsEmpty ? null : WorkflowStatusView.RenderOutputs(node.Outputs),
            ["creationTimestamp"] = at,
            ["lastHitTimestamp"] = at,
        };
    }

    /// <exception cref="ExpressionException">The text is no entry.</exception>
    internal static CacheEntry Parse(string text)
    {
        JsonObject json;
        try
        {
            json = JsonNode.Parse(text) as JsonObject ?? throw new JsonException("it is no object");
        }
        catch (JsonException malformed)
        {
            throw new ExpressionException($"malformed cache entry: could not unmarshal JSON; unable to parse: {malformed.Message}");
        }

        var outputs = json.Object("outputs");
        return new CacheEntry(
            json.Text("nodeID") ?? "",
            new NodeOutputs
            {
                Parameters = [.. outputs.Objects("parameters").Select(value => new ParameterValue(value.Text("name") ?? "", value.Text("value") ?? ""))],
                Artifacts = [.. outputs.Objects("artifacts").Select(value => new ArtifactValue(value.Text("name") ?? "", (JsonObject)value.DeepClone()))],
                Result = outputs.Text("result"),
                ExitCode = outputs.Text("exitCode"),
            },
            DateTimeOffset.TryParse(json.Text("creationTimestamp"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at : default);
    }
}
