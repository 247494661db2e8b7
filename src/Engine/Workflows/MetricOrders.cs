namespace Argosy.Engine.Workflows;

/// <summary>
/// Count a sample into the hub's metrics. Given once, in the decision that made it true, and never again after a restart: the metrics live
/// as long as the hub's process, and replay counts nothing twice.
/// </summary>
public sealed record EmitMetric(MetricSample Sample) : WorkflowOrder;

/// <summary>Show a gauge that grows with time until <see cref="EmitMetric"/> gives it its last value. Harmless to repeat.</summary>
/// <param name="Since">The gauge's value is the seconds since then.</param>
public sealed record TrackMetric(MetricSample Sample, DateTimeOffset Since) : WorkflowOrder;

/// <summary>One value for a series: a name with labels.</summary>
public sealed record MetricSample(string Name, string Help, MetricType Type, double Value)
{
    public IReadOnlyList<KeyValuePair<string, string>> Labels { get; init; } = [];

    public GaugeOperation Operation { get; init; }

    /// <summary>Upper bounds of a histogram's buckets, in rising order, without infinity.</summary>
    public IReadOnlyList<double> Buckets { get; init; } = [];
}

public enum MetricType
{
    Counter,
    Gauge,
    Histogram,
}

/// <summary>What a value does to a gauge.</summary>
public enum GaugeOperation
{
    Set,
    Add,
    Sub,
}
