using System.Globalization;
using System.Text.Json;
using Argosy.Engine.Expressions;

namespace Argosy.Engine.Cron;

/// <summary>
/// What <c>when</c> and <c>stopStrategy</c> see of a cron workflow: <c>cronworkflow.name</c>, <c>namespace</c>, <c>labels</c>,
/// <c>annotations</c>, <c>lastScheduledTime</c> (nil before the first child), <c>failed</c> and <c>succeeded</c>.
/// </summary>
/// <remarks>
/// Upstream fills <c>annotations</c> from the labels. A label therefore hides an annotation of the same name here, so that what works there
/// gives the same here; and what people mean is found as well.
/// </remarks>
internal sealed class CronVariables : IVariables
{
    private const string Root = "cronworkflow.";
    private const string LastScheduledTime = Root + "lastScheduledTime";

    private readonly Dictionary<string, object> values = new(StringComparer.Ordinal);
    private readonly CronWorkflow cron;
    private readonly DateTimeOffset now;

    public CronVariables(CronWorkflow cron, DateTimeOffset now)
    {
        (this.cron, this.now) = (cron, now);
        values["now"] = CronStatus.Text(now);
        values[Root + "name"] = cron.Name;
        values[Root + "namespace"] = cron.Namespace;
        values[Root + "failed"] = cron.Status.Failed;
        values[Root + "succeeded"] = cron.Status.Succeeded;
        AddMap("labels", cron.Labels);
        AddMap("annotations", Annotations);
        if (cron.Status.LastScheduledTime is { } last)
        {
            values[LastScheduledTime] = last;
        }
    }

    /// <summary>The same for an expression by itself, where <c>failed</c> and <c>succeeded</c> also stand alone.</summary>
    public IReadOnlyDictionary<string, object?> Environment => new Dictionary<string, object?>(StringComparer.Ordinal)
    {
        ["now"] = now,
        ["failed"] = cron.Status.Failed,
        ["succeeded"] = cron.Status.Succeeded,
        ["cronworkflow"] = new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["name"] = cron.Name,
            ["namespace"] = cron.Namespace,
            ["labels"] = cron.Labels,
            ["annotations"] = Annotations,
            ["lastScheduledTime"] = cron.Status.LastScheduledTime,
            ["failed"] = cron.Status.Failed,
            ["succeeded"] = cron.Status.Succeeded,
        },
    };

    private Dictionary<string, string> Annotations => cron.Annotations.Concat(cron.Labels)
        .GroupBy(entry => entry.Key, StringComparer.Ordinal)
        .ToDictionary(entries => entries.Key, entries => entries.Last().Value, StringComparer.Ordinal);

    public string? Find(string name) => values.TryGetValue(name, out var value) ? Text(value) : null;

    public object? FindValue(string name) => values.GetValueOrDefault(name);

    public bool IsAbsent(string name) => name == LastScheduledTime && !values.ContainsKey(name);

    public IEnumerable<KeyValuePair<string, string>> Under(string root) => values
        .Where(entry => entry.Key.StartsWith(root, StringComparison.Ordinal) && (entry.Key.Length == root.Length || entry.Key[root.Length] == '.'))
        .Select(entry => KeyValuePair.Create(entry.Key, Text(entry.Value)));

    private static string Text(object value) => value switch
    {
        DateTimeOffset time => CronStatus.Text(time),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => (string)value,
    };

    private void AddMap(string name, IReadOnlyDictionary<string, string> map)
    {
        values[$"{Root}{name}.json"] = JsonSerializer.Serialize(map);
        foreach (var (key, value) in map)
        {
            values[$"{Root}{name}.{key}"] = value;
        }
    }
}
