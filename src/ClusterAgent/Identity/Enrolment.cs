using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Argosy.ClusterAgent.Connection;
using Argosy.Contracts.Agents;
using Google.Protobuf;
using Grpc.Core;

namespace Argosy.ClusterAgent.Identity;

/// <summary>Has the hub certify keys that never leave this process but for the agent's own store.</summary>
/// <param name="cluster">The cluster's name, as the hub knows it.</param>
internal sealed class Enrolment(string cluster, HubDialer dialer, TimeProvider time)
{
    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(20);

    /// <summary>The first certificate, for a ticket.</summary>
    /// <param name="authorities">PEM: those that the ticket came with.</param>
    /// <exception cref="RpcException">The hub refused, or cannot be reached.</exception>
    /// <exception cref="FormatException">The authorities, or the hub's answer, cannot be used.</exception>
    public async Task<HubIdentity> JoinAsync(
        string ticket, ECDsa key, string authorities, string memberUid, CancellationToken cancellationToken)
    {
        using var way = dialer.Dial(authorities);
        var request = new JoinRequest { Cluster = cluster, Ticket = ticket, CertificateRequest = RequestFor(key), MemberUid = memberUid };
        var answer = await new Joining.JoiningClient(way.Channel).JoinAsync(request, Options(cancellationToken));
        return Read(answer, key, authorities);
    }

    /// <summary>The next certificate, of a new key, for the same cluster.</summary>
    /// <exception cref="RpcException">The hub refused, or cannot be reached.</exception>
    /// <exception cref="FormatException">The hub's answer cannot be used.</exception>
    public async Task<HubIdentity> RenewAsync(HubIdentity identity, CancellationToken cancellationToken)
    {
        using var way = dialer.Dial(identity);
        using var key = HubIdentity.NewKey();
        var request = new RenewRequest { CertificateRequest = RequestFor(key) };
        var answer = await new AgentLink.AgentLinkClient(way.Channel).RenewAsync(request, Options(cancellationToken));
        return Read(answer, key, identity.HubAuthorities);
    }

    private CallOptions Options(CancellationToken cancellationToken) =>
        new(deadline: (time.GetUtcNow() + AnswerWithin).UtcDateTime, cancellationToken: cancellationToken);

    // The name in it says nothing: the hub takes the public key and no more.
    private static ByteString RequestFor(ECDsa key) =>
        ByteString.CopyFrom(new CertificateRequest("CN=argosy-agent", key, HashAlgorithmName.SHA256).CreateSigningRequest());

    private static HubIdentity Read(Contracts.Agents.Identity answer, ECDsa key, string authorities)
    {
        try
        {
            var kept = answer.HubAuthorities.Trim().Length > 0 ? answer.HubAuthorities : authorities;
            var identity = HubIdentity.Make(answer.ClusterId, answer.CertificateChain, key, kept);
            return answer.RenewAt is { } at ? identity with { RenewAt = at.ToDateTimeOffset() } : identity;
        }
        catch (Exception unusable) when (unusable is CryptographicException or ArgumentException)
        {
            throw new FormatException($"the certificate that the hub gave cannot be used: {unusable.Message}", unusable);
        }
    }
}
