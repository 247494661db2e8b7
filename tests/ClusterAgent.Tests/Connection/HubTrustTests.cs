using System.Net;
using System.Net.Sockets;
using Argosy.ClusterAgent.Connection;
using Argosy.ClusterAgent.Identity;
using Argosy.Contracts.Agents;
using Microsoft.Extensions.Logging.Abstractions;

namespace Argosy.ClusterAgent.Tests.Connection;

/// <summary>How an agent knows its hub.</summary>
public sealed class HubTrustTests
{
    private static CancellationToken Patience => TestContext.Current.CancellationToken;

    [Fact]
    public async Task HubOfAnotherAuthority_IsNotSpokenTo()
    {
        await using var hub = await RemoteHub.StartAsync();
        using var another = new HubAuthority();

        var failure = await Assert.ThrowsAnyAsync<IOException>(() => ConnectAsync(hub, LinkTest.IdentityOf(hub.Script) with { HubAuthorities = another.Pem }));

        Assert.Contains("certificate", failure.Message, StringComparison.OrdinalIgnoreCase);
        Assert.False(hub.Script.Sessions.Reader.TryRead(out _));
    }

    [Theory]
    [InlineData("localhost")]
    [InlineData("hub.argosy.internal.example")]
    public async Task CertificateOfTheAuthority_ForAnotherName_IsNotSpokenTo(string name)
    {
        await using var hub = await RemoteHub.StartAsync(name: name);

        await Assert.ThrowsAnyAsync<IOException>(() => ConnectAsync(hub, LinkTest.IdentityOf(hub.Script)));

        Assert.False(hub.Script.Sessions.Reader.TryRead(out _));
    }

    [Fact]
    public async Task OneOfSeveralAuthorities_IsEnough()
    {
        await using var hub = await RemoteHub.StartAsync();
        using var next = new HubAuthority();

        using var link = LinkTo(hub.Address, LinkTest.IdentityOf(hub.Script) with { HubAuthorities = next.Pem + "\n" + hub.Authority.Pem });
        await using var session = await link.ConnectAsync(new Hello { Cluster = "gpu" }, new LinkTest.TestServices(), Patience);

        Assert.Equal("gpu", (await hub.Script.Sessions.Reader.ReadAsync(Patience)).Hello.Cluster);
    }

    [Fact]
    public async Task AuthoritiesThatAreNone_AreSaidSo()
    {
        await using var hub = await RemoteHub.StartAsync();

        var failure = await Assert.ThrowsAsync<FormatException>(() => ConnectAsync(hub, LinkTest.IdentityOf(hub.Script) with { HubAuthorities = "?" }));

        Assert.Contains("hub-ca.crt", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Proxy_IsAskedForTheHubsAddress_AndCannotReadWhatPasses()
    {
        await using var hub = await RemoteHub.StartAsync();
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var proxying = ProxyOnceAsync(listener, hub.Address.Port);
        var dialer = new HubDialer(hub.Address, TimeProvider.System) { Proxy = new WebProxy($"http://{listener.LocalEndpoint}") };
        var current = new CurrentIdentity();
        current.Set(LinkTest.IdentityOf(hub.Script));

        using (var link = new GrpcHubLink(dialer, current, TimeProvider.System, NullLogger<GrpcHubLink>.Instance))
        {
            await using var session = await link.ConnectAsync(new Hello { Cluster = "gpu" }, new LinkTest.TestServices(), Patience);
        }

        Assert.StartsWith($"CONNECT {hub.Address.Authority} HTTP/1.1", await proxying, StringComparison.Ordinal);
        Assert.True(hub.Script.Sessions.Reader.TryRead(out _));
    }

    private static async Task ConnectAsync(RemoteHub hub, HubIdentity identity)
    {
        using var link = LinkTo(hub.Address, identity);
        await link.ConnectAsync(new Hello { Cluster = "gpu" }, new LinkTest.TestServices(), Patience);
    }

    private static GrpcHubLink LinkTo(Uri hub, HubIdentity identity)
    {
        var current = new CurrentIdentity();
        current.Set(identity);
        return new GrpcHubLink(new HubDialer(hub, TimeProvider.System), current, TimeProvider.System, NullLogger<GrpcHubLink>.Instance);
    }

    /// <returns>The head of the request for a tunnel.</returns>
    private static async Task<string> ProxyOnceAsync(TcpListener listener, int port)
    {
        using var client = await listener.AcceptTcpClientAsync(Patience);
        var near = client.GetStream();
        var head = "";
        var one = new byte[1];
        while (!head.EndsWith("\r\n\r\n", StringComparison.Ordinal) && await near.ReadAsync(one, Patience) > 0)
        {
            head += (char)one[0];
        }

        using var target = new TcpClient();
        await target.ConnectAsync(IPAddress.Loopback, port, Patience);
        var far = target.GetStream();
        await near.WriteAsync("HTTP/1.1 200 OK\r\n\r\n"u8.ToArray(), Patience);
        await Task.WhenAny(near.CopyToAsync(far, Patience), far.CopyToAsync(near, Patience));
        return head;
    }
}
