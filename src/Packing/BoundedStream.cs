namespace Argosy.Packing;

/// <summary>Passes on at most so many bytes of another stream, which it leaves open; one more is refused.</summary>
public sealed class BoundedStream(Stream source, long maximumBytes) : ReadOnlyStream
{
    public long BytesRead { get; private set; }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        Count(await source.ReadAsync(buffer, cancellationToken));

    public override int Read(Span<byte> buffer) => Count(source.Read(buffer));

    private int Count(int read)
    {
        BytesRead += read;
        return BytesRead <= maximumBytes
            ? read
            : throw new ArtifactFormatException($"the artifact unpacks to more than the {maximumBytes} bytes allowed");
    }
}
