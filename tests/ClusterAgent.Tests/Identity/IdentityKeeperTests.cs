using Argosy.ClusterAgent.Connection;
using Argosy.ClusterAgent.Identity;
using Argosy.ClusterAgent.Tests.Artifacts;
using Argosy.ClusterAgent.Tests.Connection;
using Argosy.Contracts.Agents;
using Grpc.Core;
using Microsoft.Extensions.Logging.Abstractions;
using static Argosy.ClusterAgent.Identity.IdentityEntries;

namespace Argosy.ClusterAgent.Tests.Identity;

/// <summary>How an agent gets its identity and keeps it, against a hub over TLS; the agent's clock is the test's.</summary>
public sealed class IdentityKeeperTests : IAsyncLifetime
{
    private static readonly TimeSpan LookForTicketEvery = TimeSpan.FromSeconds(30);

    private readonly ManualClock _clock = new(TimeProvider.System.GetUtcNow());
    private readonly CurrentIdentity _current = new();
    private readonly CancellationTokenSource _ends = new();
    private readonly MemoryStore _store = new();
    private RemoteHub _hub = null!;
    private Task _keeping = Task.CompletedTask;

    private static CancellationToken Patience => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _hub = await RemoteHub.StartAsync(new HubScript { Time = _clock });
        _store.Set((Ticket, "secret"), (HubAuthorities, _hub.Authority.Pem));
    }

    public async ValueTask DisposeAsync()
    {
        await _ends.CancelAsync();
        await _keeping.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _hub.DisposeAsync();
        _ends.Dispose();
    }

    [Fact]
    public async Task Ticket_IsSpentForACertificate_AndIsGoneInTheWriteThatKeepsIt()
    {
        _hub.Script.FurtherAuthorities = "\n" + new HubAuthority().Pem;

        Start();
        var identity = await IdentityAsync();
        var kept = await _store.KeepsAsync(texts => texts.ContainsKey(Certificate));

        var join = Assert.Single(_hub.Script.Joins);
        Assert.Equal(("gpu", "secret", "uid-of-kube-system"), (join.Cluster, join.Ticket, join.MemberUid));
        Assert.Equal("uid-of-cluster", identity.ClusterId);
        Assert.Equal([ClusterId, HubAuthorities, Certificate, Key], kept.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(2, kept[HubAuthorities].Split("BEGIN CERTIFICATE").Length - 1);
        Assert.Equal(identity.Thumbprint, HubIdentity.Read(new IdentityEntries(kept, ""))!.Thumbprint);
    }

    [Fact]
    public async Task KeptCertificate_IsUsed_EvenBesideATicket()
    {
        var kept = LinkTest.IdentityOf(_hub.Script);
        _store.Set((Key, kept.KeyPem()), (Certificate, kept.ChainPem()), (ClusterId, kept.ClusterId));

        Start();

        Assert.Equal(kept.Thumbprint, (await IdentityAsync()).Thumbprint);
        Assert.Empty(_hub.Script.Joins);
    }

    [Fact]
    public async Task AnswerToAJoinIsLost_NextLife_JoinsAgainWithTheSameKey()
    {
        var lost = new TaskCompletionSource();
        _hub.Script.Join = _ =>
        {
            lost.TrySetResult();
            throw HubScript.Failure(StatusCode.Unavailable);
        };
        Start();
        await lost.Task.WaitAsync(Patience);
        await _ends.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _keeping);
        var first = _hub.Script.Joins.Single();

        _hub.Script.Join = request => Task.FromResult(_hub.Script.Certify(request.CertificateRequest));
        using var secondLife = new CancellationTokenSource();
        var keeping = Keeper().RunAsync(secondLife.Token);
        await IdentityAsync();

        Assert.Equal(PublicKeyOf(first), PublicKeyOf(_hub.Script.Joins.Last()));
        await secondLife.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => keeping);
    }

    [Fact]
    public async Task HalfOfItsLife_IsRenewedWithANewKeyOverTheOldIdentity_AndKept()
    {
        Start();
        var first = await IdentityAsync();
        await _store.KeepsAsync(texts => texts.ContainsKey(Certificate));
        var (_, replaced) = await _current.GetAsync(Patience);
        await _clock.ArmedAsync(left => left > TimeSpan.Zero);

        _clock.Advance(TimeSpan.FromHours(10));
        await _clock.ArmedAsync(left => left > TimeSpan.Zero);
        Assert.Empty(_hub.Script.Renewals);
        _clock.Advance(TimeSpan.FromHours(3.5));
        await FiredAsync(replaced);
        var second = await IdentityAsync();

        Assert.Equal(first.Certificate.Thumbprint, Assert.Single(_hub.Script.Renewals));
        Assert.NotEqual(first.Certificate.GetPublicKey(), second.Certificate.GetPublicKey());
        Assert.Equal(second.KeyPem(), (await _store.KeepsAsync(texts => texts[Key] != first.KeyPem()))[Key]);
    }

    [Fact]
    public async Task RenewalFails_IsTriedAgain_WhileTheOldOneServes()
    {
        var tries = 0;
        var failed = new TaskCompletionSource();
        _hub.Script.Renew = request =>
        {
            if (++tries > 1)
            {
                return Task.FromResult(_hub.Script.Certify(request.CertificateRequest));
            }

            failed.SetResult();
            throw HubScript.Failure(StatusCode.Unavailable, "restarting");
        };
        Start();
        var first = await IdentityAsync();
        await _store.KeepsAsync(texts => texts.ContainsKey(Certificate));
        var (_, replaced) = await _current.GetAsync(Patience);
        await _clock.ArmedAsync(left => left > TimeSpan.Zero);

        _clock.Advance(TimeSpan.FromHours(14));
        await failed.Task.WaitAsync(Patience);
        await _clock.ArmedAsync(left => left < TimeSpan.FromSeconds(2)); // the pause, not the deadline of the call
        Assert.Same(first, _current.Value);
        _clock.Advance(TimeSpan.FromSeconds(2));

        await FiredAsync(replaced);
        Assert.Equal(2, tries);
    }

    [Fact]
    public async Task CertificateRanOut_NoneIsShown_UntilANewTicketIsThere()
    {
        _hub.Script.Renew = _ => throw HubScript.Failure(StatusCode.Unavailable);
        Start();
        await IdentityAsync();
        await _store.KeepsAsync(texts => texts.ContainsKey(Certificate));
        var (_, replaced) = await _current.GetAsync(Patience);
        await _clock.ArmedAsync(left => left > TimeSpan.Zero);

        _clock.Advance(TimeSpan.FromHours(25));
        await FiredAsync(replaced);
        Assert.Null(_current.Value);
        await _clock.ArmedAsync(left => left == LookForTicketEvery);
        _store.Set((Ticket, "another"));
        _clock.Advance(LookForTicketEvery);
        var again = await IdentityAsync();

        Assert.Equal(["secret", "another"], _hub.Script.Joins.Select(join => join.Ticket));
        Assert.True(again.NotAfter > _clock.GetUtcNow());
    }

    [Fact]
    public async Task TicketIsRefused_IsNotTriedAgain_ButANewOneIs()
    {
        _hub.Script.Join = request => request.Ticket == "good"
            ? Task.FromResult(_hub.Script.Certify(request.CertificateRequest))
            : throw HubScript.Failure(StatusCode.PermissionDenied, "the ticket is spent");
        Start();
        await _clock.ArmedAsync(left => left == LookForTicketEvery);
        _clock.Advance(LookForTicketEvery);
        await _clock.ArmedAsync(left => left == LookForTicketEvery);
        Assert.Single(_hub.Script.Joins);

        _store.Set((Ticket, "good"));
        _clock.Advance(LookForTicketEvery);
        await IdentityAsync();

        Assert.Equal(["secret", "good"], _hub.Script.Joins.Select(join => join.Ticket));
    }

    [Fact]
    public async Task HubRefusesTheIdentity_NewTicketIsThere_JoinsAgain()
    {
        Start();
        var first = await IdentityAsync();
        await _store.KeepsAsync(texts => !texts.ContainsKey(Ticket) && texts.ContainsKey(Certificate));
        var (_, replaced) = await _current.GetAsync(Patience);
        _store.Set((Ticket, "after the cluster was declared anew"));

        _current.Refuse(first);

        await FiredAsync(replaced);
        Assert.NotEqual(first.Thumbprint, _current.Value!.Thumbprint);
    }

    [Fact]
    public async Task StoreCannotBeWritten_TheIdentityServesMeanwhile_AndIsKeptLater()
    {
        _store.Set((JoiningKey, HubIdentity.NewKey().ExportPkcs8PrivateKeyPem()));
        _store.FailingWrites = 1;
        Start();
        await IdentityAsync();
        await _clock.ArmedAsync(left => left < TimeSpan.FromSeconds(2));
        Assert.True(_store.Texts.ContainsKey(Ticket));

        _clock.Advance(TimeSpan.FromSeconds(2));

        Assert.False((await _store.KeepsAsync(texts => texts.ContainsKey(Certificate))).ContainsKey(Ticket));
        Assert.Single(_hub.Script.Joins);
    }

    [Fact]
    public async Task Folder_KeepsAnIdentity_ForItsOwnerAlone_AndFinishesAWriteThatWasCut()
    {
        using var folder = new TemporaryFolder();
        var store = new FolderIdentityStore(folder[""]);
        await File.WriteAllTextAsync(Path.Combine(folder[""], Ticket), "secret\n", Patience);
        await store.WriteAsync(await store.ReadAsync(Patience), new Dictionary<string, string?> { [Key] = "k", [Certificate] = "c", [Ticket] = null }, Patience);
        await File.WriteAllTextAsync(Path.Combine(folder[""], ".writing"), """{"tls.key":"k2","cluster-id":null,"tls.crt":"c2"}""", Patience);

        var read = await new FolderIdentityStore(folder[""]).ReadAsync(Patience);

        Assert.Equal(("k2", "c2", null), (read[Key], read[Certificate], read[Ticket]));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(folder[""], Key)));
        Assert.Equal([Certificate, Key], Directory.EnumerateFiles(folder[""]).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    private static string PublicKeyOf(JoinRequest join) => Convert.ToHexString(
        System.Security.Cryptography.X509Certificates.CertificateRequest
            .LoadSigningRequest(join.CertificateRequest.ToByteArray(), System.Security.Cryptography.HashAlgorithmName.SHA256)
            .PublicKey.EncodedKeyValue.RawData);

    private static async Task FiredAsync(CancellationToken token)
    {
        var fired = new TaskCompletionSource();
        await using var registration = token.Register(fired.SetResult);
        await fired.Task.WaitAsync(TimeSpan.FromSeconds(30), Patience);
    }

    private void Start() => _keeping = Keeper().RunAsync(_ends.Token);

    private IdentityKeeper Keeper() => new(
        "gpu", _store, new Enrolment("gpu", new HubDialer(_hub.Address, _clock), _clock), _current,
        _ => Task.FromResult("uid-of-kube-system"), _clock, NullLogger<IdentityKeeper>.Instance);

    private async Task<HubIdentity> IdentityAsync() => (await _current.GetAsync(Patience).WaitAsync(TimeSpan.FromSeconds(30), Patience)).Identity;

    /// <summary>A store in memory that tells of its writes.</summary>
    private sealed class MemoryStore : IIdentityStore
    {
        private readonly Lock _gate = new();
        private Dictionary<string, string> _texts = [];
        private int _version;
        private TaskCompletionSource _changed = new();

        public string Place => "memory";

        public int FailingWrites { get; set; }

        public IReadOnlyDictionary<string, string> Texts
        {
            get
            {
                lock (_gate)
                {
                    return _texts;
                }
            }
        }

        public void Set(params (string Name, string Text)[] entries) => Change(entries.Select(entry => KeyValuePair.Create(entry.Name, (string?)entry.Text)));

        public async Task<IReadOnlyDictionary<string, string>> KeepsAsync(Func<IReadOnlyDictionary<string, string>, bool> wanted)
        {
            while (true)
            {
                Task changed;
                lock (_gate)
                {
                    if (wanted(_texts))
                    {
                        return _texts;
                    }

                    changed = _changed.Task;
                }

                await changed.WaitAsync(TimeSpan.FromSeconds(30), Patience);
            }
        }

        public Task<IdentityEntries> ReadAsync(CancellationToken cancellationToken)
        {
            lock (_gate)
            {
                return Task.FromResult(new IdentityEntries(_texts, $"{_version}"));
            }
        }

        public Task WriteAsync(IdentityEntries basis, IReadOnlyDictionary<string, string?> changes, CancellationToken cancellationToken)
        {
            if (FailingWrites-- > 0 || basis.Version != $"{_version}")
            {
                throw new IdentityStoreException("the API server is away");
            }

            Change(changes);
            return Task.CompletedTask;
        }

        private void Change(IEnumerable<KeyValuePair<string, string?>> changes)
        {
            TaskCompletionSource changed;
            lock (_gate)
            {
                _texts = new Dictionary<string, string>(_texts);
                foreach (var (name, text) in changes)
                {
                    if (text is null)
                    {
                        _texts.Remove(name);
                    }
                    else
                    {
                        _texts[name] = text;
                    }
                }

                _version++;
                (changed, _changed) = (_changed, new TaskCompletionSource());
            }

            changed.SetResult();
        }
    }
}
