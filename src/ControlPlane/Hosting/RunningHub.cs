using Argosy.Contracts.Agents;

namespace Argosy.ControlPlane.Hosting;

/// <summary>A hub that serves. Disposing it stops it.</summary>
public abstract class RunningHub : IAsyncDisposable
{
    /// <summary>Where the hub's APIs are.</summary>
    public abstract Uri Url { get; }

    /// <summary>Where agents of real clusters dial; null: the hub listens for none.</summary>
    public virtual Uri? AgentsUrl => null;

    /// <summary>The administrator's bearer token.</summary>
    public abstract string AdminToken { get; }

    /// <summary>The administrator's kubeconfig, in the data directory.</summary>
    public abstract string KubeconfigPath { get; }

    /// <summary>What agents in this process talk to.</summary>
    public abstract IHubLink AgentLink { get; }

    /// <summary>Completes when the hub has stopped.</summary>
    public abstract Task Completion { get; }

    /// <summary>Registers a cluster, or gives a registered one these labels.</summary>
    public abstract Task DeclareClusterAsync(string name, IReadOnlyDictionary<string, string> labels);

    public abstract ValueTask DisposeAsync();
}
