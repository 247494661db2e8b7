using System.Runtime.InteropServices;

namespace Argosy.Executor.Processes;

/// <summary>A command that could not be started at all, with the exit code that a shell gives for it.</summary>
internal sealed class CommandNotStartedException(string program, int error)
    : Exception($"cannot start '{program}': {Marshal.GetPInvokeErrorMessage(error)}")
{
    public int ExitCode { get; } = error is Libc.NoSuchFile or Libc.NotADirectory ? ExitCodes.NotFound : ExitCodes.NotExecutable;
}
