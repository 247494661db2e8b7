namespace Argosy.Clusters.Chaos;

/// <summary>What happens to gpu alone goes on while other things happen to serving alone.</summary>
[CollectionDefinition(Name)]
public sealed class GpuCollection
{
    public const string Name = "what happens to gpu";
}

[CollectionDefinition(Name)]
public sealed class ServingCollection
{
    public const string Name = "what happens to serving";
}

/// <summary>What happens to the hub happens to everybody.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class HubCollection
{
    public const string Name = "what happens to the hub";
}
