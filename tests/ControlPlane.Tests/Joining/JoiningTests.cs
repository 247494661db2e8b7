using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Argosy.Contracts.Agents;
using Argosy.ControlPlane.Tests.Access;
using Argosy.ControlPlane.Tests.Workflows;
using Grpc.Core;

namespace Argosy.ControlPlane.Tests.Joining;

/// <summary>Who may join, and as whom: over the real port, with the real client.</summary>
public sealed class JoiningTests : IAsyncLifetime
{
    private readonly SettableTime time = new(TimeProvider.System.GetUtcNow());
    private HubUnderTest hub = null!;

    public async ValueTask InitializeAsync() => hub = await HubUnderTest.StartAsync(clock: time, listensForAgents: true);

    public async ValueTask DisposeAsync() => await hub.DisposeAsync();

    [Fact]
    public async Task Ticket_LetsTheClusterIn_AndNothingOfItsRequestIsTakenButTheKey()
    {
        using var cluster = await Cluster.DeclaredAsync(hub, "gpu");
        var forged = cluster.Request("CN=argosy-hub, O=system:masters", request =>
        {
            var names = new SubjectAlternativeNameBuilder();
            names.AddUri(new Uri("spiffe://argosy/cluster/another"));
            names.AddDnsName("hub.argosy.internal");
            request.CertificateExtensions.Add(names.Build());
            request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
            request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], false));
        });

        var identity = await cluster.AsksToJoinAsync(forged);

        using var issued = X509Certificate2.CreateFromPem(identity.CertificateChain);
        var uid = (string)(await hub.SendAsync(HttpMethod.Get, "/apis/argosy.io/v1alpha1/clusters/gpu"))!["metadata"]!["uid"]!;
        Assert.Equal("CN=argosy-agent", issued.Subject);
        var names = Assert.Single(issued.Extensions.OfType<X509SubjectAlternativeNameExtension>());
        Assert.Empty(names.EnumerateDnsNames());
        Assert.EndsWith($"spiffe://argosy/cluster/{uid}", Encoding.ASCII.GetString(names.RawData), StringComparison.Ordinal);
        Assert.Equal("1.3.6.1.5.5.7.3.2", Assert.Single(issued.Extensions.OfType<X509EnhancedKeyUsageExtension>()).EnhancedKeyUsages[0].Value);
        Assert.False(Assert.Single(issued.Extensions.OfType<X509BasicConstraintsExtension>()).CertificateAuthority);
        Assert.Equal(cluster.Key.ExportSubjectPublicKeyInfo(), issued.PublicKey.ExportSubjectPublicKeyInfo());
        Assert.Equal(uid, identity.ClusterId);
        Assert.Equal(cluster.HubAuthorities, identity.HubAuthorities);
        Assert.InRange(identity.NotAfter.ToDateTimeOffset() - time.Now, TimeSpan.FromHours(23.9), TimeSpan.FromHours(24));
        Assert.InRange(identity.RenewAt.ToDateTimeOffset() - time.Now, TimeSpan.FromHours(11.9), TimeSpan.FromHours(12));
    }

    [Fact]
    public async Task SpentTicket_ShownAgain_IsRefused_ButNotToWhoSpentIt()
    {
        using var cluster = await Cluster.JoinedAsync(hub, "gpu");
        await cluster.JoinsAsync(); // the answer was lost on its way: the same key asks again

        cluster.TakesANewKey();

        await RefusedAsync("spent", cluster.AsksToJoinAsync());
    }

    [Fact]
    public async Task TicketOfAnotherCluster_IsRefused_AlsoWhereOneNameBeginsTheOther()
    {
        using var one = await Cluster.DeclaredAsync(hub, "cluster1");
        using var ten = await Cluster.DeclaredAsync(hub, "cluster10");
        one.Ticket = ten.Ticket;

        await RefusedAsync("not for cluster 'cluster1'", one.AsksToJoinAsync());
        await RefusedAsync("not for cluster 'nowhere'", one.AsksToJoinAsync(name: "nowhere"));
    }

    [Fact]
    public async Task ExpiredTicket_IsRefused()
    {
        using var cluster = await Cluster.DeclaredAsync(hub, "gpu");
        time.Now += TimeSpan.FromMinutes(30);

        await RefusedAsync("expired", cluster.AsksToJoinAsync());
    }

    [Fact]
    public async Task UnknownTicket_IsRefused_WhateverClusterItNames()
    {
        using var cluster = await Cluster.DeclaredAsync(hub, "gpu");
        cluster.Ticket = new string('0', 64);

        var known = await RefusedAsync("did not issue", cluster.AsksToJoinAsync());
        var unknown = await RefusedAsync("did not issue", cluster.AsksToJoinAsync(name: "nowhere"));
        Assert.Equal(known, unknown);
    }

    [Fact]
    public async Task NewTicket_MakesTheOneBeforeItVoid()
    {
        using var cluster = await Cluster.DeclaredAsync(hub, "gpu");
        var first = cluster.Ticket;
        await cluster.IsInvitedAsync();
        (cluster.Ticket, var second) = (first, cluster.Ticket);

        await RefusedAsync("void", cluster.AsksToJoinAsync());
        cluster.Ticket = second;
        await cluster.JoinsAsync();
    }

    [Fact]
    public async Task Racing_WithOneTicket_OneWins()
    {
        using var cluster = await Cluster.DeclaredAsync(hub, "gpu");
        var rivals = Enumerable.Range(0, 8).Select(_ => cluster.Cloned()).ToList();
        rivals.ForEach(rival => rival.TakesANewKey());

        var outcomes = await Task.WhenAll(rivals.Select(async rival =>
        {
            try
            {
                await rival.JoinsAsync();
                return StatusCode.OK;
            }
            catch (RpcException refused)
            {
                return refused.StatusCode;
            }
        }));

        Assert.Equal(1, outcomes.Count(outcome => outcome == StatusCode.OK));
        Assert.Equal(7, outcomes.Count(outcome => outcome == StatusCode.PermissionDenied));
        rivals.ForEach(rival => rival.Dispose());
    }

    [Fact]
    public async Task BadRequests_AreRefused_AndDoNotSpendTheTicket()
    {
        using var cluster = await Cluster.DeclaredAsync(hub, "gpu");
        var resigned = cluster.Request();
        resigned[^1] ^= 1;
        using var rsa = RSA.Create(2048);
        var otherKey = new CertificateRequest("CN=a", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).CreateSigningRequest();
        using var curve = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        var otherCurve = new CertificateRequest("CN=a", curve, HashAlgorithmName.SHA256).CreateSigningRequest();
        foreach (var bad in new[] { [], [1, 2, 3], resigned, otherKey, otherCurve, [.. cluster.Request(), 0], new byte[100_000] })
        {
            var refusal = await Assert.ThrowsAsync<RpcException>(() => cluster.AsksToJoinAsync(bad));
            Assert.Equal(StatusCode.InvalidArgument, refusal.StatusCode);
        }

        await cluster.JoinsAsync();
    }

    [Fact]
    public async Task CopyOfAnAgent_InAnotherKubernetesCluster_IsToldWhatToDo()
    {
        using var cluster = await Cluster.JoinedAsync(hub, "gpu");
        await cluster.IsInvitedAsync();
        using var copy = cluster.Cloned();

        Assert.Contains("cluster revoke gpu", await RefusedAsync("another Kubernetes cluster", copy.AsksToJoinAsync()), StringComparison.Ordinal);
        await using var session = await copy.ConnectsAsync();
        var end = await session.EndsAsync();
        Assert.Equal(StatusCode.PermissionDenied, end.StatusCode);
        Assert.Contains("another Kubernetes cluster", end.Detail, StringComparison.Ordinal);

        await cluster.JoinsAsync(); // the copy has not spent the ticket
        await cluster.RevokedAsync();
        await copy.IsInvitedAsync();
        await copy.JoinsAsync(); // and now takes its place
    }

    [Fact]
    public async Task Renewal_IsForTheCallersOwnIdentity_AndForgedNamesAreIgnored()
    {
        using var cluster = await Cluster.JoinedAsync(hub, "gpu");
        var first = cluster.Identity!;
        time.Now += TimeSpan.FromHours(12);

        await cluster.RenewsAsync();

        Assert.Equal(first.ClusterId, cluster.Identity!.ClusterId);
        Assert.True(cluster.Identity.NotAfter > first.NotAfter);
        await using var session = await cluster.ConnectsAsync();
        Assert.Equal("gpu", (await session.IsWelcomedAsync()).Cluster);
    }

    [Fact]
    public async Task WithoutAGoodCertificate_EveryCallIsRefused_WithTheReason()
    {
        using var cluster = await Cluster.JoinedAsync(hub, "gpu");
        var good = cluster.Certificate!;
        using var foreign = Foreign(good.Extensions);
        foreach (var (certificate, reason) in new[] { (null, "no client certificate"), (foreign, "not this hub's") })
        {
            cluster.Certificate = certificate;
            await UnknownAsync(reason, cluster);
        }

        cluster.Certificate = good;
        time.Now += TimeSpan.FromHours(24);
        await UnknownAsync("expired", cluster);
    }

    [Fact]
    public async Task CertificateOfTheHubItself_IsNoAgents()
    {
        using var cluster = await Cluster.JoinedAsync(hub, "gpu");
        using var authority = ControlPlane.Access.CertificateAuthority.Open(Path.GetDirectoryName(hub.DatabaseFile)!, time.Now);
        using var servers = authority.IssueServer(Names("spiffe://argosy/cluster/" + cluster.Identity!.ClusterId), time.Now, TimeSpan.FromHours(1));
        cluster.Certificate = servers;
        await UnknownAsync("not this hub's", cluster);

        // Signed by the hub's authority, for an agent, with the right name: but the hub never handed it out.
        using var unrecorded = authority.IssueAgent(new PublicKey(cluster.Key), cluster.Identity.ClusterId, time.Now, TimeSpan.FromHours(1));
        using var withKey = unrecorded.CopyWithPrivateKey(cluster.Key);
        cluster.Certificate = withKey;
        await UnknownAsync("not this hub's", cluster);
    }

    [Fact]
    public async Task HubStartedAgain_KnowsItsMembers_AndWhomItHasRevoked()
    {
        using var stays = await Cluster.JoinedAsync(hub, "stays");
        using var goes = await Cluster.JoinedAsync(hub, "goes");
        await goes.RevokedAsync();
        await hub.StopAsync();
        await hub.StartAgainAsync();

        await using var session = await stays.ConnectsAsync();
        Assert.Equal("stays", (await session.IsWelcomedAsync()).Cluster);
        await UnknownAsync("revoked", goes);
        await RefusedAsync("void", goes.AsksToJoinAsync()); // its old ticket with its old key lets nobody back in
        await goes.IsInvitedAsync();
        await goes.JoinsAsync();
        await using var again = await goes.ConnectsAsync();
        Assert.Equal("goes", (await again.IsWelcomedAsync()).Cluster);
    }

    [Fact]
    public async Task EmbeddedCluster_IsNotInvited()
    {
        await hub.Hub.DeclareClusterAsync("here", new Dictionary<string, string>());

        var (status, body) = await hub.TryAsync(HttpMethod.Post, "/apis/argosy.io/v1alpha1/clusters/here/join");

        Assert.Equal(HttpStatusCode.Conflict, status);
        Assert.Contains("embedded", (string)body!["message"]!, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await hub.TryAsync(HttpMethod.Post, "/apis/argosy.io/v1alpha1/clusters/nowhere/join")).Status);
    }

    private static SubjectAlternativeNameBuilder Names(string uri)
    {
        var names = new SubjectAlternativeNameBuilder();
        names.AddUri(new Uri(uri));
        return names;
    }

    /// <summary>A certificate that says the same, but signed by nobody.</summary>
    private X509Certificate2 Foreign(X509ExtensionCollection extensions)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=argosy-agent", key, HashAlgorithmName.SHA256);
        foreach (var extension in extensions)
        {
            request.CertificateExtensions.Add(extension);
        }

        return request.CreateSelfSigned(time.Now.AddMinutes(-1), time.Now.AddHours(1));
    }

    private static async Task<string> RefusedAsync(string reason, Task<Identity> joining)
    {
        var refusal = await Assert.ThrowsAsync<RpcException>(() => joining);
        Assert.Equal(StatusCode.PermissionDenied, refusal.StatusCode);
        Assert.Contains(reason, refusal.Status.Detail, StringComparison.Ordinal);
        return refusal.Status.Detail;
    }

    private static async Task UnknownAsync(string reason, Cluster cluster)
    {
        await using var session = await cluster.ConnectsAsync();
        var ends = new[]
        {
            await session.EndsAsync(),
            (await Assert.ThrowsAsync<RpcException>(cluster.RenewsAsync)).Status,
            (await Assert.ThrowsAsync<RpcException>(async () => await cluster.Link().ListArtifactAsync(new ArtifactRequest()))).Status,
        };
        Assert.All(ends, end => Assert.Equal(StatusCode.Unauthenticated, end.StatusCode));
        Assert.All(ends, end => Assert.Contains(reason, end.Detail, StringComparison.Ordinal));
    }
}
