namespace Orleans.Runtime;

/// <summary>One call of a grain's method. For each method a subclass is emitted that holds the arguments.</summary>
internal abstract class Call : Request
{
    /// <summary>
    /// How often a call may be handed to a new activation because the one it waited for ended. More means a grain that ends itself each
    /// time before it answers.
    /// </summary>
    private const int MaximumForwards = 8;

    private Dictionary<string, object>? context;
    private CancellationTokenRegistration cancellation;
    private int forwards;

    /// <summary>The method called; each emitted subclass knows its own.</summary>
    public abstract GrainMethod Method { get; }

    public GrainId Target { get; private set; }

    public override bool AlwaysInterleaves => Method.AlwaysInterleaves;

    public override bool IsReadOnly => Method.IsReadOnly;

    public override bool IsActivity => true;

    /// <summary>The caller's token, if the method has a parameter for one.</summary>
    public CancellationToken CancellationToken { get; set; }

    /// <summary>Takes along what the caller's turn knows; from here on cancellation settles the call.</summary>
    public void Prepare(GrainId target, long now)
    {
        Target = target;
        SentAt = now;
        context = RequestContext.Current;
        if (CancellationToken.CanBeCanceled)
        {
            cancellation = CancellationToken.UnsafeRegister(static call => ((Call)call!).Cancel(), this);
        }
    }

    public override void OnActivationEnded(GrainRuntime runtime)
    {
        if (++forwards > MaximumForwards)
        {
            Fail(new OrleansMessageRejectionException(
                $"{this} was passed on {MaximumForwards} times: each activation ended before it could answer"));
            return;
        }

        runtime.Deliver(this);
    }

    public override string ToString() => $"{Method} on {Target}";

    /// <summary>Puts the caller's request context in place; the async method that calls this undoes it when it returns.</summary>
    protected void EnterContext()
    {
        if (context is not null)
        {
            RequestContext.Current = context;
        }
    }

    /// <summary>Stops listening to the caller's token, which may outlive this call by far.</summary>
    protected void LeaveCancellation() => cancellation.Unregister();

    /// <summary>Settles the call as cancelled.</summary>
    protected abstract void Cancel();
}
