using Microsoft.Extensions.Logging;

namespace Orleans.Runtime;

internal static partial class RuntimeLog
{
    [LoggerMessage(1, LogLevel.Error, "Activation of grain {GrainId} failed; its callers see the error and the next call tries again.")]
    public static partial void ActivationFailed(this ILogger log, Exception failure, GrainId grainId);

    [LoggerMessage(2, LogLevel.Error, "Deactivation of grain {GrainId} failed; the activation ends all the same.")]
    public static partial void DeactivationFailed(this ILogger log, Exception failure, GrainId grainId);

    [LoggerMessage(3, LogLevel.Error, "A timer of grain {GrainId} failed; it stays armed.")]
    public static partial void TimerFailed(this ILogger log, Exception failure, GrainId grainId);

    [LoggerMessage(4, LogLevel.Warning, "One-way call {Call} failed; its caller does not learn of it.")]
    public static partial void OneWayCallFailed(this ILogger log, Exception failure, Call call);

    [LoggerMessage(5, LogLevel.Warning, "{Call} got no answer in {ResponseTimeout}; its caller sees a TimeoutException.")]
    public static partial void CallTimedOut(this ILogger log, Request call, TimeSpan responseTimeout);

    [LoggerMessage(6, LogLevel.Warning, "The host may wait no longer: {Count} activations have not ended.")]
    public static partial void StopCutShort(this ILogger log, int count);

    [LoggerMessage(7, LogLevel.Error, "Reminder {Name} of grain {GrainId} failed; it ticks again at {Next}.")]
    public static partial void ReminderFailed(this ILogger log, Exception failure, string name, GrainId grainId, DateTime next);

    [LoggerMessage(8, LogLevel.Error, "Looking after activations failed; it is tried again.")]
    public static partial void SweepFailed(this ILogger log, Exception failure);
}
