using Microsoft.Extensions.DependencyInjection;

namespace Orleans.Runtime;

/// <summary>One life of a grain: made by its first request, ended by idleness, by its own wish or with the host.</summary>
internal sealed class Activation : IGrainContext
{
    private readonly GrainClass grainClass;
    private readonly ActivationTaskScheduler scheduler;
    private readonly Mailbox mailbox;
    private readonly HashSet<GrainTimer> timers = [];
    private readonly TaskCompletionSource deactivated = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Stage stage;
    private AsyncServiceScope services;
    private DeactivationReason? ending;
    private CancellationToken endingMustHurry;
    private long idleSince;
    private long keptUntil;

    public Activation(GrainRuntime runtime, GrainClass grainClass, GrainId id)
    {
        Runtime = runtime;
        GrainId = id;
        this.grainClass = grainClass;
        scheduler = new ActivationTaskScheduler(this);
        mailbox = new Mailbox(grainClass.IsReentrant);
    }

    private enum Stage
    {
        New,
        Activating,
        Active,
        Deactivating,
        Ended,
    }

    public GrainRuntime Runtime { get; }

    public GrainId GrainId { get; }

    public GrainReference GrainReference => Runtime.Factory.CreateReference(grainClass.PrimaryInterface, GrainId);

    public object? GrainInstance { get; private set; }

    public IServiceProvider ActivationServices => services.ServiceProvider;

    public IWorkItemScheduler Scheduler => scheduler;

    public Task Deactivated => deactivated.Task;

    /// <summary>Takes the request in, unless this life has ended: then another activation must take it.</summary>
    public bool TryReceive(Request request)
    {
        bool isFirst;
        bool mustWake;
        lock (scheduler.Gate)
        {
            if (stage == Stage.Ended)
            {
                return false;
            }

            mailbox.Add(request);
            isFirst = stage == Stage.New;
            if (isFirst)
            {
                stage = Stage.Activating;
            }

            mustWake = stage == Stage.Active && mailbox.CanAdmit && scheduler.MustWake();
        }

        if (isFirst)
        {
            var context = RequestContext.Current;
            scheduler.QueueTask(() => _ = ActivateAsync(context));
        }
        else if (mustWake)
        {
            scheduler.Schedule();
        }

        return true;
    }

    /// <summary>Under the gate: the next request that may start.</summary>
    public Request? TryAdmit() => stage == Stage.Active ? mailbox.TryAdmit() : null;

    /// <summary>In a turn: <paramref name="request"/> has run to its end.</summary>
    public void OnCompleted(Request request)
    {
        bool mayEnd;
        lock (scheduler.Gate)
        {
            mailbox.Complete(request);
            if (request.IsActivity && mailbox.IsEmpty)
            {
                idleSince = Runtime.Time.GetTimestamp();
            }

            mayEnd = stage == Stage.Deactivating && mailbox.IsQuiet;
        }

        if (mayEnd)
        {
            BeginDeactivation();
        }
    }

    public void Deactivate(DeactivationReason deactivationReason, CancellationToken cancellationToken = default)
    {
        bool isUnused;
        bool mayEnd;
        lock (scheduler.Gate)
        {
            if (ending is not null || stage == Stage.Ended)
            {
                return;
            }

            ending = deactivationReason;
            endingMustHurry = cancellationToken;
            isUnused = stage == Stage.New;
            mayEnd = stage == Stage.Active && mailbox.IsQuiet;
            stage = stage == Stage.Active ? Stage.Deactivating : stage;
        }

        if (isUnused)
        {
            End(null);
        }
        else if (mayEnd)
        {
            BeginDeactivation();
        }
    }

    /// <summary>Ends the activation if it has been idle for its class' age and has not asked for longer.</summary>
    public void DeactivateIfIdle(long now)
    {
        lock (scheduler.Gate)
        {
            var isUsed = stage != Stage.Active || !mailbox.IsEmpty || now < keptUntil;
            if (isUsed || Runtime.Time.GetElapsedTime(idleSince, now) < grainClass.CollectionAge)
            {
                return;
            }

            ending = new(DeactivationReasonCode.ActivationIdle, $"Idle for {grainClass.CollectionAge}.");
            stage = Stage.Deactivating;
        }

        BeginDeactivation();
    }

    public void DelayDeactivation(TimeSpan timeSpan)
    {
        var ticks = timeSpan.TotalSeconds * Runtime.Time.TimestampFrequency;
        lock (scheduler.Gate)
        {
            keptUntil = timeSpan <= TimeSpan.Zero ? 0 : (long)Math.Min(Runtime.Time.GetTimestamp() + ticks, long.MaxValue / 2);
        }
    }

    public void CollectOverdue(long instant, List<Request> overdue)
    {
        lock (scheduler.Gate)
        {
            mailbox.CollectOverdue(instant, overdue);
        }
    }

    public GrainTimer AddTimer(Func<CancellationToken, Task> callback, GrainTimerCreationOptions options)
    {
        var timer = new GrainTimer(this, callback, options);
        bool isTooLate;
        lock (scheduler.Gate)
        {
            isTooLate = stage is Stage.Deactivating or Stage.Ended && mailbox.IsQuiet;
            if (!isTooLate)
            {
                timers.Add(timer);
            }
        }

        if (isTooLate)
        {
            timer.Dispose();
        }

        return timer;
    }

    public void Forget(GrainTimer timer)
    {
        lock (scheduler.Gate)
        {
            timers.Remove(timer);
        }
    }

    public bool Equals(IGrainContext? other) => ReferenceEquals(this, other);

    public override bool Equals(object? obj) => ReferenceEquals(this, obj);

    public override int GetHashCode() => GrainId.GetHashCode();

    public override string ToString() => GrainId.ToString();

    /// <param name="context">The request context of the call that brings this activation about.</param>
    private async Task ActivateAsync(Dictionary<string, object>? context)
    {
        RequestContext.Current = context;
        using var limit = new CancellationTokenSource(Runtime.Collection.ActivationTimeout, Runtime.Time);
        try
        {
            services = Runtime.Services.CreateAsyncScope();
            GrainInstance = grainClass.Create(services.ServiceProvider);
            if (GrainInstance is IGrainBase grain)
            {
                await grain.OnActivateAsync(limit.Token).WaitAsync(limit.Token);
            }
        }
        catch (Exception failure)
        {
            failure = failure is OperationCanceledException && limit.IsCancellationRequested
                ? new TimeoutException($"activation of {GrainId} took longer than {Runtime.Collection.ActivationTimeout}", failure)
                : failure;
            Runtime.Log.ActivationFailed(failure, GrainId);
            DisposeTimers();
            await DisposeInstanceAsync();
            End(failure);
            return;
        }

        bool mustEnd;
        lock (scheduler.Gate)
        {
            mustEnd = ending is not null;
            stage = mustEnd ? Stage.Deactivating : Stage.Active;
            idleSince = Runtime.Time.GetTimestamp();
        }

        if (mustEnd)
        {
            BeginDeactivation();
        }
    }

    private void BeginDeactivation() => scheduler.QueueTask(() => _ = DeactivateAsync());

    private async Task DeactivateAsync()
    {
        DisposeTimers();
        if (GrainInstance is IGrainBase grain)
        {
            using var limit = new CancellationTokenSource(Runtime.Collection.DeactivationTimeout, Runtime.Time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, endingMustHurry);
            try
            {
                await grain.OnDeactivateAsync(ending!.Value, either.Token).WaitAsync(either.Token);
            }
            catch (Exception failure)
            {
                Runtime.Log.DeactivationFailed(failure, GrainId);
            }
        }

        await DisposeInstanceAsync();
        End(null);
    }

    private void DisposeTimers()
    {
        GrainTimer[] all;
        lock (scheduler.Gate)
        {
            all = [.. timers];
        }

        foreach (var timer in all)
        {
            timer.Dispose();
        }
    }

    private async Task DisposeInstanceAsync()
    {
        try
        {
            switch (GrainInstance)
            {
                case IAsyncDisposable disposable:
                    await disposable.DisposeAsync();
                    break;
                case IDisposable disposable:
                    disposable.Dispose();
                    break;
            }

            await services.DisposeAsync();
        }
        catch (Exception failure)
        {
            Runtime.Log.DeactivationFailed(failure, GrainId);
        }
    }

    /// <summary>
    /// The last act: what still waits fails with <paramref name="failure"/> or, without one, goes to the grain's next activation.
    /// </summary>
    private void End(Exception? failure)
    {
        var stranded = new List<Request>();
        lock (scheduler.Gate)
        {
            stage = Stage.Ended;
            while (mailbox.TryEvict() is { } request)
            {
                stranded.Add(request);
            }
        }

        Runtime.Catalog.Remove(this);
        foreach (var request in stranded)
        {
            if (failure is null)
            {
                request.OnActivationEnded(Runtime);
            }
            else
            {
                request.Fail(failure);
            }
        }

        deactivated.TrySetResult();
    }
}
