using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;

namespace Orleans;

/// <summary>
/// The base of grain classes. The runtime constructs them, with their dependencies, inside the first turn of an activation.
/// </summary>
public abstract partial class Grain : IGrainBase, IAddressable
{
    private readonly Activation? activation = RuntimeContext.Current;

    /// <inheritdoc/>
    public IGrainContext GrainContext => Runtime;

    /// <summary>The id's textual form.</summary>
    public string IdentityString => Runtime.GrainId.ToString();

    /// <summary>Makes references to other grains.</summary>
    protected IGrainFactory GrainFactory => Runtime.Runtime.Factory;

    /// <summary>The activation's services.</summary>
    protected internal IServiceProvider ServiceProvider => Runtime.ActivationServices;

    private Activation Runtime => activation
        ?? throw new InvalidOperationException(
            $"{GetType()} was constructed outside the runtime; get a reference to the grain from IGrainFactory instead");

#pragma warning disable CA1725 // Orleans names the parameters differently here and in IGrainBase.
    /// <inheritdoc cref="IGrainBase.OnActivateAsync"/>
    public virtual Task OnActivateAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc cref="IGrainBase.OnDeactivateAsync"/>
    public virtual Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) => Task.CompletedTask;
#pragma warning restore CA1725

    /// <summary>Ends this activation when its running requests have completed; the next call makes a new one.</summary>
    protected void DeactivateOnIdle() => GrainBaseExtensions.DeactivateOnIdle(this);

    /// <summary>
    /// Keeps this activation from being collected for idleness for at least <paramref name="timeSpan"/> from now; a negative value takes
    /// an earlier wish back.
    /// </summary>
    protected void DelayDeactivation(TimeSpan timeSpan) => Runtime.DelayDeactivation(timeSpan);
}
