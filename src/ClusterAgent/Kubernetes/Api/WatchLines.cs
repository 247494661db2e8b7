using System.Buffers;
using System.IO.Pipelines;

namespace Argosy.ClusterAgent.Kubernetes.Api;

/// <summary>The events of a watch, one to a line, read from the bytes as they come: a watch may tell thousands of objects a minute.</summary>
internal sealed class WatchLines(Stream body)
{
    private static readonly StreamPipeReaderOptions Options = new(bufferSize: 32 * 1024, leaveOpen: true);

    private readonly PipeReader _reader = PipeReader.Create(body, Options);

    /// <summary>The next event; null at the end.</summary>
    /// <exception cref="KubernetesException">The event is an error, or not an event.</exception>
    public async ValueTask<WatchEvent?> NextAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var read = await _reader.ReadAsync(cancellationToken);
            if (read.Buffer.PositionOf((byte)'\n') is { } end)
            {
                return Take(read.Buffer.Slice(0, end), read.Buffer.GetPosition(1, end));
            }

            if (read.IsCompleted)
            {
                return read.Buffer.IsEmpty ? null : Take(read.Buffer, read.Buffer.End);
            }

            _reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    private WatchEvent Take(ReadOnlySequence<byte> line, SequencePosition next)
    {
        try
        {
            return WatchEvent.Read(line.IsSingleSegment ? line.FirstSpan : line.ToArray());
        }
        finally
        {
            _reader.AdvanceTo(next);
        }
    }
}
