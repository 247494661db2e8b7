using System.Globalization;
using System.Text.Json.Nodes;
using Argosy.Engine.Expressions;
using Argosy.Engine.Templates;

namespace Argosy.Engine.Workflows;

/// <summary>
/// Custom Prometheus metrics of workflows and templates: emitted when the workflow or node has ended; real-time gauges from its start on.
/// A node with a retry strategy emits once, when its Retry node ends. What is wrong with a metric becomes condition MetricsError; the
/// workflow goes on.
/// </summary>
internal static class Metrics
{
    public static void OnNodeStart(Turn turn, Node node)
    {
        if (MetricsOf(turn, node) is { Count: > 0 } metrics)
        {
            Track(turn, metrics, new NodeMetricVariables(turn.State, node, turn.Now), "duration", node.StartedAt);
        }
    }

    public static void OnNodeEnd(Turn turn, Node node)
    {
        if (MetricsOf(turn, node) is { Count: > 0 } metrics)
        {
            Emit(turn, metrics, new NodeMetricVariables(turn.State, node, turn.Now), "duration");
        }
    }

    public static void OnWorkflowStart(Turn turn)
    {
        if (MetricsOf(turn.State) is { Count: > 0 } metrics)
        {
            Track(turn, metrics, new WorkflowMetricVariables(turn.State, turn.Now), "workflow.duration", turn.State.StartedAt ?? turn.Now);
        }
    }

    public static void OnWorkflowEnd(Turn turn)
    {
        if (MetricsOf(turn.State) is { Count: > 0 } metrics)
        {
            Emit(turn, metrics, new WorkflowMetricVariables(turn.State, turn.Now), "workflow.duration");
        }
    }

    /// <summary>After a restart: shows again what grows with time.</summary>
    public static void Recover(Turn turn)
    {
        OnWorkflowStart(turn);
        foreach (var node in turn.State.Nodes.Where(node => !node.Phase.IsEnd()))
        {
            OnNodeStart(turn, node);
        }
    }

    private static IReadOnlyList<JsonObject> MetricsOf(WorkflowState state) => [.. state.Spec?.Json.Object("metrics").Objects("prometheus") ?? []];

    private static IReadOnlyList<JsonObject> MetricsOf(Turn turn, Node node) =>
        node.Type is NodeType.Skipped or NodeType.StepGroup or NodeType.TaskGroup or NodeType.Container || node.Is(NodeFlags.Retried)
            || TemplateLookup.Of(turn.State, node) is not { } template
            ? []
            : (node.Template ??= template).Metrics;

    private static void Track(Turn turn, IReadOnlyList<JsonObject> metrics, IVariables variables, string duration, DateTimeOffset since)
    {
        foreach (var metric in metrics.Where(IsRealtime))
        {
            try
            {
                if (Read(metric, variables, duration) is { } sample)
                {
                    turn.Order(new TrackMetric(sample with { Value = 0 }, since));
                }
            }
            catch (ExpressionException)
            {
                // Said when the node has ended, and everything it may refer to is known.
            }
        }
    }

    private static void Emit(Turn turn, IReadOnlyList<JsonObject> metrics, IVariables variables, string duration)
    {
        foreach (var metric in metrics)
        {
            try
            {
                if (Read(metric, variables, duration) is { } sample)
                {
                    turn.Order(new EmitMetric(sample));
                }
            }
            catch (ExpressionException failure)
            {
                var message = $"metric '{metric.Text("name")}': {failure.Message}";
                if (turn.State.Belongings.Conditions.GetValueOrDefault(ConditionType.MetricsError) != message)
                {
                    turn.Record(new ConditionRaised(ConditionType.MetricsError, message));
                }
            }
        }
    }

    private static bool IsRealtime(JsonObject metric) => metric.Object("gauge").Bool("realtime") ?? false;

    /// <returns>Null: its condition says that nothing is to be emitted.</returns>
    /// <exception cref="ExpressionException">Something about the metric is wrong.</exception>
    private static MetricSample? Read(JsonObject metric, IVariables variables, string duration)
    {
        if (metric.Text("when") is { Length: > 0 } when && !WhenCondition.Evaluate(Rendered(when, variables)))
        {
            return null;
        }

        var name = Rendered(metric.Text("name") ?? "", variables);
        if (name.Length == 0 || !name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '_' or ':') || char.IsAsciiDigit(name[0]))
        {
            throw new ExpressionException($"metric name '{name}' is invalid: it may only contain alphanumeric characters, '_' and ':'");
        }

        var (type, body) = metric.Object("counter") is { } counter ? (MetricType.Counter, counter)
            : metric.Object("histogram") is { } histogram ? (MetricType.Histogram, histogram)
            : metric.Object("gauge") is { } gauge ? (MetricType.Gauge, gauge)
            : throw new ExpressionException("it must be a counter, a gauge or a histogram");
        var value = body.Text("value") ?? "";
        if (IsRealtime(metric) && value.Replace(" ", "", StringComparison.Ordinal) != $"{{{{{duration}}}}}")
        {
            throw new ExpressionException($"'{value}' is not available as a real time metric: it can only be {{{{{duration}}}}}");
        }

        return new MetricSample(name, Rendered(metric.Text("help") ?? "", variables), type, Number(Rendered(value, variables)))
        {
            Labels = [.. metric.Objects("labels").Select(label => KeyValuePair.Create(Rendered(label.Text("key") ?? "", variables), Rendered(label.Text("value") ?? "", variables)))],
            Operation = Enum.TryParse<GaugeOperation>(body.Text("operation"), out var operation) ? operation : GaugeOperation.Set,
            Buckets = [.. body.Texts("buckets").Select(bucket => Number(Rendered(bucket, variables))).Distinct().Order()],
        };
    }

    private static string Rendered(string text, IVariables variables)
    {
        var rendered = TagText.Parse(text).Render(variables);
        return rendered.Unresolved.Concat(rendered.Absent).FirstOrDefault() is { } missing
            ? throw new ExpressionException($"failed to resolve {{{{{missing}}}}}")
            : rendered.Text;
    }

    private static double Number(string text) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
        ? number
        : throw new ExpressionException($"'{text}' is not a number");
}

/// <summary>What metrics of a template see: its node's inputs, outputs, status, duration and use of resources.</summary>
internal sealed class NodeMetricVariables(WorkflowState state, Node node, DateTimeOffset now) : IVariables
{
    private readonly LocalVariables all = new(Own(state, node, now), new LayeredVariables(new InputVariables(node.Inputs), new WorkflowVariables(state, now)));

    public string? Find(string name) => all.Find(name);

    public IEnumerable<KeyValuePair<string, string>> Under(string root) => all.Under(root);

    public bool IsAbsent(string name) => all.IsAbsent(name);

    private static Dictionary<string, string> Own(WorkflowState state, Node node, DateTimeOffset now)
    {
        var own = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["status"] = node.Phase.ToString(),
            ["duration"] = MetricValues.Seconds((node.FinishedAt ?? now) - node.StartedAt),
            ["retries"] = Math.Max(0, node.Type == NodeType.Retry ? node.Members.Count - 1 : 0).ToString(CultureInfo.InvariantCulture),
            ["node.name"] = node.Name,
        };
        MetricValues.AddUse(own, node.ResourcesDuration);
        MetricValues.AddOutputs(own, node.Outputs);
        if (state.At(node.Boundary) is { } boundary && node.StepName is { } step)
        {
            own[boundary.Type == NodeType.DAG ? "tasks.name" : "steps.name"] = step;
        }

        return own;
    }
}

/// <summary>What metrics of a workflow see.</summary>
internal sealed class WorkflowMetricVariables(WorkflowState state, DateTimeOffset now) : IVariables
{
    private readonly LocalVariables all = new(Own(state, now), new WorkflowVariables(state, state.FinishedAt ?? now));

    public string? Find(string name) => all.Find(name);

    public IEnumerable<KeyValuePair<string, string>> Under(string root) => all.Under(root);

    public bool IsAbsent(string name) => all.IsAbsent(name);

    private static Dictionary<string, string> Own(WorkflowState state, DateTimeOffset now)
    {
        var duration = MetricValues.Seconds((state.FinishedAt ?? now) - (state.StartedAt ?? now));
        var own = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["workflow.status"] = state.Phase.ToText(),
            ["workflow.duration"] = duration,
            ["status"] = state.Phase.ToText(),
            ["duration"] = duration,
        };
        MetricValues.AddUse(own, state.ResourcesDuration);
        if (state.Find(state.Name) is { } root)
        {
            MetricValues.AddOutputs(own, root.Outputs);
        }

        return own;
    }
}

internal static class MetricValues
{
    public static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("F6", CultureInfo.InvariantCulture);

    /// <summary>cpu and memory are 0 where nothing is known, as upstream has it.</summary>
    public static void AddUse(Dictionary<string, string> variables, IReadOnlyDictionary<string, long>? used)
    {
        variables["resourcesDuration.cpu"] = "0";
        variables["resourcesDuration.memory"] = "0";
        foreach (var (resource, seconds) in used ?? new Dictionary<string, long>())
        {
            variables["resourcesDuration." + resource] = seconds.ToString(CultureInfo.InvariantCulture);
        }
    }

    public static void AddOutputs(Dictionary<string, string> variables, NodeOutputs outputs)
    {
        if (outputs.Result is { } result)
        {
            variables["outputs.result"] = result;
        }

        if (outputs.ExitCode is { } exitCode)
        {
            variables["exitCode"] = variables["outputs.exitCode"] = exitCode;
        }

        foreach (var parameter in outputs.Parameters)
        {
            variables["outputs.parameters." + parameter.Name] = parameter.Value;
        }
    }
}
