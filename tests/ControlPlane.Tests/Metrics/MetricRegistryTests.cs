using Argosy.ControlPlane.Metrics;
using Argosy.Engine.Workflows;

namespace Argosy.ControlPlane.Tests.Metrics;

/// <summary>The text that Prometheus reads.</summary>
public sealed class MetricRegistryTests
{
    private readonly ClockAtRest clock = new();
    private readonly MetricRegistry registry;

    public MetricRegistryTests() => registry = new MetricRegistry(clock);

    private string[] Lines() => [.. registry.Write().Split('\n').Where(line => line.Length > 0)];

    [Fact]
    public void Counters_AddUp_PerSeries()
    {
        foreach (var status in new[] { "Failed", "Succeeded", "Failed" })
        {
            registry.Count(new MetricSample("runs", "How \"often\"\nand why", MetricType.Counter, 1) { Labels = [new("status", status), new("q", "a\"b\\c\n")] });
        }

        Assert.Equal(
            [
                "# HELP argo_workflows_runs How \"often\"\\nand why",
                "# TYPE argo_workflows_runs counter",
                "argo_workflows_runs{status=\"Failed\",q=\"a\\\"b\\\\c\\n\"} 2",
                "argo_workflows_runs{status=\"Succeeded\",q=\"a\\\"b\\\\c\\n\"} 1",
            ],
            Lines());
    }

    [Fact]
    public void Gauges_AreSetAddedToAndSubtractedFrom()
    {
        registry.Count(new MetricSample("g", "h", MetricType.Gauge, 5));
        registry.Count(new MetricSample("g", "h", MetricType.Gauge, 2.5) { Operation = GaugeOperation.Add });
        registry.Count(new MetricSample("g", "h", MetricType.Gauge, 1) { Operation = GaugeOperation.Sub });

        Assert.Equal("argo_workflows_g 6.5", Lines()[^1]);
    }

    [Fact]
    public void Histogram_HasCumulativeBuckets()
    {
        foreach (var value in new[] { 0.5, 1, 3 })
        {
            registry.Count(new MetricSample("d", "h", MetricType.Histogram, value) { Buckets = [1, 2], Labels = [new("a", "b")] });
        }

        Assert.Equal(
            [
                "argo_workflows_d_bucket{a=\"b\",le=\"1\"} 2", "argo_workflows_d_bucket{a=\"b\",le=\"2\"} 2",
                "argo_workflows_d_bucket{a=\"b\",le=\"+Inf\"} 3", "argo_workflows_d_sum{a=\"b\"} 4.5", "argo_workflows_d_count{a=\"b\"} 3",
            ],
            Lines()[2..]);
    }

    [Fact]
    public void TrackedGauge_GrowsUntilItIsSet()
    {
        registry.Track(new MetricSample("t", "h", MetricType.Gauge, 0), clock.Now.AddSeconds(-30));
        Assert.Equal("argo_workflows_t 30", Lines()[^1]);

        registry.Count(new MetricSample("t", "h", MetricType.Gauge, 31));
        clock.Now = clock.Now.AddHours(1);

        Assert.Equal("argo_workflows_t 31", Lines()[^1]);
    }

    [Fact]
    public void SampleOfAnotherType_OrFallingCounter_IsDropped()
    {
        Assert.True(registry.Count(new MetricSample("x", "h", MetricType.Counter, 1)));
        Assert.False(registry.Count(new MetricSample("x", "h", MetricType.Gauge, 7)));
        Assert.False(registry.Count(new MetricSample("x", "h", MetricType.Counter, -1)));

        Assert.Equal("argo_workflows_x 1", Lines()[^1]);
    }

    private sealed class ClockAtRest : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
