using System.Runtime.InteropServices;

namespace Argosy.Executor.Processes;

/// <summary>
/// A command's standard output on its way through this program to the container's log, with its end kept. When the command has ended,
/// what is in the pipe still counts; what a process it left behind might write later does not, as it ends with the container.
/// </summary>
internal sealed unsafe class OutputPipe : IDisposable
{
    private const int StandardOutput = 1;
    private const int BufferBytes = 64 * 1024;

    private readonly OutputTail _tail;
    private readonly (int Read, int Write) _output = NewPipe();
    private readonly (int Read, int Write) _ended = NewPipe();
    private readonly Thread _pump;
    private bool _logClosed;

    public OutputPipe(OutputTail tail)
    {
        _tail = tail;
        _pump = new Thread(Pump) { IsBackground = true, Name = "output" };
        _pump.Start();
    }

    /// <summary>For the command.</summary>
    public int Input => _output.Write;

    /// <summary>To be called when the command has ended: passes on what it left in the pipe.</summary>
    public void Finish()
    {
        _ = Libc.Close(_ended.Write);
        _pump.Join();
    }

    public void Dispose()
    {
        foreach (var end in (int[])[_output.Read, _output.Write, _ended.Read])
        {
            _ = Libc.Close(end);
        }
    }

    private void Pump()
    {
        var buffer = new byte[BufferBytes];
        var entries = stackalloc Libc.PollEntry[2];
        for (var ended = false; ;)
        {
            entries[0] = new Libc.PollEntry { Descriptor = _output.Read, Wanted = Libc.CanRead };
            entries[1] = new Libc.PollEntry { Descriptor = ended ? -1 : _ended.Read, Wanted = Libc.CanRead };
            var ready = Libc.Poll(entries, 2, ended ? 0 : -1);
            if (ready < 0 && Marshal.GetLastPInvokeError() == Libc.Interrupted)
            {
                continue;
            }

            if ((entries[0].Seen & Libc.CanRead) != 0)
            {
                fixed (byte* start = buffer)
                {
                    var read = Libc.Read(_output.Read, start, buffer.Length);
                    Pass(buffer.AsSpan(0, (int)Math.Max(0, read)));
                }
            }
            else if (ended)
            {
                return;
            }

            ended |= entries[1].Seen != 0;
        }
    }

    private void Pass(Span<byte> bytes)
    {
        _tail.Add(bytes);
        while (bytes.Length > 0 && !_logClosed)
        {
            fixed (byte* start = bytes)
            {
                var written = Libc.Write(StandardOutput, start, bytes.Length);
                if (written >= 0)
                {
                    bytes = bytes[(int)written..];
                }
                else
                {
                    _logClosed = Marshal.GetLastPInvokeError() != Libc.Interrupted; // the result is wanted all the same
                }
            }
        }
    }

    private static (int Read, int Write) NewPipe()
    {
        var ends = stackalloc int[2];
        return Libc.Pipe(ends, Libc.CloseOnExec) == 0
            ? (ends[0], ends[1])
            : throw new ExecutorException($"no pipe for the command's output: {Marshal.GetLastPInvokeErrorMessage()}");
    }
}
