namespace Argosy.Cli;

/// <summary>What a script learns from a command.</summary>
internal static class ExitCodes
{
    public const int Succeeded = 0;

    /// <summary>The command was refused or broke, or the workflow it waited for failed.</summary>
    public const int Failed = 1;

    /// <summary>A simulated workflow waits for something that will never come.</summary>
    public const int StandsStill = 2;

    /// <summary>The user pressed Ctrl-C.</summary>
    public const int Interrupted = 130;
}
