using System.Net;
using Argosy.ControlPlane.Access;

namespace Argosy.ControlPlane.Hosting;

/// <summary>How a hub is started.</summary>
public sealed record HubOptions
{
    /// <summary>Holds everything the hub keeps; made when it is not there. Nothing is written elsewhere.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>Where the hub listens; port 0 takes any free port. Default 127.0.0.1:2746, Argo Server's port.</summary>
    public IPEndPoint ListenAddress { get; init; } = new(IPAddress.Loopback, 2746);

    /// <summary>
    /// Where agents of real clusters dial; port 0 takes any free port. It always speaks TLS. Null (default): nowhere, embedded clusters need none.
    /// </summary>
    public IPEndPoint? AgentsAddress { get; init; }

    /// <summary>How the hub speaks TLS; null (default) for plain HTTP, which it does on loopback only.</summary>
    public TlsOptions? Tls { get; init; }

    /// <summary>Npgsql connection string of the hub's database; null (default) for SQLite in the data directory.</summary>
    public string? PostgresConnection { get; init; }

    /// <summary>What the hub takes for the time. Default the system's clock.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>The home cluster of workflows that name none; null (default) for the least busy one that is ready.</summary>
    public string? DefaultCluster { get; init; }

    /// <summary>Parts of a Workflow object (metadata, spec) that lie under every workflow's own; null (default): nothing.</summary>
    public System.Text.Json.Nodes.JsonObject? WorkflowDefaults { get; init; }

    /// <summary>Artifact repository of workflows that have no other, in Argo's form; null (default): the store in the data directory.</summary>
    public System.Text.Json.Nodes.JsonObject? ArtifactRepository { get; init; }

    /// <summary>How long pods that podGC chose are kept, unless the workflow says otherwise. Default 5 seconds, as upstream's.</summary>
    public TimeSpan PodGcDelay { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Workflows that may run at once in the whole hub; the others are Pending. Null (default): as the configuration says, else any number.</summary>
    public int? Parallelism { get; init; }

    /// <summary>The same for each namespace, unless its label says otherwise.</summary>
    public int? NamespaceParallelism { get; init; }

    /// <summary>Where ConfigMaps that serve all namespaces are, such as shared artifact repositories. Default <c>argo</c>.</summary>
    public string SystemNamespace { get; init; } = "argo";
}
