using System.Runtime.InteropServices;

namespace Argosy.Executor.Processes;

/// <summary>
/// Runs the user's command as the container's first process would: signals reach its whole group, orphans are reaped, and what it leaves
/// running ends with it.
/// </summary>
internal sealed class UserCommand(IReadOnlyList<string> command, TimeSpan grace, TimeProvider time) : IDisposable
{
    private const int AnyProcess = -1;
    private const int Kill = 9;

    private readonly Lock _gate = new();
    private int _group;
    private int _endedBy;
    private ITimer? _graceTimer;

    /// <summary>Whether the command was told to end: it is not started again then.</summary>
    public bool Ending => _endedBy != 0;

    /// <summary>Runs it to its end and answers its exit code, 128 and the signal's number where one ended it.</summary>
    /// <param name="tail">Keeps the end of its standard output; null: nobody wants it.</param>
    /// <exception cref="CommandNotStartedException">There is no such program, or it cannot be run.</exception>
    public Task<int> RunAsync(OutputTail? tail) => Task.Factory.StartNew(
        () => Run(tail), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <summary>Passes a signal on to the command.</summary>
    public void Forward(int signal)
    {
        lock (_gate)
        {
            if (_group > 0)
            {
                _ = Libc.Kill(-_group, signal);
            }
        }
    }

    /// <summary>Passes a signal on after which the command has to end; when the grace is over it is killed.</summary>
    public void End(int signal)
    {
        lock (_gate)
        {
            _endedBy = signal;
            Forward(signal);
            _graceTimer ??= time.CreateTimer(_ => Forward(Kill), null, grace, Timeout.InfiniteTimeSpan);
        }
    }

    public void Dispose() => _graceTimer?.Dispose();

    private int Run(OutputTail? tail)
    {
        using var output = tail is null ? null : new OutputPipe(tail);
        try
        {
            return Start(output?.Input ?? -1) is { } process ? Wait(process) : ExitCodes.Signalled + _endedBy;
        }
        finally
        {
            output?.Finish();
        }
    }

    private int? Start(int output)
    {
        lock (_gate)
        {
            return Ending ? null : _group = ProcessImage.Start(command, output);
        }
    }

    private int Wait(int process)
    {
        while (true)
        {
            var ended = Libc.WaitForProcess(AnyProcess, out var status, 0);
            if (ended == process)
            {
                Sweep();
                return CodeOf(status);
            }

            if (ended < 0 && Marshal.GetLastPInvokeError() != Libc.Interrupted)
            {
                throw new ExecutorException($"the command's end was missed: {Marshal.GetLastPInvokeErrorMessage()}");
            }
        }
    }

    private void Sweep()
    {
        lock (_gate)
        {
            _ = Libc.Kill(-_group, Kill);
            _group = 0;
        }
    }

    // The kernel's layout: the signal in the lowest seven bits, the code in the next byte but one bit.
    private static int CodeOf(int status) => (status & 0x7F) is var signal and not 0 ? ExitCodes.Signalled + signal : (status >> 8) & 0xFF;
}
