namespace Orleans.Runtime;

/// <summary>A grain as others see it. For each grain interface a subclass is emitted that turns its methods into calls.</summary>
public abstract class GrainReference : IAddressable, IEquatable<GrainReference>
{
    /// <summary>Who took the last call; it saves looking the activation up, and says so when it has ended.</summary>
    private Activation? activation;

    internal GrainReference(GrainRuntime runtime, GrainId grainId)
    {
        Runtime = runtime;
        GrainId = grainId;
    }

    /// <summary>The grain's id.</summary>
    public GrainId GrainId { get; }

    internal GrainRuntime Runtime { get; }

    /// <summary>References are equal that point to the same grain, by whichever interface.</summary>
    public static bool operator ==(GrainReference? left, GrainReference? right) => left?.Equals(right) ?? right is null;

    /// <inheritdoc cref="op_Equality"/>
    public static bool operator !=(GrainReference? left, GrainReference? right) => !(left == right);

    /// <inheritdoc/>
    public bool Equals(GrainReference? other) => other is not null && GrainId == other.GrainId;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as GrainReference);

    /// <inheritdoc/>
    public override int GetHashCode() => GrainId.GetHashCode();

    /// <inheritdoc/>
    public override string ToString() => $"reference to {GrainId}";

    /// <summary>
    /// Where a grain is passed as an argument, a reference must go instead, else the callee would run its code outside its turns.
    /// </summary>
    internal static TGrainInterface? Outward<TGrainInterface>(TGrainInterface? argument)
        where TGrainInterface : class, IAddressable =>
        argument is IGrainBase ? argument.AsReference<TGrainInterface>() : argument;

    internal Task Send(ActionCall call)
    {
        Dispatch(call);
        return call.Completion;
    }

    internal Task<TResult> Send<TResult>(FunctionCall<TResult> call)
    {
        Dispatch(call);
        return call.Completion;
    }

    private void Dispatch(Call call)
    {
        call.Prepare(GrainId, Runtime.Time.GetTimestamp());
        if (!call.IsSettled && activation?.TryReceive(call) is not true)
        {
            activation = Runtime.Deliver(call);
        }
    }
}
