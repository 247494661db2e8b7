using Orleans.Runtime;

namespace Orleans;

/// <summary>What a grain class implements, by way of <see cref="Grain"/> or on its own.</summary>
public interface IGrainBase
{
    /// <summary>The activation this instance lives in. A class of its own takes it from its constructor.</summary>
    IGrainContext GrainContext { get; }

    /// <summary>Runs before the first request. A failure fails the callers that wait; the next call activates afresh.</summary>
    /// <param name="token">Fires when activation takes longer than <c>GrainCollectionOptions.ActivationTimeout</c>.</param>
    Task OnActivateAsync(CancellationToken token) => Task.CompletedTask;

    /// <summary>Runs after the last request, when the runtime has the chance: not after a crash.</summary>
    /// <param name="reason">Why.</param>
    /// <param name="token">Fires when the grain has taken too long: <c>GrainCollectionOptions.DeactivationTimeout</c>, or the host must
    /// go.</param>
    Task OnDeactivateAsync(DeactivationReason reason, CancellationToken token) => Task.CompletedTask;
}
