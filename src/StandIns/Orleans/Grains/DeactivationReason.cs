namespace Orleans;

/// <summary>Why an activation ends; for information only.</summary>
public readonly struct DeactivationReason
{
    /// <param name="code">The kind of reason.</param>
    /// <param name="text">In words.</param>
    public DeactivationReason(DeactivationReasonCode code, string text)
        : this(code, null, text)
    {
    }

    /// <param name="code">The kind of reason.</param>
    /// <param name="exception">What led to it.</param>
    /// <param name="text">In words.</param>
    public DeactivationReason(DeactivationReasonCode code, Exception? exception, string text)
    {
        ReasonCode = code;
        Exception = exception;
        Description = text;
    }

    /// <summary>In words.</summary>
    public string Description { get; }

    /// <summary>The kind of reason.</summary>
    public DeactivationReasonCode ReasonCode { get; }

    /// <summary>What led to it, if an error did.</summary>
    public Exception? Exception { get; }

    /// <inheritdoc/>
    public override string ToString() => Exception is null ? $"{ReasonCode}: {Description}" : $"{ReasonCode}: {Description} ({Exception})";
}

/// <summary>Kinds of reason for a deactivation. The stand-in gives those that can occur in one process.</summary>
#pragma warning disable CA1028 // Orleans' enum is a byte.
public enum DeactivationReasonCode : byte
#pragma warning restore CA1028
{
    /// <summary>None given.</summary>
    None,

    /// <summary>The host stops.</summary>
    ShuttingDown,

    /// <summary>The constructor or <c>OnActivateAsync</c> failed.</summary>
    ActivationFailed,

    /// <summary>The runtime failed.</summary>
    InternalFailure,

    /// <summary>No request came for the class' collection age.</summary>
    ActivationIdle,

    /// <summary>The activation does not answer.</summary>
    ActivationUnresponsive,

    /// <summary>Another activation of the grain exists.</summary>
    DuplicateActivation,

    /// <summary>A request asked for another version of the grain.</summary>
    IncompatibleRequest,

    /// <summary>The application failed.</summary>
    ApplicationError,

    /// <summary>The grain asked for it.</summary>
    ApplicationRequested,

    /// <summary>The activation moves to another silo.</summary>
    Migrating,
}
