using System.Text.Json.Nodes;
using Argosy.Cli.Hub;
using Argosy.Contracts.Agents;
using Argosy.ControlPlane.Hosting;
using Argosy.ControlPlane.Resources;
using Argosy.ControlPlane.Tests.ArgoServer;

namespace Argosy.Cli.Tests.Commands;

/// <summary>A hub whose workflows end as the test wants, and a fleet that is only written down.</summary>
internal sealed class ScriptedHub(ArgoServerHost server, string folder) : RunningHub, IHubLink
{
    private readonly TaskCompletionSource submitted = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The status that each workflow gets at once; null to leave it running.</summary>
    public string? Ending { get; init; }

    public HubOptions? StartedWith { get; private set; }

    public bool IsDisposed { get; private set; }

    public List<string> Declared { get; } = [];

    public List<string> Served { get; } = [];

    /// <summary>Completes when someone has submitted a workflow.</summary>
    public Task Submitted => submitted.Task;

    public override Uri Url => server.Url;

    public override string AdminToken => "secret";

    public override string KubeconfigPath => Path.Combine(folder, "kubeconfig");

    public override IHubLink AgentLink => this;

    public override Task Completion { get; } = new TaskCompletionSource().Task;

    public Task<RunningHub> StartAsync(HubOptions options, CancellationToken cancellationToken)
    {
        StartedWith = options;
        return Task.FromResult<RunningHub>(this);
    }

    public override Task DeclareClusterAsync(string name, IReadOnlyDictionary<string, string> labels)
    {
        Declared.Add($"{name}:{string.Join(',', labels.Select(label => $"{label.Key}={label.Value}"))}");
        return Task.CompletedTask;
    }

    /// <summary>Stands in for the agent of a cluster: it ends the workflows.</summary>
    public async Task ServeAsync(
        EmbeddedClusterSpec cluster, string data, string dataDirectory, IHubLink hub, CancellationToken cancellationToken)
    {
        Served.Add(cluster.Name);
        await foreach (var change in server.Resources.ObserveAsync(Kinds.Workflow, cancellationToken))
        {
            submitted.TrySetResult();
            if (change.Type == ResourceChangeType.Added && Ending is not null)
            {
                await server.Resources.ModifyAsync(change.Key, End, cancellationToken);
            }
        }
    }

    public override ValueTask DisposeAsync()
    {
        IsDisposed = true;
        return ValueTask.CompletedTask;
    }

    public Task<IAgentSession> ConnectAsync(Hello hello, IAgentServices services, CancellationToken cancellationToken) =>
        throw new HubRefusedException("nobody connects to this hub");

    public Task<Stream> OpenArtifactAsync(AttemptKey reader, ArtifactTransfer artifact, CancellationToken cancellationToken) =>
        throw new ArtifactMissingException("this hub has no artifacts");

    public Task<StoredArtifact> StoreArtifactAsync(
        AttemptKey writer, ArtifactTransfer artifact, Stream content, CancellationToken cancellationToken) =>
        throw new ArtifactMissingException("this hub has no artifacts");

    public Task<IReadOnlyList<string>?> ListArtifactAsync(AttemptKey reader, ArtifactTransfer artifact, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<string>?>(null);

    public Task<NodeReport> ActOnResourceAsync(PodIntent intent, CancellationToken cancellationToken) =>
        Task.FromResult(new NodeReport { Key = intent.Key, Phase = PodPhase.PodError, Message = "this hub has no objects" });

    public Task<IReadOnlyDictionary<string, string>?> ReadConfigurationAsync(
        ConfigurationKind kind, string @namespace, string name, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyDictionary<string, string>?>(null);

    private bool End(JsonObject workflow)
    {
        workflow["status"] = JsonNode.Parse(Ending!);
        return true;
    }
}
