namespace Orleans.Runtime;

/// <summary>
/// Makes tasks and timers that keep nothing of their maker's execution context alive or visible to their code: what an activation sees must
/// not depend on who happened to call it first. Only <see cref="RequestContext"/> travels, with the calls.
/// </summary>
internal static class Quietly
{
    public static Task Make(Action action) =>
        WithoutFlow(() => new Task(action, CancellationToken.None, TaskCreationOptions.DenyChildAttach));

    /// <summary>A timer that is not armed yet.</summary>
    public static ITimer CreateQuietTimer(this TimeProvider time, TimerCallback callback, object? state) =>
        WithoutFlow(() => time.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan));

    private static T WithoutFlow<T>(Func<T> make)
    {
        if (ExecutionContext.IsFlowSuppressed())
        {
            return make();
        }

        using (ExecutionContext.SuppressFlow())
        {
            return make();
        }
    }
}
