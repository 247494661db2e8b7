using System.Net;

namespace Argosy.ClusterAgent.Hosting;

/// <summary>How the agent program of one Kubernetes cluster was started; <see cref="AgentSettings"/> reads it.</summary>
public sealed record AgentOptions
{
    /// <summary>Where the hub listens for agents.</summary>
    public required Uri Hub { get; init; }

    /// <summary>The cluster's name, as the hub knows it.</summary>
    public required string Cluster { get; init; }

    /// <summary>Where pods may run, the first being where they run unless a workflow's own says otherwise.</summary>
    public required IReadOnlyList<string> Namespaces { get; init; }

    /// <summary>Where the identity is kept: the Secret that the join manifest made; null: <see cref="IdentityFolder"/>.</summary>
    public SecretName? IdentitySecret { get; init; }

    /// <summary>Where the identity is kept outside of a cluster.</summary>
    public string? IdentityFolder { get; init; }

    /// <summary>Null: the API server of the cluster that this process runs in.</summary>
    public string? Kubeconfig { get; init; }

    /// <summary>The agent's own image, from which pods get the executor.</summary>
    public required string Image { get; init; }

    /// <summary>Where executors and health checks are served. Port 0: any that is free.</summary>
    public required IPEndPoint Listen { get; init; }

    /// <summary>How pods reach <see cref="Listen"/>, best first; empty: worked out from the agent's own pod.</summary>
    public IReadOnlyList<Uri> ExecutorUrls { get; init; } = [];

    /// <summary>Registry host to where its images are asked for instead.</summary>
    public IReadOnlyDictionary<string, string> RegistryMirrors { get; init; } = new Dictionary<string, string>();

    /// <summary>Whether http templates may ask loopback and link-local addresses of the agent's machine. Default false.</summary>
    public bool HttpAllowLocal { get; init; }
}

/// <summary>A Secret of the cluster.</summary>
public sealed record SecretName(string Namespace, string Name);
