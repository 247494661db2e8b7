using System.Buffers;
using Argosy.Contracts.Agents;
using Google.Protobuf;
using Grpc.Core;

namespace Argosy.ClusterAgent.Connection;

/// <summary>Carries a stream of bytes to the hub in parts; waits while the hub does not take them.</summary>
internal sealed class ArtifactUpload(ArtifactRequest request, Stream content)
{
    private const int PartBytes = 128 * 1024;

    /// <summary>Whether bytes were taken from the content, which cannot be taken again.</summary>
    public bool HasBegun { get; private set; }

    /// <exception cref="RpcException">The hub refused or failed.</exception>
    public async Task<StoredArtifact> TryAsync(AgentLink.AgentLinkClient hub, CancellationToken cancellationToken)
    {
        // Left before its end, the call is cancelled, and the hub stores nothing.
        using var call = hub.StoreArtifact(cancellationToken: cancellationToken);
        await call.RequestStream.WriteAsync(new StorePart { Artifact = request }, cancellationToken);
        HasBegun = true;
        await SendAsync(call.RequestStream, cancellationToken);
        await call.RequestStream.CompleteAsync();
        return await call.ResponseAsync;
    }

    private async Task SendAsync(IClientStreamWriter<StorePart> parts, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(PartBytes);
        try
        {
            while (await content.ReadAtLeastAsync(buffer.AsMemory(0, PartBytes), PartBytes, throwOnEndOfStream: false, cancellationToken) is > 0 and var count)
            {
                // Not copied: a write that has returned has no more use for the message.
                await parts.WriteAsync(new StorePart { Data = UnsafeByteOperations.UnsafeWrap(buffer.AsMemory(0, count)) }, cancellationToken);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
