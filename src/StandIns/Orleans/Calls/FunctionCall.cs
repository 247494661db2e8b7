namespace Orleans.Runtime;

/// <summary>A call with a result.</summary>
internal abstract class FunctionCall<TResult> : Call
{
    private readonly TaskCompletionSource<TResult> completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<TResult> Completion => completion.Task;

    public override bool IsSettled => completion.Task.IsCompleted;

    /// <summary>Calls the method on <paramref name="grain"/>.</summary>
    public abstract ValueTask<TResult> Invoke(object grain);

    public override async Task RunAsync(Activation activation)
    {
        TResult result;
        try
        {
            EnterContext();
            result = await Invoke(activation.GrainInstance!);
        }
        catch (OperationCanceledException cancelled)
        {
            activation.OnCompleted(this);
            completion.TrySetCanceled(cancelled.CancellationToken);
            LeaveCancellation();
            return;
        }
        catch (Exception failure)
        {
            activation.OnCompleted(this);
            Fail(failure);
            return;
        }

        activation.OnCompleted(this);
        completion.TrySetResult(result);
        LeaveCancellation();
    }

    public override void Fail(Exception failure)
    {
        completion.TrySetException(failure);
        LeaveCancellation();
    }

    protected override void Cancel() => completion.TrySetCanceled(CancellationToken);
}
