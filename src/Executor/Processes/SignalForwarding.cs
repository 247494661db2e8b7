using System.Runtime.InteropServices;

namespace Argosy.Executor.Processes;

/// <summary>What the container is told, its command is told.</summary>
internal sealed class SignalForwarding : IDisposable
{
    public const int Terminate = 15;

    private const int Interrupt = 2;
    private const int Quit = 3;

    /// <summary>SIGHUP, SIGUSR1, SIGUSR2: what they mean is the command's own matter.</summary>
    private static readonly int[] Others = [1, 10, 12];

    private readonly List<PosixSignalRegistration> _registrations = [];

    /// <param name="ends">Told of a signal that asks to end.</param>
    /// <param name="others">Told of any other.</param>
    public SignalForwarding(Action<int> ends, Action<int> others)
    {
        Register(PosixSignal.SIGTERM, Terminate, ends);
        Register(PosixSignal.SIGINT, Interrupt, ends);
        Register(PosixSignal.SIGQUIT, Quit, ends);
        foreach (var number in Others)
        {
            Register((PosixSignal)number, number, others);
        }
    }

    public void Dispose() => _registrations.ForEach(registration => registration.Dispose());

    private void Register(PosixSignal signal, int number, Action<int> told) => _registrations.Add(PosixSignalRegistration.Create(signal, context =>
    {
        context.Cancel = true;
        told(number);
    }));
}
