namespace Orleans.Runtime;

/// <summary>An activation, as its grain sees it.</summary>
public interface IGrainContext : IEquatable<IGrainContext>
{
    /// <summary>A reference to this grain.</summary>
    GrainReference GrainReference { get; }

    /// <summary>This grain's identity.</summary>
    GrainId GrainId { get; }

    /// <summary>The instance; null until it has been constructed.</summary>
    object? GrainInstance { get; }

    /// <summary>The activation's own scope of services; it ends with the activation.</summary>
    IServiceProvider ActivationServices { get; }

    /// <summary>Runs work in this activation's turns.</summary>
    IWorkItemScheduler Scheduler { get; }

    /// <summary>Completes when the activation has ended.</summary>
    Task Deactivated { get; }

    /// <summary>
    /// Ends the activation once its running requests have completed. Requests that wait, and later ones, go to a new activation.
    /// </summary>
    /// <param name="deactivationReason">Handed to <see cref="IGrainBase.OnDeactivateAsync"/>.</param>
    /// <param name="cancellationToken">Asks <see cref="IGrainBase.OnDeactivateAsync"/> to hurry.</param>
    void Deactivate(DeactivationReason deactivationReason, CancellationToken cancellationToken = default);
}

/// <summary>Runs work in an activation's turns, interleaved with its requests.</summary>
public interface IWorkItemScheduler
{
    /// <summary>Runs <paramref name="action"/> in a turn of its own.</summary>
    void QueueAction(Action action);

    /// <summary>Starts <paramref name="task"/>, which must not have been started, in a turn of its own.</summary>
    void QueueTask(Task task);
}

/// <summary>The activation in whose turn the caller runs.</summary>
public interface IGrainContextAccessor
{
    /// <summary>The activation in whose turn the caller runs.</summary>
    /// <exception cref="InvalidOperationException">The caller is not in a grain's turn.</exception>
    IGrainContext GrainContext { get; }
}
