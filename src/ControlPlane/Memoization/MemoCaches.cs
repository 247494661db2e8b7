using System.Text.Json.Nodes;
using Argosy.ControlPlane.Resources;
using Argosy.ControlPlane.Workflows;
using Argosy.Engine.Workflows;
using Microsoft.Extensions.Logging;

namespace Argosy.ControlPlane.Memoization;

/// <summary>
/// Caches of node outputs: ConfigMaps with upstream's label, one entry per key. A cache that cannot be written costs a later run some time,
/// never this one its success.
/// </summary>
internal sealed class MemoCaches(IResources resources, TimeProvider time, ILogger<MemoCaches> log) : IOrderAnswer, IOrderCarrier
{
    private const string Label = "workflows.argoproj.io/configmap-type";
    private const string LabelValue = "Cache";

    public async ValueTask<WorkflowInput?> AnswerAsync(WorkflowState state, WorkflowOrder order)
    {
        if (order is not ReadCache read)
        {
            return null;
        }

        var map = await resources.FindAsync(KeyOf(state, read.Cache), CancellationToken.None);
        return map is not null && WhyNot(map) is { } reason
            ? new CacheAnswered(read.Node, null, reason)
            : new CacheAnswered(read.Node, map?["data"]?[read.Key]?.ToString(), null);
    }

    public async Task CarryOutAsync(WorkflowState state, IReadOnlyList<WorkflowOrder> orders)
    {
        foreach (var order in orders)
        {
            var index = order switch
            {
                WriteCache write => write.Node,
                TouchCache touch => touch.Node,
                _ => -1,
            };
            if (state.At(index) is not { Memo: { } memo } node)
            {
                continue;
            }

            try
            {
                await (order is WriteCache ? WriteAsync(state, node, memo) : TouchAsync(state, memo));
            }
            catch (Exception failure)
            {
                MemoizationLog.NotWritten(log, failure, state.Namespace, state.Name, node.Name, memo.CacheName);
            }
        }
    }

    private static ResourceKey KeyOf(WorkflowState state, string cache) => new(Kinds.ConfigMap, state.Namespace, cache);

    private static string? WhyNot(JsonObject map)
    {
        var label = map["metadata"]?["labels"]?[Label]?.ToString();
        return label == LabelValue ? null
            : label is null ? $"memoization configmap doesn't have {Label} label, refusing to use it"
            : $"memoization configmap doesn't have label {Label} = {LabelValue}, refusing to use it";
    }

    private async Task WriteAsync(WorkflowState state, Node node, NodeMemo memo)
    {
        var entry = CacheEntry.Of(state, node);
        var key = KeyOf(state, memo.CacheName);
        for (var attempt = 0; ; attempt++)
        {
            if (await resources.ModifyAsync(key, map => Put(map, memo.Key, entry), CancellationToken.None) is not null)
            {
                return;
            }

            try
            {
                await resources.CreateAsync(Kinds.ConfigMap, state.Namespace, New(memo, entry), CancellationToken.None);
                return;
            }
            catch (ApiException taken) when (taken.Code == 409 && attempt < 3)
            {
                // Another workflow made it in this moment.
            }
        }
    }

    private static JsonObject New(NodeMemo memo, JsonObject entry) => new()
    {
        ["apiVersion"] = "v1",
        ["kind"] = "ConfigMap",
        ["metadata"] = new JsonObject { ["name"] = memo.CacheName, ["labels"] = new JsonObject { [Label] = LabelValue } },
        ["data"] = new JsonObject { [memo.Key] = entry.ToJsonString() },
    };

    // An entry that is as new, or newer, stays: this may be the second time that the same node is written.
    private static bool Put(JsonObject map, string key, JsonObject entry)
    {
        if (WhyNot(map) is { } reason)
        {
            throw new InvalidOperationException(reason);
        }

        if (map["data"] is not JsonObject data)
        {
            map["data"] = data = [];
        }

        if (Created(data[key]?.ToString()) is { } known && string.CompareOrdinal(known, (string?)entry["creationTimestamp"]) >= 0)
        {
            return false;
        }

        data[key] = entry.ToJsonString();
        return true;
    }

    private Task TouchAsync(WorkflowState state, NodeMemo memo) => resources.ModifyAsync(
        KeyOf(state, memo.CacheName),
        map =>
        {
            if (Read(map["data"]?[memo.Key]?.ToString()) is not { } entry)
            {
                return false;
            }

            entry["lastHitTimestamp"] = time.GetUtcNow().UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture);
            map["data"]![memo.Key] = entry.ToJsonString();
            return true;
        },
        CancellationToken.None);

    private static string? Created(string? text) => Read(text)?["creationTimestamp"]?.ToString();

    private static JsonObject? Read(string? text)
    {
        try
        {
            return text is null ? null : JsonNode.Parse(text) as JsonObject;
        }
        catch (System.Text.Json.JsonException)
        {
            return null; // somebody else's text: a new entry takes its place
        }
    }
}
