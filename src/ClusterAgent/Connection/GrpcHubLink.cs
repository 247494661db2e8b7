using Argosy.ClusterAgent.Identity;
using Argosy.Contracts.Agents;
using Grpc.Core;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.Retry;

namespace Argosy.ClusterAgent.Connection;

/// <summary>
/// The hub from afar, over gRPC. Every call shows the identity of the moment. A call about an artifact that the hub could not take is repeated
/// for two minutes while nothing of the artifact has moved: hubs restart.
/// </summary>
internal sealed class GrpcHubLink(HubDialer dialer, CurrentIdentity current, TimeProvider time, ILogger<GrpcHubLink> logger) : IHubLink, IDisposable
{
    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromSeconds(2);

    private readonly Lock _gate = new();
    private readonly ResiliencePipeline _repeating = Repeating(time);
    private HubConnections? _now;
    private HubConnections? _before;

    public async Task<IAgentSession> ConnectAsync(Hello hello, IAgentServices services, CancellationToken cancellationToken)
    {
        var connections = await ConnectionsAsync(cancellationToken);
        try
        {
            return await GrpcSession.OpenAsync(connections, hello, services, time, logger, cancellationToken);
        }
        catch (RpcException failure)
        {
            if (HubFailure.IsRefusal(failure))
            {
                current.Refuse(connections.Identity);
            }

            throw HubFailure.Translate(failure, "opening the session", cancellationToken);
        }
    }

    public Task<Stream> OpenArtifactAsync(AttemptKey reader, ArtifactTransfer artifact, CancellationToken cancellationToken) =>
        AskAsync<Stream>(artifact, hub => ArtifactDownload.OpenAsync(hub, Request(reader, artifact), cancellationToken), cancellationToken);

    /// <summary>
    /// <inheritdoc/> It is not repeated once it has begun to read <paramref name="content"/>; whoever can read that again calls again.
    /// </summary>
    public Task<StoredArtifact> StoreArtifactAsync(
        AttemptKey writer, ArtifactTransfer artifact, Stream content, CancellationToken cancellationToken)
    {
        var upload = new ArtifactUpload(Request(writer, artifact), content);
        return AskAsync(artifact, hub => upload.TryAsync(hub, cancellationToken), cancellationToken, mayRepeat: () => !upload.HasBegun);
    }

    public Task<IReadOnlyList<string>?> ListArtifactAsync(AttemptKey reader, ArtifactTransfer artifact, CancellationToken cancellationToken) =>
        AskAsync(
            artifact,
            async hub => await hub.ListArtifactAsync(Request(reader, artifact), cancellationToken: cancellationToken) is { Known: true } listing
                ? (IReadOnlyList<string>?)listing.Paths
                : null,
            cancellationToken);

    /// <summary>
    /// <inheritdoc/> It may take as long as the template's conditions do, and hubs restart meanwhile: it is asked again until it answers. The hub takes
    /// the template from its own state, so the attempt's key is all that is sent.
    /// </summary>
    public async Task<NodeReport> ActOnResourceAsync(PodIntent intent, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                var hub = (await ConnectionsAsync(cancellationToken)).Artifacts;
                return await hub.ActOnResourceAsync(new PodIntent { Key = intent.Key }, cancellationToken: cancellationToken);
            }
            catch (RpcException failure) when (failure.StatusCode == StatusCode.Unavailable && !cancellationToken.IsCancellationRequested)
            {
                await Task.Delay(Jitter.About(AskAgainAfter), time, cancellationToken);
            }
            catch (RpcException failure)
            {
                throw HubFailure.Translate(failure, "acting on an object of the hub", cancellationToken);
            }
        }
    }

    public Task<IReadOnlyDictionary<string, string>?> ReadConfigurationAsync(
        ConfigurationKind kind, string @namespace, string name, CancellationToken cancellationToken) => throw new NotSupportedException(
        "pods of a Kubernetes cluster read its own ConfigMaps and Secrets; only embedded clusters ask the hub");

    public void Dispose()
    {
        lock (_gate)
        {
            _before?.Dispose();
            _now?.Dispose();
        }
    }

    private static ArtifactRequest Request(AttemptKey attempt, ArtifactTransfer artifact) => new() { Attempt = attempt, Artifact = artifact };

    private async Task<T> AskAsync<T>(
        ArtifactTransfer artifact, Func<AgentLink.AgentLinkClient, Task<T>> ask, CancellationToken cancellationToken, Func<bool>? mayRepeat = null)
    {
        var context = ResilienceContextPool.Shared.Get(cancellationToken);
        context.Properties.Set(MayRepeat, mayRepeat);
        try
        {
            return await _repeating.ExecuteAsync(
                static async (context, state) => await state.ask((await state.This.ConnectionsAsync(context.CancellationToken)).Artifacts),
                context,
                (This: this, ask));
        }
        catch (RpcException failure)
        {
            throw HubFailure.Translate(failure, artifact, cancellationToken);
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    /// <summary>
    /// The connections of the identity of the moment. Those of the one before are kept until the next, half a day later: transfers that began on
    /// them end in peace.
    /// </summary>
    private async Task<HubConnections> ConnectionsAsync(CancellationToken cancellationToken)
    {
        var (identity, replaced) = await current.GetAsync(cancellationToken);
        lock (_gate)
        {
            if (!ReferenceEquals(_now?.Identity, identity))
            {
                _before?.Dispose();
                (_before, _now) = (_now, new HubConnections(dialer, identity, replaced));
            }

            return _now!;
        }
    }

    private static readonly ResiliencePropertyKey<Func<bool>?> MayRepeat = new("may-repeat");

    private static ResiliencePipeline Repeating(TimeProvider time) => new ResiliencePipelineBuilder { TimeProvider = time }
        .AddRetry(new RetryStrategyOptions
        {
            MaxRetryAttempts = 28,
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            Delay = TimeSpan.FromMilliseconds(200),
            MaxDelay = TimeSpan.FromSeconds(5),
            ShouldHandle = arguments => new(arguments.Outcome.Exception is RpcException { StatusCode: StatusCode.Unavailable }
                && (!arguments.Context.Properties.TryGetValue(MayRepeat, out var may) || may is null || may())),
        })
        .Build();
}
