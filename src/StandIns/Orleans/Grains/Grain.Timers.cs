using Orleans.Runtime;

namespace Orleans;

public abstract partial class Grain
{
    /// <summary>
    /// Calls <paramref name="callback"/> in this activation's turns: first after the due time, then a period after each call has completed.
    /// A timer never overlaps itself, does not by itself keep the activation alive, and ends with it.
    /// </summary>
    /// <param name="callback">Its token fires when the timer is disposed or the activation ends. A failure is logged and the timer goes
    /// on.</param>
    /// <param name="options">When; and whether it may interleave with requests.</param>
    protected IGrainTimer RegisterGrainTimer(Func<CancellationToken, Task> callback, GrainTimerCreationOptions options) =>
        GrainBaseExtensions.RegisterGrainTimer(this, callback, options);

    /// <inheritdoc cref="RegisterGrainTimer(Func{CancellationToken, Task}, GrainTimerCreationOptions)"/>
    protected IGrainTimer RegisterGrainTimer(Func<Task> callback, GrainTimerCreationOptions options) =>
        GrainBaseExtensions.RegisterGrainTimer(this, callback, options);

    /// <inheritdoc cref="RegisterGrainTimer(Func{CancellationToken, Task}, GrainTimerCreationOptions)"/>
    /// <param name="callback">Called with <paramref name="state"/>.</param>
    /// <param name="state">Passed to each call.</param>
    /// <param name="options">When; and whether it may interleave with requests.</param>
    protected internal IGrainTimer RegisterGrainTimer<TState>(
        Func<TState, CancellationToken, Task> callback, TState state, GrainTimerCreationOptions options)
    {
        ArgumentNullException.ThrowIfNull(callback);
        return Runtime.AddTimer(token => callback(state, token), options);
    }

    /// <inheritdoc cref="RegisterGrainTimer{TState}(Func{TState, CancellationToken, Task}, TState, GrainTimerCreationOptions)"/>
    protected IGrainTimer RegisterGrainTimer<TState>(Func<TState, Task> callback, TState state, GrainTimerCreationOptions options) =>
        GrainBaseExtensions.RegisterGrainTimer(this, callback, state, options);

    /// <inheritdoc cref="RegisterGrainTimer(Func{CancellationToken, Task}, GrainTimerCreationOptions)"/>
    /// <param name="callback">Its token fires when the timer is disposed or the activation ends.</param>
    /// <param name="dueTime">Until the first call; <see cref="Timeout.InfiniteTimeSpan"/>: none until
    /// <see cref="IGrainTimer.Change"/>.</param>
    /// <param name="period">From the end of a call to the next; <see cref="Timeout.InfiniteTimeSpan"/>: one call only.</param>
    protected IGrainTimer RegisterGrainTimer(Func<CancellationToken, Task> callback, TimeSpan dueTime, TimeSpan period) =>
        RegisterGrainTimer(callback, new GrainTimerCreationOptions(dueTime, period));

    /// <inheritdoc cref="RegisterGrainTimer(Func{CancellationToken, Task}, TimeSpan, TimeSpan)"/>
    protected IGrainTimer RegisterGrainTimer(Func<Task> callback, TimeSpan dueTime, TimeSpan period) =>
        RegisterGrainTimer(callback, new GrainTimerCreationOptions(dueTime, period));

    /// <inheritdoc cref="RegisterGrainTimer{TState}(Func{TState, CancellationToken, Task}, TState, GrainTimerCreationOptions)"/>
    protected IGrainTimer RegisterGrainTimer<TState>(
        Func<TState, CancellationToken, Task> callback, TState state, TimeSpan dueTime, TimeSpan period) =>
        RegisterGrainTimer(callback, state, new GrainTimerCreationOptions(dueTime, period));

    /// <inheritdoc cref="RegisterGrainTimer{TState}(Func{TState, CancellationToken, Task}, TState, GrainTimerCreationOptions)"/>
    protected IGrainTimer RegisterGrainTimer<TState>(Func<TState, Task> callback, TState state, TimeSpan dueTime, TimeSpan period) =>
        RegisterGrainTimer(callback, state, new GrainTimerCreationOptions(dueTime, period));
}
