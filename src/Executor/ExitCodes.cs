namespace Argosy.Executor;

/// <summary>What a wrapped container ends with when it is not its command's own code.</summary>
internal static class ExitCodes
{
    /// <summary>Something around the command failed: upstream's executor ends with the same.</summary>
    public const int Executor = 64;

    public const int NotExecutable = 126;

    public const int NotFound = 127;

    /// <summary>Added to the number of the signal that ended a command.</summary>
    public const int Signalled = 128;

    /// <summary>As if by SIGKILL: nobody is left to say how a container ended.</summary>
    public const int Killed = Signalled + 9;
}
