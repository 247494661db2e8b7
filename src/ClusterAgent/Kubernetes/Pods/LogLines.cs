using System.Text;

namespace Argosy.ClusterAgent.Kubernetes.Pods;

/// <summary>The lines of a container's log as they come. A longer line than anybody may keep in memory comes in parts.</summary>
internal sealed class LogLines(Stream log) : IDisposable
{
    /// <summary>In UTF-16 units: less than 1 MiB when it travels.</summary>
    public const int LongestPart = 256 * 1024;

    private readonly StreamReader _reader = new(log);
    private readonly char[] _buffer = new char[16 * 1024];
    private readonly StringBuilder _line = new();
    private int _at;
    private int _end;
    private bool _isWithin;

    /// <summary>The next line, or the next part of one; null at the end.</summary>
    /// <returns>Whether it goes on a line that has begun, and its text.</returns>
    public async ValueTask<(bool GoesOn, string Text)?> NextAsync(CancellationToken cancellationToken)
    {
        var goesOn = _isWithin;
        while (true)
        {
            if (_at == _end && !await FillAsync(cancellationToken))
            {
                _isWithin = false;
                return _line.Length > 0 ? (goesOn, Take()) : null;
            }

            var left = _buffer.AsSpan(_at, Math.Min(_end - _at, Math.Max(1, LongestPart - _line.Length)));
            var newline = left.IndexOf('\n');
            var taken = newline < 0 ? left.Length : newline;
            _line.Append(left[..taken]);
            _at += newline < 0 ? taken : taken + 1;
            if (newline >= 0 && (_line.Length > 0 || !goesOn))
            {
                _isWithin = false;
                return (goesOn, Take().TrimEnd('\r'));
            }

            if (newline >= 0)
            {
                goesOn = _isWithin = false; // the line ended exactly where its last part did
            }
            else if (_line.Length >= LongestPart && !char.IsHighSurrogate(_line[^1]))
            {
                _isWithin = true;
                return (goesOn, Take());
            }
        }
    }

    public void Dispose() => _reader.Dispose();

    private async ValueTask<bool> FillAsync(CancellationToken cancellationToken)
    {
        (_at, _end) = (0, await _reader.ReadAsync(_buffer, cancellationToken));
        return _end > 0;
    }

    private string Take()
    {
        var text = _line.ToString();
        _line.Clear();
        return text;
    }
}
