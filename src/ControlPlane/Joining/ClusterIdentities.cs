using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Argosy.Contracts.Agents;
using Argosy.ControlPlane.Access;
using Argosy.ControlPlane.Clusters;
using Argosy.ControlPlane.Resources;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace Argosy.ControlPlane.Joining;

/// <summary>
/// Who agents are: lets clusters join by ticket, renews what they are known by, and takes it away. An identity is the cluster object's uid;
/// nothing is ever read out of a name.
/// </summary>
internal sealed class ClusterIdentities(
    IdentityStore store, CertificateAuthority authority, IResources resources, MembershipCuts cuts, TimeProvider time)
{
    private static readonly TimeSpan Life = TimeSpan.FromHours(24);

    /// <summary>A ticket for the cluster; those before it that were not spent are void.</summary>
    /// <exception cref="ApiException">404: there is no such cluster. 409: it needs none.</exception>
    public async Task<JoinTicket> InviteAsync(string cluster, CancellationToken cancellationToken)
    {
        var (uid, found) = await FindAsync(cluster, cancellationToken);
        if (ClusterRuntime.IsEmbedded(found))
        {
            throw ApiErrors.Conflict(KeyOf(cluster), "it is embedded: its agent lives in the hub's process and joins nothing");
        }

        var now = time.GetUtcNow();
        var ticket = JoinTicket.Make(now);
        await store.SaveTicketAsync(JoinTicket.Hash(ticket.Value), uid, ticket.Expires, now, cancellationToken);
        return ticket;
    }

    /// <exception cref="Grpc.Core.RpcException">Refused.</exception>
    public async Task<Identity> JoinAsync(JoinRequest request, CancellationToken cancellationToken)
    {
        var hash = JoinTicket.Hash(request.Ticket);
        var ticket = await store.FindTicketAsync(hash, cancellationToken) ?? throw JoiningErrors.TicketUnknown();
        var named = await resources.FindAsync(KeyOf(request.Cluster), cancellationToken);
        if (named is null || named.MetadataText("uid")! != ticket.ClusterUid)
        {
            throw JoiningErrors.TicketOfAnother(request.Cluster);
        }

        var key = AgentRequest.ReadKey(request.CertificateRequest.Span);
        var keyHash = Convert.ToHexStringLower(SHA256.HashData(key.ExportSubjectPublicKeyInfo()));
        var now = time.GetUtcNow();
        if (ticket.IsVoid)
        {
            throw JoiningErrors.TicketVoid();
        }

        if (ticket.UsedBy is { } spentFor && spentFor != keyHash)
        {
            throw JoiningErrors.TicketSpent();
        }

        if (now >= ticket.Expires)
        {
            throw JoiningErrors.TicketExpired();
        }

        if (request.MemberUid.Length == 0)
        {
            throw JoiningErrors.NoMemberUid();
        }

        using var certificate = authority.IssueAgent(key, ticket.ClusterUid, now, Life);
        var kept = new StoredCertificate(certificate.SerialNumber, ticket.ClusterUid, certificate.NotAfter.ToUniversalTime());
        var membership = new Membership(ticket.ClusterUid, request.Cluster, request.MemberUid);
        return await store.AdmitAsync(hash, keyHash, membership, kept, now, cancellationToken) switch
        {
            Admission.Admitted => Tell(certificate.ExportCertificatePem(), kept, now),
            Admission.TicketSpent => throw JoiningErrors.TicketSpent(),
            Admission.OtherMember => throw JoiningErrors.OtherMember(
                request.Cluster, await store.FindMemberAsync(ticket.ClusterUid, cancellationToken), request.MemberUid),
        };
    }

    /// <summary>A further certificate for the caller and a new key; whose it is, is taken from the caller's certificate alone.</summary>
    public async Task<Identity> RenewAsync(Member member, ByteString certificateRequest, CancellationToken cancellationToken)
    {
        var key = AgentRequest.ReadKey(certificateRequest.Span);
        var now = time.GetUtcNow();
        using var certificate = authority.IssueAgent(key, member.ClusterUid, now, Life);
        var kept = new StoredCertificate(certificate.SerialNumber, member.ClusterUid, certificate.NotAfter.ToUniversalTime());
        return await store.RenewAsync(member.Serial, kept, now, cancellationToken)
            ? Tell(certificate.ExportCertificatePem(), kept, now)
            : throw JoiningErrors.CertificateRevoked(member.Cluster);
    }

    /// <summary>Takes the cluster's certificates and tickets away and ends what they hold open.</summary>
    /// <exception cref="ApiException">404: there is no such cluster.</exception>
    public async Task RevokeAsync(string cluster, CancellationToken cancellationToken)
    {
        var (uid, _) = await FindAsync(cluster, cancellationToken);
        await RevokeUidAsync(uid, cancellationToken);
    }

    /// <summary>The same for a cluster that is no more.</summary>
    public async Task RevokeUidAsync(string uid, CancellationToken cancellationToken)
    {
        await store.RevokeAsync(uid, time.GetUtcNow(), cancellationToken);
        cuts.Cut(uid);
    }

    private static ResourceKey KeyOf(string cluster) => new(Kinds.Cluster, null, cluster);

    private async Task<(string Uid, JsonObject Found)> FindAsync(string cluster, CancellationToken cancellationToken)
    {
        var found = await resources.FindAsync(KeyOf(cluster), cancellationToken) ?? throw ApiErrors.NotFound(KeyOf(cluster));
        return (found.MetadataText("uid")!, found);
    }

    private Identity Tell(string certificatePem, StoredCertificate kept, DateTimeOffset now) => new()
    {
        CertificateChain = certificatePem,
        HubAuthorities = authority.CertificatePem,
        NotAfter = Timestamp.FromDateTimeOffset(kept.NotAfter),
        RenewAt = Timestamp.FromDateTimeOffset(now + ((kept.NotAfter - now) / 2)),
        ClusterId = kept.ClusterUid,
    };
}
