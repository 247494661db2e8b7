namespace Argosy.Clusters.Hubs;

/// <summary>Tests that no other test may run beside: they kill what others stand on, or need all of the machine.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class AloneCollection
{
    public const string Name = "alone";
}
