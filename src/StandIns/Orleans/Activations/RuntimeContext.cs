namespace Orleans.Runtime;

/// <summary>The activation in whose turn the current code runs: the owner of the current task scheduler.</summary>
internal static class RuntimeContext
{
    public static Activation? Current => (TaskScheduler.Current as ActivationTaskScheduler)?.Activation;
}

internal sealed class GrainContextAccessor : IGrainContextAccessor
{
    public IGrainContext GrainContext =>
        RuntimeContext.Current ?? throw new InvalidOperationException("there is no grain context outside a grain's turn");
}
