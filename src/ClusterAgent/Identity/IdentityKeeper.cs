using System.Security.Cryptography;
using Argosy.ClusterAgent.Connection;
using Grpc.Core;
using Microsoft.Extensions.Logging;

namespace Argosy.ClusterAgent.Identity;

/// <summary>
/// Sees to it that there is an identity: takes the kept one, else joins with a ticket, and renews at half life with a new key. When none can be
/// had it looks for a new ticket from time to time, so an operator who applies the join manifest again need not restart anything.
/// </summary>
/// <param name="memberUid">Tells which Kubernetes cluster this is, whatever it is called.</param>
internal sealed class IdentityKeeper(
    string cluster, IIdentityStore store, Enrolment enrolment, CurrentIdentity current, Func<CancellationToken, Task<string>> memberUid,
    TimeProvider time, ILogger<IdentityKeeper> logger)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LookForTicketEvery = TimeSpan.FromSeconds(30);

    // Clocks jump when machines sleep; a timer over half a day would not notice.
    private static readonly TimeSpan LongestNap = TimeSpan.FromMinutes(1);

    private DateTimeOffset _renewAt;
    private HubIdentity? _unsaved;
    private string? _usedTicket;
    private string? _refusedTicket;
    private string? _refusedThumbprint;
    private bool _complained;
    private string _doing = "reading the identity";

    /// <summary>Keeps it until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var pause = FirstPause;
        while (true)
        {
            try
            {
                await TakeStepAsync(cancellationToken);
                pause = FirstPause;
            }
            catch (Exception e)
            {
                cancellationToken.ThrowIfCancellationRequested();
                logger.Failed(cluster, _doing, pause, HubFailure.Words(e));
                await Task.Delay(Jitter.About(pause), time, cancellationToken);
                pause = TimeSpan.FromTicks(Math.Min(pause.Ticks * 2, LongestPause.Ticks));
            }
        }
    }

    private async Task TakeStepAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (current.Value is { } expired && now >= expired.NotAfter)
        {
            logger.Expired(cluster, expired.NotAfter);
            current.Set(null);
            _complained = true;
        }

        if (current.Value is not { } identity)
        {
            if (!await FindAnotherAsync(now, cancellationToken))
            {
                await Task.Delay(LookForTicketEvery, time, cancellationToken);
            }
        }
        else if (current.TakeRefusal())
        {
            _refusedThumbprint = identity.Thumbprint;
            if (!await FindAnotherAsync(now, cancellationToken) && _renewAt < now + LookForTicketEvery)
            {
                _renewAt = now + LookForTicketEvery; // asking a hub that refuses helps no sooner
            }
        }
        else if (_unsaved is { } unsaved)
        {
            await SaveAsync(unsaved, cancellationToken);
        }
        else if (now >= _renewAt)
        {
            await RenewAsync(identity, cancellationToken);
        }
        else
        {
            await NapAsync(_renewAt - now, cancellationToken);
        }
    }

    /// <summary>Until it is time, or the hub refuses the identity.</summary>
    private async Task NapAsync(TimeSpan left, CancellationToken cancellationToken)
    {
        using var woken = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var nap = Task.Delay(left < LongestNap ? left : LongestNap, time, woken.Token);
        await Task.WhenAny(nap, current.Refused);
        await woken.CancelAsync();
        cancellationToken.ThrowIfCancellationRequested();
    }

    /// <returns>False when there is neither another certificate nor a ticket that was not tried.</returns>
    private async Task<bool> FindAnotherAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        _doing = "reading the identity";
        var entries = await store.ReadAsync(cancellationToken);
        if (HubIdentity.Read(entries) is { } kept && now < kept.NotAfter && kept.Thumbprint != _refusedThumbprint)
        {
            logger.Found(cluster, kept.ClusterId, store.Place, kept.NotAfter);
            Adopt(kept);
            return true;
        }

        if (entries[IdentityEntries.Ticket] is { } ticket && ticket != _refusedTicket)
        {
            return await JoinAsync(entries, ticket, cancellationToken);
        }

        if (!_complained)
        {
            _complained = true;
            logger.NoWayIn(cluster, store.Place, LookForTicketEvery);
        }

        return false;
    }

    private async Task<bool> JoinAsync(IdentityEntries entries, string ticket, CancellationToken cancellationToken)
    {
        _doing = "joining the hub";
        var authorities = entries[IdentityEntries.HubAuthorities] ?? throw new IdentityStoreException(
            $"{store.Place} has a ticket but no {IdentityEntries.HubAuthorities}: apply the whole manifest that `argosy cluster join-manifest {cluster}` prints");
        var uid = await memberUid(cancellationToken);
        using var key = await JoiningKeyAsync(entries, cancellationToken);
        try
        {
            var identity = await enrolment.JoinAsync(ticket, key, authorities, uid, cancellationToken);
            logger.Joined(cluster, identity.ClusterId, identity.NotAfter);
            (_unsaved, _usedTicket) = (identity, ticket);
            Adopt(identity);
            return true;
        }
        catch (RpcException refusal) when (refusal.StatusCode is StatusCode.PermissionDenied or StatusCode.Unauthenticated or StatusCode.InvalidArgument)
        {
            _refusedTicket = ticket;
            _complained = true;
            logger.TicketRefused(cluster, store.Place, refusal.Status.Detail, LookForTicketEvery);
            return false;
        }
    }

    /// <summary>The key of an earlier try whose answer was lost, else a new one, kept before it is used.</summary>
    private async Task<ECDsa> JoiningKeyAsync(IdentityEntries entries, CancellationToken cancellationToken)
    {
        if (entries[IdentityEntries.JoiningKey] is { } pem && HubIdentity.FindKey(pem) is { } earlier)
        {
            return earlier;
        }

        var key = HubIdentity.NewKey();
        var kept = new Dictionary<string, string?> { [IdentityEntries.JoiningKey] = key.ExportPkcs8PrivateKeyPem() };
        await store.WriteAsync(entries, kept, cancellationToken);
        return key;
    }

    private async Task RenewAsync(HubIdentity identity, CancellationToken cancellationToken)
    {
        _doing = "renewing the certificate";
        try
        {
            var renewed = await enrolment.RenewAsync(identity, cancellationToken);
            logger.Renewed(cluster, renewed.NotAfter);
            (_unsaved, _usedTicket) = (renewed, null);
            Adopt(renewed);
        }
        catch (RpcException refusal) when (refusal.StatusCode is StatusCode.PermissionDenied or StatusCode.Unauthenticated)
        {
            current.Refuse(identity);
            throw;
        }
    }

    /// <summary>It is in use already: what cannot be written now is written later, and the one that is kept still lives for a while.</summary>
    private async Task SaveAsync(HubIdentity identity, CancellationToken cancellationToken)
    {
        _doing = "keeping the certificate";
        var entries = await store.ReadAsync(cancellationToken);
        var changes = new Dictionary<string, string?>
        {
            [IdentityEntries.Key] = identity.KeyPem(),
            [IdentityEntries.Certificate] = identity.ChainPem(),
            [IdentityEntries.ClusterId] = identity.ClusterId,
            [IdentityEntries.HubAuthorities] = identity.HubAuthorities,
        };
        if (_usedTicket is { } used)
        {
            changes[IdentityEntries.JoiningKey] = null;
            if (entries[IdentityEntries.Ticket] == used)
            {
                changes[IdentityEntries.Ticket] = null;
            }
        }

        await store.WriteAsync(entries, changes, cancellationToken);
        _unsaved = null;
    }

    private void Adopt(HubIdentity identity)
    {
        // A twentieth of its life either way, so that a fleet that joined in one minute does not renew in one.
        _renewAt = identity.RenewAt + (identity.Life * (0.1 * (Random.Shared.NextDouble() - 0.5)));
        _complained = false;
        current.Set(identity);
    }
}
