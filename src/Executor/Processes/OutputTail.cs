using System.Text;

namespace Argosy.Executor.Processes;

/// <summary>Keeps the end of what a command writes.</summary>
/// <param name="longest">How many bytes; 256 KiB, as Argo keeps of a result.</param>
internal sealed class OutputTail(int longest = 256 * 1024)
{
    private readonly byte[] _ring = new byte[longest];
    private long _written;

    public void Add(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > longest)
        {
            _written += bytes.Length - longest;
            bytes = bytes[^longest..];
        }

        var at = (int)(_written % longest);
        var first = Math.Min(bytes.Length, longest - at);
        bytes[..first].CopyTo(_ring.AsSpan(at));
        bytes[first..].CopyTo(_ring);
        _written += bytes.Length;
    }

    public void Clear() => _written = 0;

    /// <summary>The end as text, without one last newline; a character whose beginning is lost is left out.</summary>
    public string Text()
    {
        var bytes = new byte[Math.Min(_written, longest)];
        var start = _written > longest ? (int)(_written % longest) : 0;
        var first = Math.Min(bytes.Length, longest - start);
        _ring.AsSpan(start, first).CopyTo(bytes);
        _ring.AsSpan(0, bytes.Length - first).CopyTo(bytes.AsSpan(first));

        var whole = bytes.AsSpan();
        while (_written > longest && whole is [>= 0x80 and < 0xC0, ..])
        {
            whole = whole[1..];
        }

        return Encoding.UTF8.GetString(whole is [.., (byte)'\n'] ? whole[..^1] : whole);
    }
}
