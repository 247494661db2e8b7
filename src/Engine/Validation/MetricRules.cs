using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Argosy.Engine.Manifests;

namespace Argosy.Engine.Validation;

/// <summary>Custom Prometheus metrics.</summary>
internal static partial class MetricRules
{
    private static readonly string[] Kinds = ["gauge", "histogram", "counter"];

    public static void Check(Problems problems, JsonObject metrics, string path, string prefix)
    {
        foreach (var (i, metric) in metrics.ObjectsAt("prometheus"))
        {
            var at = $"{path}.prometheus[{i}]";
            var name = metric.TextAt("name") ?? "";
            if (!Name().IsMatch(name))
            {
                problems.Add(
                    $"{at}.name", $"{prefix} metric name '{name}' is invalid. Metric names must contain alphanumeric characters or '_'");
            }

            foreach (var (j, label) in metric.ObjectsAt("labels").Where(label => !Name().IsMatch(label.Value.TextAt("key") ?? "")))
            {
                problems.Add(
                    $"{at}.labels[{j}].key", $"metric label '{label.TextAt("key")}' is invalid: keys may only contain alphanumeric characters or '_'");
            }

            if (!metric.Has("help"))
            {
                problems.Add($"{at}.help", $"{prefix} metric '{name}' must contain a help string under 'help: ' field");
            }

            CheckValues(problems, metric, at, $"{prefix} metric '{name}' error: ");
        }
    }

    private static void CheckValues(Problems problems, JsonObject metric, string path, string prefix)
    {
        foreach (var kind in Kinds.Where(kind => metric.ObjectAt(kind) is { } value && !value.Has("value")))
        {
            problems.Add($"{path}.{kind}.value", $"{prefix}missing {kind}.value");
        }

        if (metric.ObjectAt("gauge") is { } gauge && gauge.FlagAt("realtime")
            && (gauge.TextAt("value") ?? "").Contains("resourcesDuration.", StringComparison.Ordinal))
        {
            problems.Add($"{path}.gauge.value", $"{prefix}'resourcesDuration.*' metrics cannot be used in real-time gauges");
        }
    }

    [GeneratedRegex("^[a-zA-Z_][a-zA-Z0-9_]*$", RegexOptions.NonBacktracking)]
    private static partial Regex Name();
}
