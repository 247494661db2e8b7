using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Argosy.Contracts.Agents;
using Argosy.ControlPlane.Tests.Workflows;
using Google.Protobuf;
using Grpc.Net.Client;

namespace Argosy.ControlPlane.Tests.Joining;

/// <summary>A cluster far away, as its agent's connections see it: over real TLS, with a key that never leaves it.</summary>
internal sealed class Cluster : IDisposable
{
    private readonly List<GrpcChannel> channels = [];

    private Cluster(HubUnderTest hub, string name) => (Hub, Name) = (hub, name);

    public HubUnderTest Hub { get; }

    public string Name { get; }

    public ECDsa Key { get; private set; } = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    /// <summary>UID of its kube-system namespace.</summary>
    public string MemberUid { get; init; } = Guid.NewGuid().ToString();

    public string Ticket { get; set; } = "";

    public string HubAuthorities { get; private set; } = "";

    public X509Certificate2? Certificate { get; set; }

    public Identity? Identity { get; private set; }

    /// <summary>Declares the cluster at the hub.</summary>
    public static async Task<Cluster> DeclaredAsync(HubUnderTest hub, string name)
    {
        await hub.SendAsync(HttpMethod.Post, "/apis/argosy.io/v1alpha1/clusters", $$$"""
            {"apiVersion":"argosy.io/v1alpha1","kind":"Cluster","metadata":{"name":"{{{name}}}"},"spec":{"labels":{"zone":"a"} } }
            """);
        var cluster = new Cluster(hub, name);
        await cluster.IsInvitedAsync();
        return cluster;
    }

    public static async Task<Cluster> JoinedAsync(HubUnderTest hub, string name)
    {
        var cluster = await DeclaredAsync(hub, name);
        await cluster.JoinsAsync();
        return cluster;
    }

    /// <summary>The same secret in another Kubernetes cluster.</summary>
    public Cluster Cloned() => new(Hub, Name)
    {
        Key = Key, Ticket = Ticket, HubAuthorities = HubAuthorities, Certificate = Certificate, MemberUid = Guid.NewGuid().ToString(),
    };

    /// <summary>Gets a new ticket.</summary>
    public async Task IsInvitedAsync()
    {
        var invitation = (await Hub.SendAsync(HttpMethod.Post, $"/apis/argosy.io/v1alpha1/clusters/{Name}/join"))!;
        (Ticket, HubAuthorities) = ((string)invitation["ticket"]!, (string)invitation["hubAuthorities"]!);
    }

    public Task RevokedAsync() => Hub.SendAsync(HttpMethod.Post, $"/apis/argosy.io/v1alpha1/clusters/{Name}/revoke");

    public byte[] Request(string subject = "CN=agent", Action<CertificateRequest>? forge = null)
    {
        var request = new CertificateRequest(subject, Key, HashAlgorithmName.SHA256);
        forge?.Invoke(request);
        return request.CreateSigningRequest();
    }

    public async Task<Identity> AsksToJoinAsync(byte[]? request = null, string? name = null) =>
        await new Contracts.Agents.Joining.JoiningClient(Channel(null)).JoinAsync(new JoinRequest
        {
            Cluster = name ?? Name, Ticket = Ticket, MemberUid = MemberUid, CertificateRequest = ByteString.CopyFrom(request ?? Request()),
        });

    public async Task JoinsAsync() => Take(await AsksToJoinAsync());

    public async Task RenewsAsync()
    {
        var client = Link();
        Key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Take(await client.RenewAsync(new RenewRequest { CertificateRequest = ByteString.CopyFrom(Request()) }));
    }

    public void TakesANewKey() => Key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public AgentLink.AgentLinkClient Link() => new(Channel(Certificate));

    /// <summary>Opens a session; what keeps it from opening, or ends it, is its end.</summary>
    public async Task<WireSession> ConnectsAsync(params AttemptKey[] inventory)
    {
        var hello = new Hello { Cluster = Name, Runtime = "kubernetes", AgentVersion = "1.2.3", Facts = { ["member-uid"] = MemberUid, ["kubernetes"] = "v1.20.2" } };
        hello.Inventory.Add(inventory);
        return await WireSession.OpenAsync(Link(), hello);
    }

    public void Dispose()
    {
        channels.ForEach(channel => channel.Dispose());
        Key.Dispose();
    }

    private void Take(Identity identity)
    {
        Identity = identity;
        using var alone = X509Certificate2.CreateFromPem(identity.CertificateChain);
        Certificate = alone.CopyWithPrivateKey(Key);
    }

    private GrpcChannel Channel(X509Certificate2? certificate)
    {
        var trusted = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        trusted.CustomTrustStore.ImportFromPem(HubAuthorities);
        var channel = GrpcChannel.ForAddress(Hub.Hub.AgentsUrl!, new GrpcChannelOptions
        {
            DisposeHttpClient = true,
            HttpHandler = new SocketsHttpHandler
            {
                SslOptions = new SslClientAuthenticationOptions
                {
                    TargetHost = "hub.argosy.internal",
                    CertificateChainPolicy = trusted,
                    ClientCertificates = certificate is null ? null : [certificate],
                },
            },
        });
        channels.Add(channel);
        return channel;
    }
}
