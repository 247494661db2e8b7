using System.Diagnostics.CodeAnalysis;

namespace Orleans.Runtime;

/// <summary>
/// Runs everything that belongs to one activation, one piece at a time: the turns. A turn is the start of a request up to its first
/// incomplete <c>await</c>, or a continuation of one. While there is work, one thread of the pool carries the activation; which one
/// changes.
/// </summary>
internal sealed class ActivationTaskScheduler(Activation activation) : TaskScheduler, IThreadPoolWorkItem, IWorkItemScheduler
{
    /// <summary>How long one activation may hold a thread of the pool before others get their chance.</summary>
    private const long QuantumMilliseconds = 50;

    private static readonly Action<object?> RunTurns = static scheduler => ((ActivationTaskScheduler)scheduler!).Run();

    private readonly Queue<Task> continuations = new();
    private Task? carrier;
    private bool awake;
    private bool continuationIsNext;

    public Activation Activation { get; } = activation;

    /// <summary>Guards what turns share with the outside: this scheduler's queue, the mailbox and the life of the activation.</summary>
    public Lock Gate { get; } = new();

    public override int MaximumConcurrencyLevel => 1;

    /// <summary>
    /// Under <see cref="Gate"/>: notes that there is work. If true, the caller must call <see cref="Schedule"/> after leaving the gate.
    /// </summary>
    public bool MustWake()
    {
        var mustWake = !awake;
        awake = true;
        return mustWake;
    }

    /// <summary>Gets a thread to carry on with the turns.</summary>
    public void Schedule() => ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: true);

    /// <summary>
    /// Code must see this scheduler as the current one, which only a task can bring about. So one task carries many turns; it is made here,
    /// where nobody's execution context can slip into it.
    /// </summary>
    void IThreadPoolWorkItem.Execute()
    {
        var turns = new Task(RunTurns, this, CancellationToken.None, TaskCreationOptions.DenyChildAttach);
        carrier = turns;
        turns.Start(this);
        TryExecuteTask(turns);
    }

    void IWorkItemScheduler.QueueAction(Action action) => QueueTask(action);

    void IWorkItemScheduler.QueueTask(Task task) => task.Start(this);

    /// <summary>Runs <paramref name="action"/> in a turn of its own.</summary>
    public void QueueTask(Action action) => Quietly.Make(action).Start(this);

    protected override void QueueTask(Task task)
    {
        if (ReferenceEquals(task, carrier))
        {
            return; // It is about to run on this very thread.
        }

        bool mustWake;
        lock (Gate)
        {
            continuations.Enqueue(task);
            mustWake = MustWake();
        }

        if (mustWake)
        {
            Schedule();
        }
    }

    /// <summary>Inside a turn a task may run at once: its code is this activation's code, and nobody else's runs meanwhile.</summary>
    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) =>
        !taskWasPreviouslyQueued && ReferenceEquals(Current, this) && TryExecuteTask(task);

    protected override IEnumerable<Task> GetScheduledTasks()
    {
        lock (Gate)
        {
            return [.. continuations];
        }
    }

    private void Run()
    {
        var end = Environment.TickCount64 + QuantumMilliseconds;
        while (TryTake(out var continuation, out var request))
        {
            if (continuation is not null)
            {
                TryExecuteTask(continuation);
            }
            else
            {
                _ = request!.RunAsync(Activation);
            }

            if (Environment.TickCount64 >= end)
            {
                ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
                return;
            }
        }
    }

    /// <summary>
    /// Takes continuations and requests alternately, so that neither can keep the other waiting forever. With no work left: sleeps.
    /// </summary>
    private bool TryTake([MaybeNull] out Task continuation, [MaybeNull] out Request request)
    {
        lock (Gate)
        {
            continuation = null;
            request = continuationIsNext ? null : Activation.TryAdmit();
            if (request is null && !continuations.TryDequeue(out continuation))
            {
                request = continuationIsNext ? Activation.TryAdmit() : null;
            }

            continuationIsNext = request is not null;
            return awake = request is not null || continuation is not null;
        }
    }
}
