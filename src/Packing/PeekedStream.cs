namespace Argosy.Packing;

/// <summary>A stream whose first bytes may be looked at before it is read; it leaves its source open.</summary>
internal sealed class PeekedStream : ReadOnlyStream
{
    // Enough compressed bytes to hold the first half kilobyte of any archive.
    private const int HeadBytes = 64 * 1024;

    private readonly Stream source;
    private readonly byte[] head;
    private int given;

    private PeekedStream(Stream source, byte[] head)
    {
        this.source = source;
        this.head = head;
    }

    public ReadOnlySpan<byte> Head => head;

    public static async Task<PeekedStream> OpenAsync(Stream source, CancellationToken cancellationToken)
    {
        var head = new byte[HeadBytes];
        var read = await source.ReadAtLeastAsync(head, HeadBytes, throwOnEndOfStream: false, cancellationToken);
        return new PeekedStream(source, head[..read]);
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        GiveHead(buffer.Span) is var read and > 0 ? read : await source.ReadAsync(buffer, cancellationToken);

    public override int Read(Span<byte> buffer) => GiveHead(buffer) is var read and > 0 ? read : source.Read(buffer);

    private int GiveHead(Span<byte> buffer)
    {
        var read = Math.Min(buffer.Length, head.Length - given);
        head.AsSpan(given, read).CopyTo(buffer);
        given += read;
        return read;
    }
}
