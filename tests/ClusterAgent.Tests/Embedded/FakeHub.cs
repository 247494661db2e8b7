using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Threading.Channels;
using Argosy.Contracts.Agents;

namespace Argosy.ClusterAgent.Tests.Embedded;

/// <summary>A hub in memory: it remembers what agents say, and says what a test wants.</summary>
internal sealed class FakeHub : IHubLink
{
    private readonly Lock _gate = new();
    private readonly List<AgentMessage> _heard = [];
    private TaskCompletionSource _heardMore = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Channel<HubMessage> _says = Channel.CreateUnbounded<HubMessage>();
    private ulong _epoch;

    public ConcurrentDictionary<string, byte[]> Artifacts { get; } = new();

    public ConcurrentDictionary<(ConfigurationKind, string), IReadOnlyDictionary<string, string>> Configurations { get; } = new();

    /// <summary>What becomes of whoever wants to read or store an artifact; null: what they want.</summary>
    public Exception? ArtifactFailure { get; set; }

    public ConcurrentQueue<Hello> Hellos { get; } = new();

    /// <summary>Whether every report is acknowledged as soon as it is heard.</summary>
    public bool Acknowledges { get; init; } = true;

    public IReadOnlyList<AgentMessage> Heard
    {
        get
        {
            lock (_gate)
            {
                return [.. _heard];
            }
        }
    }

    public void Say(HubMessage message) => _says.Writer.TryWrite(message);

    public void Run(PodIntent intent) => Say(new HubMessage { Run = intent });

    public void Cancel(AttemptKey key, string reason = "", bool daemonDone = false) =>
        Say(new HubMessage { Cancel = new CancelIntent { Key = key, Reason = reason, DaemonDone = daemonDone } });

    /// <summary>Ends the session as a lost connection does.</summary>
    public void HangUp() => _says.Writer.TryComplete();

    /// <summary>The first message, from the given one on, that the test waits for.</summary>
    public async Task<AgentMessage> HearsAsync(Func<AgentMessage, bool> wanted, int from = 0)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(30));
        while (true)
        {
            Task more;
            lock (_gate)
            {
                if (_heard.Skip(from).FirstOrDefault(wanted) is { } message)
                {
                    return message;
                }

                more = _heardMore.Task;
            }

            try
            {
                await more.WaitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                throw new TimeoutException($"the agent never said it; it said: {string.Join("\n", Heard)}");
            }
        }
    }

    public async Task<NodeReport> ReportAsync(AttemptKey key, Func<NodeReport, bool> wanted, int from = 0) =>
        (await HearsAsync(message => message.Report is { } report && report.Key.Equals(key) && wanted(report), from)).Report;

    public Task<NodeReport> FinalReportAsync(AttemptKey key, int from = 0) =>
        ReportAsync(key, report => report.Phase is not (PodPhase.PodPending or PodPhase.PodRunning), from);

    public Task<IAgentSession> ConnectAsync(Hello hello, IAgentServices services, CancellationToken cancellationToken)
    {
        Hellos.Enqueue(hello);
        _says = Channel.CreateUnbounded<HubMessage>();
        Say(new HubMessage { Welcome = new Welcome { Cluster = hello.Cluster, Epoch = ++_epoch } });
        return Task.FromResult<IAgentSession>(new Session(this, _says));
    }

    public Task<Stream> OpenArtifactAsync(AttemptKey reader, ArtifactTransfer artifact, CancellationToken cancellationToken) =>
        ArtifactFailure is { } failure ? throw failure
            : Artifacts.TryGetValue(PlaceOf(artifact), out var bytes)
            ? Task.FromResult<Stream>(new MemoryStream(bytes))
            : throw new ArtifactMissingException($"nothing at {artifact.LocationJson}");

    public async Task<StoredArtifact> StoreArtifactAsync(
        AttemptKey writer, ArtifactTransfer artifact, Stream content, CancellationToken cancellationToken)
    {
        if (ArtifactFailure is { } failure)
        {
            throw failure;
        }

        using var bytes = new MemoryStream();
        await content.CopyToAsync(bytes, cancellationToken);
        Artifacts[PlaceOf(artifact)] = bytes.ToArray();
        return new StoredArtifact
        {
            Name = artifact.Name,
            LocationJson = artifact.LocationJson,
            Digest = Convert.ToHexStringLower(SHA256.HashData(bytes.ToArray())),
            Size = bytes.Length,
        };
    }

    public Task<IReadOnlyList<string>?> ListArtifactAsync(AttemptKey reader, ArtifactTransfer artifact, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<string>?>(
            [.. Artifacts.Keys.Where(place => place.StartsWith(artifact.LocationJson + "/", StringComparison.Ordinal))
                .Select(place => place[(artifact.LocationJson.Length + 1)..]).Order(StringComparer.Ordinal)]);

    /// <summary>Where an artifact, or one file of it, lies in <see cref="Artifacts"/>.</summary>
    private static string PlaceOf(ArtifactTransfer artifact) =>
        artifact.File.Length > 0 ? $"{artifact.LocationJson}/{artifact.File}" : artifact.LocationJson;

    public Task<NodeReport> ActOnResourceAsync(PodIntent intent, CancellationToken cancellationToken) =>
        Task.FromResult(new NodeReport { Key = intent.Key, Phase = PodPhase.PodError, Message = "this hub has no objects" });

    public Task<IReadOnlyDictionary<string, string>?> ReadConfigurationAsync(
        ConfigurationKind kind, string @namespace, string name, CancellationToken cancellationToken) =>
        Task.FromResult(Configurations.GetValueOrDefault((kind, name)));

    private void Hear(AgentMessage message)
    {
        TaskCompletionSource more;
        lock (_gate)
        {
            _heard.Add(message.Clone());
            more = _heardMore;
            _heardMore = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        if (Acknowledges && message.Report is not null)
        {
            Say(new HubMessage { ReportsDurable = message.Number });
        }

        more.TrySetResult();
    }

    private sealed class Session(FakeHub hub, Channel<HubMessage> says) : IAgentSession
    {
        public IAsyncEnumerable<HubMessage> ReceiveAsync(CancellationToken cancellationToken) => says.Reader.ReadAllAsync(cancellationToken);

        public ValueTask SendAsync(AgentMessage message, CancellationToken cancellationToken)
        {
            hub.Hear(message);
            return ValueTask.CompletedTask;
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
