using System.Text.Json.Nodes;
using Argosy.Engine.Templates;

namespace Argosy.Engine.Workflows;

/// <summary>
/// What a pod used: for each resource, the sum over its containers of what the container requested (else its limit, else 100m of cpu and
/// 100Mi of memory) times the whole seconds it ran. In seconds of a base unit: one core, 100Mi of memory, one of anything else.
/// </summary>
internal static class PodUsage
{
    private static readonly Dictionary<string, long> Nothing = [];

    private const decimal MemoryUnit = 100 * 1024 * 1024;

    /// <param name="template">The pod's template, rendered.</param>
    /// <returns>Null where no container said how long it ran.</returns>
    public static IReadOnlyDictionary<string, long>? Of(JsonObject template, PodStatus status)
    {
        var sums = new SortedDictionary<string, decimal>(StringComparer.Ordinal);
        foreach (var (name, seconds) in Runs(status))
        {
            foreach (var (resource, quantity) in Requests(Container(template, name)))
            {
                sums[resource] = sums.GetValueOrDefault(resource) + (quantity * seconds / (resource == "memory" ? MemoryUnit : 1));
            }
        }

        return sums.Count > 0 ? sums.ToDictionary(sum => sum.Key, sum => (long)Math.Min(sum.Value, long.MaxValue), StringComparer.Ordinal) : null;
    }

    /// <summary>As a status shows it; null where it shows nothing.</summary>
    public static IReadOnlyDictionary<string, long>? Read(JsonObject? shown) => shown?
        .Where(pair => shown.Long(pair.Key) is not null)
        .ToDictionary(pair => pair.Key, pair => shown.Long(pair.Key)!.Value, StringComparer.Ordinal);

    /// <summary>Both together.</summary>
    public static IReadOnlyDictionary<string, long> Sum(IReadOnlyDictionary<string, long>? left, IReadOnlyDictionary<string, long> right)
    {
        var sum = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var (resource, seconds) in (left ?? Nothing).Concat(right))
        {
            sum[resource] = sum.GetValueOrDefault(resource) + seconds;
        }

        return sum;
    }

    private static IEnumerable<(string Container, long Seconds)> Runs(PodStatus status)
    {
        var told = status.Containers.Where(container => container is { StartedAt: not null, FinishedAt: not null }).ToList();
        return told.Count > 0
            ? told.Select(container => (container.Name, Seconds(container.StartedAt!.Value, container.FinishedAt!.Value)))
            : status is { StartedAt: { } started, FinishedAt: { } finished } ? [("main", Seconds(started, finished))] : [];
    }

    private static long Seconds(DateTimeOffset from, DateTimeOffset to) => Math.Max(0, (long)(to - from).TotalSeconds);

    private static JsonObject? Container(JsonObject template, string name)
    {
        if (name == "main" && (template.Object("container") ?? template.Object("script")) is { } main)
        {
            return main;
        }

        return template.Object("containerSet").Objects("containers").Concat(template.Objects("sidecars")).Concat(template.Objects("initContainers"))
            .FirstOrDefault(container => container.Text("name") == name);
    }

    private static Dictionary<string, decimal> Requests(JsonObject? container)
    {
        var list = new Dictionary<string, decimal>(StringComparer.Ordinal) { ["cpu"] = 0.1m, ["memory"] = MemoryUnit };
        foreach (var kind in new[] { "limits", "requests" })
        {
            foreach (var (resource, amount) in container.Object("resources").TextMap(kind))
            {
                if (Quantity.Parse(amount) is { } quantity)
                {
                    list[resource] = quantity;
                }
            }
        }

        return list;
    }
}
