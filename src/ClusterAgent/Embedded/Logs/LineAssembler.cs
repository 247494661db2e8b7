using System.Buffers;
using System.Text;

namespace Argosy.ClusterAgent.Embedded.Logs;

/// <summary>Cuts a growing file into lines; bytes of an unfinished one wait for the rest.</summary>
internal sealed class LineAssembler(string file)
{
    private const int BlockSize = 64 * 1024;

    private readonly ArrayBufferWriter<byte> _unfinished = new();
    private long _position;

    public IEnumerable<string> ReadTo(long end)
    {
        if (end <= _position)
        {
            yield break;
        }

        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        stream.Seek(_position, SeekOrigin.Begin);
        var block = new byte[BlockSize];
        while (_position < end)
        {
            var read = stream.Read(block, 0, (int)Math.Min(block.Length, end - _position));
            if (read == 0)
            {
                yield break;
            }

            _position += read;
            foreach (var line in Cut(block.AsMemory(0, read)))
            {
                yield return line;
            }
        }
    }

    public IEnumerable<string> Rest() => _unfinished.WrittenCount > 0 ? [Take()] : [];

    private IEnumerable<string> Cut(ReadOnlyMemory<byte> bytes)
    {
        while (bytes.Span.IndexOf((byte)'\n') is var newline and >= 0)
        {
            _unfinished.Write(bytes.Span[..newline]);
            yield return Take();
            bytes = bytes[(newline + 1)..];
        }

        _unfinished.Write(bytes.Span);
    }

    private string Take()
    {
        var line = Encoding.UTF8.GetString(_unfinished.WrittenSpan);
        _unfinished.ResetWrittenCount();
        return line;
    }
}
