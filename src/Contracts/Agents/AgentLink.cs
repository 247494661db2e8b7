namespace Argosy.Contracts.Agents;

/// <summary>
/// What a hub offers to an agent. An embedded agent gets the hub's own implementation; a remote agent gets one that speaks gRPC.
/// </summary>
public interface IHubLink
{
    /// <summary>
    /// Opens the cluster's one live session; an older session of the same cluster is told it is superseded.
    /// </summary>
    /// <exception cref="HubRefusedException">The hub does not know the cluster or does not accept this agent for it.</exception>
    Task<IAgentSession> ConnectAsync(Hello hello, IAgentServices services, CancellationToken cancellationToken);

    /// <summary>Opens the stored bytes of an artifact (as they were uploaded: packed, if they were packed).</summary>
    /// <exception cref="ArtifactMissingException">There is no such artifact at its location.</exception>
    /// <exception cref="ArtifactLocationException">Nothing can be read from such a location.</exception>
    Task<Stream> OpenArtifactAsync(AttemptKey reader, ArtifactTransfer artifact, CancellationToken cancellationToken);

    /// <summary>Stores the bytes of an artifact at its location and answers where they are, their sha256 and their size.</summary>
    /// <exception cref="ArtifactLocationException">Nothing can be stored at such a location.</exception>
    Task<StoredArtifact> StoreArtifactAsync(AttemptKey writer, ArtifactTransfer artifact, Stream content, CancellationToken cancellationToken);

    /// <summary>
    /// The files of an artifact that is a folder, as paths below its location's key, in order; empty when there are none, null when
    /// its storage cannot tell.
    /// </summary>
    Task<IReadOnlyList<string>?> ListArtifactAsync(AttemptKey reader, ArtifactTransfer artifact, CancellationToken cancellationToken);

    /// <summary>
    /// Does the work of a <c>resource</c> template on the hub's own objects: for clusters without an API server. It answers the final
    /// report, an error where the hub does not serve the kind. Repeated after a crash it finds what it did before.
    /// </summary>
    Task<NodeReport> ActOnResourceAsync(PodIntent intent, CancellationToken cancellationToken);

    /// <summary>
    /// Reads a ConfigMap or Secret of the workflow's namespace on the hub: the embedded runtime's stand-in for what a real cluster
    /// holds itself. Values are decoded; null when there is no such object.
    /// </summary>
    Task<IReadOnlyDictionary<string, string>?> ReadConfigurationAsync(
        ConfigurationKind kind, string @namespace, string name, CancellationToken cancellationToken);
}

/// <summary>The objects a pod may read its settings from.</summary>
public enum ConfigurationKind
{
    ConfigMap,
    Secret,
}

/// <summary>One live conversation between the hub and an agent. Disposing it hangs up.</summary>
public interface IAgentSession : IAsyncDisposable
{
    /// <summary>What the hub says, in order; ends when the session does.</summary>
    IAsyncEnumerable<HubMessage> ReceiveAsync(CancellationToken cancellationToken);

    /// <summary>Says something to the hub; waits when the hub is behind.</summary>
    ValueTask SendAsync(AgentMessage message, CancellationToken cancellationToken);
}

/// <summary>What the hub may ask of an agent besides the stream.</summary>
public interface IAgentServices
{
    /// <summary>The log of one container; follows it to its end when asked to. Empty when the agent no longer has it.</summary>
    IAsyncEnumerable<LogLine> ReadLogAsync(LogRequest request, CancellationToken cancellationToken);
}

/// <summary>The hub will not talk to this agent; the message says why and what to do.</summary>
public sealed class HubRefusedException(string message) : Exception(message);

/// <summary>An artifact that was asked for is not at its location.</summary>
public sealed class ArtifactMissingException(string message) : Exception(message);

/// <summary>An artifact location that cannot be used as it is written; trying again does not help, changing the manifest does.</summary>
public sealed class ArtifactLocationException(string message) : Exception(message);
