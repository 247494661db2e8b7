using System.Globalization;
using System.Text;
using Argosy.Engine.Workflows;

namespace Argosy.ControlPlane.Metrics;

/// <summary>
/// The hub's metrics, written in Prometheus' text format. Every name gets the prefix <c>argo_workflows_</c>. A name has one type and one
/// help text: what comes first decides, and a sample of another type is dropped.
/// </summary>
internal sealed class MetricRegistry(TimeProvider time)
{
    private const string Prefix = "argo_workflows_";

    /// <summary>Series per name: a label that is different each time must not fill the hub's memory.</summary>
    private const int MostSeries = 10_000;

    private readonly Lock gate = new();
    private readonly SortedDictionary<string, Family> families = new(StringComparer.Ordinal);

    private sealed record Family(MetricType Type, string Help)
    {
        public SortedDictionary<string, Series> Series { get; } = new(StringComparer.Ordinal);
    }

    private sealed class Series(IReadOnlyList<double> buckets)
    {
        public IReadOnlyList<double> Buckets => buckets;

        public double Value { get; set; }

        /// <summary>The value is the seconds since then; null: it stands still.</summary>
        public DateTimeOffset? Since { get; set; }

        public long[] Counts { get; } = new long[buckets.Count];

        public long Count { get; set; }
    }

    /// <returns>Whether it was counted.</returns>
    public bool Count(MetricSample sample)
    {
        lock (gate)
        {
            if (Find(sample) is not { } series || !double.IsFinite(sample.Value) || (sample.Type == MetricType.Counter && sample.Value < 0))
            {
                return false;
            }

            switch (sample.Type)
            {
                case MetricType.Counter:
                    series.Value += sample.Value;
                    break;
                case MetricType.Gauge:
                    series.Since = null;
                    series.Value = sample.Operation switch
                    {
                        GaugeOperation.Add => series.Value + sample.Value,
                        GaugeOperation.Sub => series.Value - sample.Value,
                        GaugeOperation.Set => sample.Value,
                    };
                    break;
                case MetricType.Histogram:
                    Observe(series, sample.Value);
                    break;
            }

            return true;
        }
    }

    /// <summary>Has a gauge grow with time.</summary>
    public void Track(MetricSample sample, DateTimeOffset since)
    {
        lock (gate)
        {
            if (Find(sample) is { } series)
            {
                series.Since = since;
            }
        }
    }

    /// <summary>Everything, as Prometheus reads it.</summary>
    public string Write()
    {
        var text = new StringBuilder();
        lock (gate)
        {
            foreach (var (name, family) in families)
            {
                var full = Prefix + name;
                text.Append(CultureInfo.InvariantCulture, $"# HELP {full} {family.Help.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)}\n");
                text.Append(CultureInfo.InvariantCulture, $"# TYPE {full} {TypeOf(family.Type)}\n");
                foreach (var (labels, series) in family.Series)
                {
                    Write(text, full, family.Type, labels, series);
                }
            }
        }

        return text.ToString();
    }

    private static string TypeOf(MetricType type) => type switch
    {
        MetricType.Counter => "counter",
        MetricType.Gauge => "gauge",
        MetricType.Histogram => "histogram",
    };

    private static void Observe(Series series, double value)
    {
        for (var bucket = 0; bucket < series.Buckets.Count; bucket++)
        {
            series.Counts[bucket] += value <= series.Buckets[bucket] ? 1 : 0;
        }

        series.Count++;
        series.Value += value;
    }

    private Series? Find(MetricSample sample)
    {
        if (!families.TryGetValue(sample.Name, out var family))
        {
            families[sample.Name] = family = new Family(sample.Type, sample.Help);
        }

        if (family.Type != sample.Type)
        {
            return null;
        }

        var labels = string.Join(',', sample.Labels.Select(label => $"{label.Key}=\"{Escaped(label.Value)}\""));
        if (family.Series.TryGetValue(labels, out var series))
        {
            return series;
        }

        return family.Series.Count < MostSeries ? family.Series[labels] = new Series(sample.Buckets) : null;
    }

    private void Write(StringBuilder text, string name, MetricType type, string labels, Series series)
    {
        if (type != MetricType.Histogram)
        {
            var value = series.Since is { } since ? Math.Max(0, (time.GetUtcNow() - since).TotalSeconds) : series.Value;
            text.Append(CultureInfo.InvariantCulture, $"{name}{Braced(labels)} {Number(value)}\n");
            return;
        }

        var more = labels.Length > 0 ? labels + "," : "";
        for (var bucket = 0; bucket < series.Buckets.Count; bucket++)
        {
            text.Append(CultureInfo.InvariantCulture, $"{name}_bucket{{{more}le=\"{Number(series.Buckets[bucket])}\"}} {series.Counts[bucket]}\n");
        }

        text.Append(CultureInfo.InvariantCulture, $"{name}_bucket{{{more}le=\"+Inf\"}} {series.Count}\n");
        text.Append(CultureInfo.InvariantCulture, $"{name}_sum{Braced(labels)} {Number(series.Value)}\n");
        text.Append(CultureInfo.InvariantCulture, $"{name}_count{Braced(labels)} {series.Count}\n");
    }

    private static string Braced(string labels) => labels.Length > 0 ? $"{{{labels}}}" : "";

    private static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    private static string Escaped(string value) => value
        .Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
}
