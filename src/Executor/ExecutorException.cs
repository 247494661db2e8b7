namespace Argosy.Executor;

/// <summary>Something around the step's command failed; the message is for the manifest's author.</summary>
internal sealed class ExecutorException : Exception
{
    public ExecutorException(string message)
        : base(message)
    {
    }

    public ExecutorException(string message, Exception cause)
        : base(message, cause)
    {
    }
}
