namespace Orleans.Runtime;

/// <summary>
/// Something that wants to run in an activation: a call or a timer that is due. It is in one list of one mailbox at a time.
/// </summary>
internal abstract class Request
{
    /// <summary>The neighbours in the list it is in; that list's business only.</summary>
    internal Request? Previous;

    /// <inheritdoc cref="Previous"/>
    internal Request? Next;

    /// <summary>When it was sent, as the runtime's clock counts.</summary>
    internal long SentAt;

    /// <summary>Whether it may interleave with any other.</summary>
    public abstract bool AlwaysInterleaves { get; }

    /// <summary>Whether it may interleave with others that are read-only.</summary>
    public abstract bool IsReadOnly { get; }

    /// <summary>Whether it keeps its activation from being idle.</summary>
    public abstract bool IsActivity { get; }

    /// <summary>Whether nobody waits for it any more: cancelled or timed out. Such a request is dropped instead of started.</summary>
    public abstract bool IsSettled { get; }

    /// <summary>Runs to its end inside the activation's turns and tells it so; never fails.</summary>
    public abstract Task RunAsync(Activation activation);

    /// <summary>Gives whoever waits a failure, unless already settled.</summary>
    public abstract void Fail(Exception failure);

    /// <summary>The activation has ended before this request could start.</summary>
    public abstract void OnActivationEnded(GrainRuntime runtime);
}
