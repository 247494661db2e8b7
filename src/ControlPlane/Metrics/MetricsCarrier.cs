using Argosy.ControlPlane.Workflows;
using Argosy.Engine.Workflows;

namespace Argosy.ControlPlane.Metrics;

/// <summary>Counts what workflows emit into the hub's metrics.</summary>
internal sealed class MetricsCarrier(MetricRegistry registry) : IOrderCarrier
{
    public Task CarryOutAsync(WorkflowState state, IReadOnlyList<WorkflowOrder> orders)
    {
        foreach (var order in orders)
        {
            switch (order)
            {
                case EmitMetric emit:
                    registry.Count(emit.Sample);
                    break;
                case TrackMetric track:
                    registry.Track(track.Sample, track.Since);
                    break;
                default:
                    break;
            }
        }

        return Task.CompletedTask;
    }
}
