using System.ComponentModel.DataAnnotations;

namespace Argosy.ClusterAgent.Embedded;

/// <summary>One embedded cluster: steps are processes of this machine.</summary>
public sealed class EmbeddedClusterOptions
{
    /// <summary>The cluster's name, as the hub knows it.</summary>
    [Required]
    public required string Name { get; init; }

    /// <summary>Where the cluster keeps its pods and volumes; one agent at a time may use it.</summary>
    [Required]
    public required string DataFolder { get; init; }

    /// <summary>
    /// How many pods run at once; others wait. Daemons do not count: they wait for others, who could not start. Default: twice the number of
    /// processors.
    /// </summary>
    [Range(1, 10_000)]
    public int MaxPods { get; init; } = 2 * Environment.ProcessorCount;

    /// <summary>
    /// Folders of this machine that pods see empty, beside <see cref="DataFolder"/>: the hub's own data, above all.
    /// </summary>
    public IReadOnlyList<string> HiddenFolders { get; init; } = [];

    /// <summary>Facts about the cluster, handed to the hub.</summary>
    public IReadOnlyDictionary<string, string> Facts { get; init; } = new Dictionary<string, string>();
}
