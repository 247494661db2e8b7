using Argosy.Contracts.Agents;
using Argosy.ControlPlane.Clusters;
using Argosy.ControlPlane.Joining;
using Argosy.ControlPlane.Workflows;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans;

namespace Argosy.ControlPlane.Dispatch;

/// <summary>
/// What agents in real clusters talk to: the same hub as embedded ones do, behind certificates. Which cluster calls is known from its
/// certificate alone, and each call ends when that is no longer good.
/// </summary>
internal sealed class AgentLinkEndpoints(
    MemberCalls calls, ClusterIdentities identities, HubLink hub, LogRelay logs, IGrainFactory grains, IOptions<ClusterOptions> options, TimeProvider time,
    ILogger<AgentLinkEndpoints> log) : AgentLink.AgentLinkBase
{
    private const int ChunkBytes = 128 * 1024;

    public override Task Connect(IAsyncStreamReader<AgentMessage> requestStream, IServerStreamWriter<HubMessage> responseStream, ServerCallContext context) =>
        ServeAsync(context, async call =>
        {
            await new LinkSession(call, hub, logs, options.Value.LostAfter, time).LiveAsync(requestStream, responseStream);
            return true;
        });

    public override Task<Identity> Renew(RenewRequest request, ServerCallContext context) =>
        ServeAsync(context, call => identities.RenewAsync(call.Member, request.CertificateRequest, call.Life));

    public override Task OpenArtifact(ArtifactRequest request, IServerStreamWriter<Chunk> responseStream, ServerCallContext context) =>
        ServeAsync(context, async call =>
        {
            await PermitAsync(call, request);
            await using var content = await hub.OpenArtifactAsync(request.Attempt, request.Artifact, call.Life);
            var buffer = new byte[ChunkBytes];
            int read;
            while ((read = await content.ReadAtLeastAsync(buffer, ChunkBytes, throwOnEndOfStream: false, call.Life)) > 0)
            {
                // A message is written out before the call returns; only then is the buffer used again.
                await responseStream.WriteAsync(new Chunk { Data = UnsafeByteOperations.UnsafeWrap(buffer.AsMemory(0, read)) }, call.Life);
            }

            return true;
        });

    public override Task<StoredArtifact> StoreArtifact(IAsyncStreamReader<StorePart> requestStream, ServerCallContext context) =>
        ServeAsync(context, async call =>
        {
            var request = await requestStream.MoveNext(call.Life) ? requestStream.Current.Artifact : null;
            if (request is null)
            {
                throw BadCall("the first part must name the artifact");
            }

            await PermitAsync(call, request, writes: true);
            await using var content = new StorePartStream(requestStream);
            return await hub.StoreArtifactAsync(request.Attempt, request.Artifact, content, call.Life);
        });

    public override Task<ArtifactListing> ListArtifact(ArtifactRequest request, ServerCallContext context) =>
        ServeAsync(context, async call =>
        {
            await PermitAsync(call, request);
            var paths = await hub.ListArtifactAsync(request.Attempt, request.Artifact, call.Life);
            var listing = new ArtifactListing { Known = paths is not null };
            listing.Paths.Add(paths ?? []);
            return listing;
        });

    public override Task<LogReceipt> SendLog(IAsyncStreamReader<LogPart> requestStream, ServerCallContext context) =>
        ServeAsync(context, async call =>
        {
            await logs.TakeAsync(call.Member, requestStream, call.Life);
            return new LogReceipt();
        });

    public override Task<NodeReport> ActOnResource(PodIntent request, ServerCallContext context) =>
        ServeAsync(context, async call =>
        {
            if (request.Key is not { } attempt)
            {
                throw BadCall("it must name the attempt");
            }

            // What is done is what the workflow wants, not what the agent says it wants: one agent's word must not reach the hub's objects.
            return await grains.GetGrain<IWorkflowGrain>(attempt.WorkflowUid).IntentOf(call.Member.Cluster, attempt) is { } intent
                ? await hub.ActOnResourceAsync(intent, call.Life)
                : throw JoiningErrors.AttemptOfAnother(call.Member.Cluster, attempt.Workflow, attempt.NodeId);
        });

    /// <summary>An agent may touch the artifacts of the attempts that are placed in its cluster, and no others.</summary>
    private async Task PermitAsync(MemberCall call, ArtifactRequest request, bool writes = false)
    {
        if (request is not { Attempt: { } attempt, Artifact: { } artifact })
        {
            throw BadCall("it must name the attempt and the artifact");
        }

        switch (await grains.GetGrain<IWorkflowGrain>(attempt.WorkflowUid).RightTo(call.Member.Cluster, attempt, artifact, writes))
        {
            case ArtifactRight.NotPlaced:
                throw JoiningErrors.AttemptOfAnother(call.Member.Cluster, attempt.Workflow, attempt.NodeId);
            case ArtifactRight.NotDeclared:
                throw JoiningErrors.ArtifactOfAnother(attempt.Workflow, attempt.NodeId, artifact.Name, writes);
        }
    }

    private async Task<T> ServeAsync<T>(ServerCallContext context, Func<MemberCall, Task<T>> serve)
    {
        using var call = await calls.AdmitAsync(context);
        try
        {
            return await serve(call);
        }
        catch (Exception) when (call.Life.IsCancellationRequested)
        {
            await call.ThrowIfEndedAsync();
            throw;
        }
        catch (Exception failure) when (LinkErrors.Of(failure) is { } told)
        {
            if (told.StatusCode == StatusCode.Unavailable)
            {
                DispatchLog.StoreFailed(log, call.Member.Cluster, failure.Message);
            }

            throw told;
        }
    }

    private static RpcException BadCall(string why) => new(new Status(StatusCode.InvalidArgument, why));
}
