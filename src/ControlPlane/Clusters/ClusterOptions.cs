using System.ComponentModel.DataAnnotations;

namespace Argosy.ControlPlane.Clusters;

/// <summary>How the hub judges its clusters.</summary>
public sealed class ClusterOptions
{
    public const string SectionName = "Clusters";

    /// <summary>Where nodes without a placement rule run; null: the least busy cluster that is ready.</summary>
    public string? DefaultCluster { get; set; }

    /// <summary>Silence after which a cluster is Suspect; default 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan SuspectAfter { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Silence after which a cluster is Lost; default 30 s. Nothing is run again because of it.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan LostAfter { get; set; } = TimeSpan.FromSeconds(30);
}
