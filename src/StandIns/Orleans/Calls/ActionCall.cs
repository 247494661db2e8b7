namespace Orleans.Runtime;

/// <summary>A call without result; a one-way call has nobody waiting for its completion.</summary>
internal abstract class ActionCall : Call
{
    private readonly TaskCompletionSource? completion;

    protected ActionCall() =>
        completion = Method.IsOneWay ? null : new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Completion => completion?.Task ?? Task.CompletedTask;

    public override bool IsSettled => completion?.Task.IsCompleted ?? false;

    /// <summary>Calls the method on <paramref name="grain"/>.</summary>
    public abstract ValueTask Invoke(object grain);

    public override async Task RunAsync(Activation activation)
    {
        try
        {
            EnterContext();
            await Invoke(activation.GrainInstance!);
        }
        catch (OperationCanceledException cancelled)
        {
            activation.OnCompleted(this);
            completion?.TrySetCanceled(cancelled.CancellationToken);
            LeaveCancellation();
            return;
        }
        catch (Exception failure)
        {
            activation.OnCompleted(this);
            Fail(failure);
            if (completion is null)
            {
                activation.Runtime.Log.OneWayCallFailed(failure, this);
            }

            return;
        }

        activation.OnCompleted(this);
        completion?.TrySetResult();
        LeaveCancellation();
    }

    public override void Fail(Exception failure)
    {
        completion?.TrySetException(failure);
        LeaveCancellation();
    }

    protected override void Cancel() => completion?.TrySetCanceled(CancellationToken);
}
