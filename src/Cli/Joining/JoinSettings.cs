using System.Text.Json.Nodes;

namespace Argosy.Cli.Joining;

/// <summary>What a manifest for an agent says.</summary>
internal sealed record JoinSettings
{
    public const int DefaultPort = 2748;

    public required string Cluster { get; init; }

    /// <summary>Where the agent dials.</summary>
    public required string Hub { get; init; }

    public required string HubAuthorities { get; init; }

    public required string Ticket { get; init; }

    public required string TicketExpires { get; init; }

    /// <summary>Where pods of workflows may run.</summary>
    public required IReadOnlyList<string> Namespaces { get; init; }

    public required string AgentNamespace { get; init; }

    public required string Image { get; init; }

    /// <summary>Where the agent listens for executors; on the host's network it must be free there.</summary>
    public int Port { get; init; } = DefaultPort;

    public bool HostNetwork { get; init; }

    /// <summary>The API server's address, for clusters where pods do not find it by themselves.</summary>
    public Uri? ApiServer { get; init; }

    public string ExecutorUrls { get; init; } = "";

    public string RegistryMirrors { get; init; } = "";

    public string Introduction() => $"""
        # Makes the Kubernetes cluster that this is applied to the cluster "{Cluster}" of the hub {Hub}.
        # The join ticket inside lets one agent in, once, until {TicketExpires}: do not keep this file.
        # Taking it back with kubectl delete -f would delete its namespaces and everything in them.

        """.ReplaceLineEndings("\n");

    /// <param name="enrolled">The namespace that the file is for, where it is for one.</param>
    public IReadOnlyDictionary<string, JsonNode> Values(string enrolled = "") => new Dictionary<string, JsonNode>
    {
        ["CLUSTER"] = Cluster,
        ["HUB"] = Hub,
        ["HUB_AUTHORITIES"] = HubAuthorities,
        ["TICKET"] = Ticket,
        ["NAMESPACE"] = enrolled,
        ["NAMESPACES"] = string.Join(',', Namespaces),
        ["AGENT_NAMESPACE"] = AgentNamespace,
        ["IMAGE"] = Image,
        ["PORT"] = Port,
        ["HOST_NETWORK"] = HostNetwork,
        ["API_SERVER_HOST"] = ApiServer?.IdnHost ?? "",
        ["API_SERVER_PORT"] = ApiServer is null ? "" : $"{ApiServer.Port}",
        ["EXECUTOR_URLS"] = ExecutorUrls,
        ["REGISTRY_MIRRORS"] = RegistryMirrors,
    };
}
