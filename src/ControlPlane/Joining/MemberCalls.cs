using System.Security.Cryptography.X509Certificates;
using Argosy.ControlPlane.Access;
using Argosy.ControlPlane.Resources;
using Grpc.Core;
using Microsoft.Extensions.Hosting;

namespace Argosy.ControlPlane.Joining;

/// <summary>Lets calls in by their client certificate, and ends them when it is no longer good.</summary>
internal sealed class MemberCalls(
    IdentityStore store, CertificateAuthority authority, IResources resources, MembershipCuts cuts, IHostApplicationLifetime lifetime, TimeProvider time)
{
    /// <exception cref="RpcException">UNAUTHENTICATED, with the reason.</exception>
    public async Task<MemberCall> AdmitAsync(ServerCallContext context)
    {
        var certificate = context.GetHttpContext().Connection.ClientCertificate ?? throw JoiningErrors.NoCertificate();
        while (true)
        {
            var before = cuts.Count;
            var member = await RecogniseAsync(certificate, context.CancellationToken);
            var cut = cuts.Watch(member.ClusterUid);
            if (cuts.Count == before)
            {
                return new MemberCall(
                    member, time, () => RecogniseAsync(certificate, default), cut, lifetime.ApplicationStopping, context.CancellationToken);
            }
        }
    }

    private async Task<Member> RecogniseAsync(X509Certificate2 certificate, CancellationToken cancellationToken)
    {
        if (!authority.HasIssuedAgent(certificate)
            || await store.FindCertificateAsync(certificate.SerialNumber, cancellationToken) is not { } known
            || !CertificateAuthority.NamesCluster(certificate, known.ClusterUid))
        {
            throw JoiningErrors.ForeignCertificate();
        }

        var (now, notAfter) = (time.GetUtcNow(), new DateTimeOffset(certificate.NotAfter.ToUniversalTime()));
        if (now >= notAfter || now < new DateTimeOffset(certificate.NotBefore.ToUniversalTime()))
        {
            throw JoiningErrors.CertificateExpired(notAfter);
        }

        var cluster = await resources.FindAsync(new ResourceKey(Kinds.Cluster, null, known.Cluster), cancellationToken);
        if (cluster is null || cluster.MetadataText("uid")! != known.ClusterUid)
        {
            throw JoiningErrors.ClusterDeleted(known.Cluster);
        }

        return known.IsRevoked
            ? throw JoiningErrors.CertificateRevoked(known.Cluster)
            : new Member(known.Cluster, known.ClusterUid, certificate.SerialNumber, notAfter, known.MemberUid);
    }
}

/// <summary>A call of a cluster's agent while it may go on.</summary>
internal sealed class MemberCall : IDisposable
{
    private readonly CancellationTokenSource expiry;
    private readonly CancellationTokenSource life;
    private readonly CancellationToken cut;
    private readonly CancellationToken stopping;
    private readonly Func<Task<Member>> lookAgain;

    public MemberCall(
        Member member, TimeProvider time, Func<Task<Member>> lookAgain, CancellationToken cut, CancellationToken stopping, CancellationToken callerGone)
    {
        (Member, this.cut, this.stopping, this.lookAgain) = (member, cut, stopping, lookAgain);
        expiry = new CancellationTokenSource(Later(member.NotAfter - time.GetUtcNow(), TimeSpan.Zero), time);
        life = CancellationTokenSource.CreateLinkedTokenSource(callerGone, cut, stopping, expiry.Token);
    }

    public Member Member { get; }

    /// <summary>Fires when the call must end: its certificate is no longer good, the hub stops, or the caller is gone.</summary>
    public CancellationToken Life => life.Token;

    /// <summary>Throws if it was not the caller who ended the call.</summary>
    /// <exception cref="RpcException">Why it may not go on.</exception>
    public async Task ThrowIfEndedAsync()
    {
        if (expiry.IsCancellationRequested)
        {
            throw JoiningErrors.CertificateExpired(Member.NotAfter);
        }

        if (cut.IsCancellationRequested)
        {
            await lookAgain(); // says whether it was revoked or deleted
            throw JoiningErrors.CertificateRevoked(Member.Cluster);
        }

        if (stopping.IsCancellationRequested)
        {
            throw JoiningErrors.HubStops();
        }
    }

    private static TimeSpan Later(TimeSpan one, TimeSpan other) => one > other ? one : other;

    public void Dispose()
    {
        life.Dispose();
        expiry.Dispose();
    }
}
