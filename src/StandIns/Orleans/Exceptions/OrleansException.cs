namespace Orleans.Runtime;

/// <summary>A failure of the runtime itself, as opposed to one of a grain's code, which reaches the caller as it was thrown.</summary>
public class OrleansException : Exception
{
    /// <inheritdoc/>
    public OrleansException()
        : base("The grain runtime failed.")
    {
    }

    /// <inheritdoc/>
    public OrleansException(string message)
        : base(message)
    {
    }

    /// <inheritdoc/>
    public OrleansException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}

/// <summary>The configuration cannot be run.</summary>
public sealed class OrleansConfigurationException(string message) : OrleansException(message);

/// <summary>The runtime refused to deliver a request.</summary>
public class OrleansMessageRejectionException(string message) : OrleansException(message);

/// <summary>The silo has stopped, or is about to and makes no new activations.</summary>
public sealed class SiloUnavailableException(string message) : OrleansMessageRejectionException(message);
