namespace Argosy.ClusterAgent.Identity;

/// <summary>The identity in use, between the keeper that gets and renews it and the link that shows it.</summary>
internal sealed class CurrentIdentity
{
    private readonly Lock _gate = new();
    private Held _held = new(null);
    private TaskCompletionSource _refused = NewSignal();

    public HubIdentity? Value
    {
        get
        {
            lock (_gate)
            {
                return _held.Identity;
            }
        }
    }

    /// <summary>Completes when the hub has refused an identity since <see cref="TakeRefusal"/>.</summary>
    public Task Refused
    {
        get
        {
            lock (_gate)
            {
                return _refused.Task;
            }
        }
    }

    /// <summary>The identity to show, and a token that fires when another takes its place; waits while there is none.</summary>
    public async Task<(HubIdentity Identity, CancellationToken Replaced)> GetAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Held held;
            lock (_gate)
            {
                held = _held;
            }

            if (held.Identity is { } identity)
            {
                return (identity, held.Replaced.Token);
            }

            await held.Gone.Task.WaitAsync(cancellationToken);
        }
    }

    /// <summary>From now on this one; null: none.</summary>
    public void Set(HubIdentity? identity)
    {
        Held before;
        lock (_gate)
        {
            (before, _held) = (_held, new Held(identity));
        }

        before.Gone.TrySetResult();
        before.Replaced.Cancel();
    }

    /// <summary>The hub did not accept this identity.</summary>
    public void Refuse(HubIdentity shown)
    {
        lock (_gate)
        {
            if (ReferenceEquals(shown, _held.Identity))
            {
                _refused.TrySetResult();
            }
        }
    }

    /// <returns>Whether the hub has refused the present identity since the last time.</returns>
    public bool TakeRefusal()
    {
        lock (_gate)
        {
            if (!_refused.Task.IsCompleted)
            {
                return false;
            }

            _refused = NewSignal();
            return true;
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private sealed class Held(HubIdentity? identity)
    {
        public HubIdentity? Identity { get; } = identity;

        // Never disposed: sessions may still look at its token, and it has no timer.
        public CancellationTokenSource Replaced { get; } = new();

        public TaskCompletionSource Gone { get; } = NewSignal();
    }
}
