using System.Text.Json.Nodes;

namespace Argosy.ClusterAgent.Kubernetes.Watching;

/// <summary>How an informer follows its cluster.</summary>
public sealed record InformerOptions
{
    /// <summary>Each object is told again after this time, changed or not, so that a listener that missed its chance gets another. Default 20 min.</summary>
    public TimeSpan ResyncEvery { get; init; } = TimeSpan.FromMinutes(20);

    /// <summary>The pause after a first failure; doubled for each further one. Default 500 ms.</summary>
    public TimeSpan FirstPause { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Default 30 s.</summary>
    public TimeSpan LongestPause { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// What of an object is kept and told; null: all but its managedFields. It may change what it is given and answer that, or make something
    /// new; the metadata's resourceVersion must stay. A thousand whole pods weigh 50 MB, what is needed of them a tenth.
    /// </summary>
    public Func<JsonObject, JsonObject>? Keep { get; init; }
}
