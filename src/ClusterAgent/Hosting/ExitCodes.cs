namespace Argosy.ClusterAgent.Hosting;

/// <summary>How the agent program ends.</summary>
internal static class ExitCodes
{
    /// <summary>It was told to.</summary>
    public const int Stopped = 0;

    /// <summary>It cannot go on; the reason is on its last line. Starting it again may help.</summary>
    public const int Broke = 1;

    /// <summary>Its options cannot be used.</summary>
    public const int BadOptions = 2;

    /// <summary>Another agent took over. Kubernetes starts it again, later and later.</summary>
    public const int Superseded = 3;
}
