using Argosy.Packing;
using Argosy.Contracts.Agents;
using Grpc.Core;

namespace Argosy.ClusterAgent.Connection;

/// <summary>An artifact's bytes as they come from the hub, chunk by chunk; not reading slows the hub down.</summary>
internal sealed class ArtifactDownload : ReadOnlyStream
{
    private readonly AsyncServerStreamingCall<Chunk> _call;
    private readonly ArtifactTransfer _artifact;
    private ReadOnlyMemory<byte> _left;
    private bool _ended;

    private ArtifactDownload(AsyncServerStreamingCall<Chunk> call, ArtifactTransfer artifact) => (_call, _artifact) = (call, artifact);

    /// <summary>Comes back with its first chunk: from then on the hub is known to have it.</summary>
    /// <exception cref="RpcException">There is none, or the hub failed.</exception>
    public static async Task<Stream> OpenAsync(AgentLink.AgentLinkClient hub, ArtifactRequest request, CancellationToken cancellationToken)
    {
        // The token is for opening: whoever reads brings another.
        var call = hub.OpenArtifact(request, cancellationToken: CancellationToken.None);
        var download = new ArtifactDownload(call, request.Artifact);
        try
        {
            await download.NextChunkAsync(cancellationToken);
            return download;
        }
        catch
        {
            call.Dispose();
            throw;
        }
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            while (_left.IsEmpty && !_ended)
            {
                await NextChunkAsync(cancellationToken);
            }
        }
        catch (RpcException failure)
        {
            throw HubFailure.Translate(failure, _artifact, cancellationToken);
        }

        var count = Math.Min(buffer.Length, _left.Length);
        _left[..count].CopyTo(buffer);
        _left = _left[count..];
        return count;
    }

    public override int Read(Span<byte> buffer)
    {
        var bytes = new byte[buffer.Length];
        var count = ReadAsync(bytes).AsTask().GetAwaiter().GetResult();
        bytes.AsSpan(0, count).CopyTo(buffer);
        return count;
    }

    protected override void Dispose(bool disposing)
    {
        _call.Dispose();
        base.Dispose(disposing);
    }

    private async Task NextChunkAsync(CancellationToken cancellationToken)
    {
        _ended = !await _call.ResponseStream.MoveNext(cancellationToken);
        _left = _ended ? default : _call.ResponseStream.Current.Data.Memory;
    }
}
