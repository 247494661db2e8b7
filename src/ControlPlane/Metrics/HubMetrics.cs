using System.Reflection;
using Argosy.ControlPlane.Resources;
using Argosy.Engine.Workflows;
using Microsoft.Extensions.Hosting;

namespace Argosy.ControlPlane.Metrics;

/// <summary>
/// The metrics that upstream's dashboards look at, as far as they mean something here: <c>gauge</c> (workflows by phase), <c>total_count</c>
/// (workflows that entered a phase), <c>pods_total_count</c>, <c>operation_duration_seconds</c>, <c>version</c> and <c>is_leader</c>.
/// </summary>
internal sealed class HubMetrics(MetricRegistry registry, IResources resources) : BackgroundService
{
    private static readonly double[] OperationBuckets = [0.001, 0.005, 0.025, 0.1, 0.5, 1, 5, 30];

    private readonly Dictionary<string, string> phases = new(StringComparer.Ordinal);

    /// <summary>One turn of a workflow is durable and carried out.</summary>
    public void Decided(WorkflowState state, IReadOnlyList<WorkflowFact> facts, TimeSpan took)
    {
        registry.Count(new MetricSample("operation_duration_seconds", "Histogram of durations of operations", MetricType.Histogram, took.TotalSeconds)
        {
            Buckets = OperationBuckets,
        });
        foreach (var fact in facts)
        {
            switch (fact)
            {
                case WorkflowPhaseChanged changed:
                    Add("total_count", "Total number of workflows that have entered each phase", state.Namespace, changed.Phase.ToText());
                    break;
                case NodeStarted started when state.At(started.Node) is { Type: NodeType.Pod }:
                    Add("pods_total_count", "Total number of pods that have entered each phase", state.Namespace, "Running");
                    break;
                case NodeEnded ended when state.At(ended.Node) is { Type: NodeType.Pod, Cluster: not null }:
                    Add("pods_total_count", "Total number of pods that have entered each phase", state.Namespace, ended.Phase == NodePhase.Succeeded ? "Succeeded" : "Failed");
                    break;
                default:
                    break;
            }
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var version = typeof(HubMetrics).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "";
        Set("version", "Build metadata for this hub", 1, new KeyValuePair<string, string>("version", "v" + version.Split('+')[0]));
        Set("is_leader", "Emits 1 if leader, 0 otherwise", 1);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await foreach (var change in resources.ObserveAsync(Kinds.Workflow, stoppingToken))
                {
                    Consider(change);
                }
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                // The hub is stopping, and its metrics with it.
            }
            catch (ApiException fallenBehind) when (fallenBehind.Code == 410)
            {
                // Too far behind the changes: look at everything again.
            }
        }
    }

    private void Consider(ResourceChange change)
    {
        var before = phases.GetValueOrDefault(change.Uid);
        var after = change.Type == ResourceChangeType.Deleted ? null : change.Phase is { Length: > 0 } phase ? phase : "Pending";
        if (before == after)
        {
            return;
        }

        if (before is not null)
        {
            Step(before, GaugeOperation.Sub);
            phases.Remove(change.Uid);
        }

        if (after is not null)
        {
            Step(after, GaugeOperation.Add);
            phases[change.Uid] = after;
        }
    }

    private void Step(string phase, GaugeOperation operation) => registry.Count(
        new MetricSample("gauge", "Number of workflows currently known to the hub, by phase", MetricType.Gauge, 1)
        {
            Labels = [new("phase", phase)],
            Operation = operation,
        });

    private void Set(string name, string help, double value, params KeyValuePair<string, string>[] labels) =>
        registry.Count(new MetricSample(name, help, MetricType.Gauge, value) { Labels = labels });

    private void Add(string name, string help, string @namespace, string phase) => registry.Count(
        new MetricSample(name, help, MetricType.Counter, 1) { Labels = [new("namespace", @namespace), new("phase", phase)] });
}
