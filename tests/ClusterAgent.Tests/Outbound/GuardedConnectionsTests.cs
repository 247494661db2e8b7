using System.Net;
using Argosy.ClusterAgent.Outbound;
using Argosy.ClusterAgent.Tests.Kubernetes;

namespace Argosy.ClusterAgent.Tests.Outbound;

/// <summary>Where the agent goes for others, and where not.</summary>
public sealed class GuardedConnectionsTests
{
    private static CancellationToken Patience => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("127.0.0.1", true)]
    [InlineData("127.8.9.1", true)]
    [InlineData("0.0.0.0", true)]
    [InlineData("169.254.169.254", true)]
    [InlineData("::1", true)]
    [InlineData("::", true)]
    [InlineData("fe80::1", true)]
    [InlineData("febf::1", true)]
    [InlineData("::ffff:127.0.0.1", true)]
    [InlineData("::ffff:169.254.1.1", true)]
    [InlineData("10.96.0.1", false)]
    [InlineData("169.253.1.1", false)]
    [InlineData("192.168.1.1", false)]
    [InlineData("fd00::1", false)]
    [InlineData("::ffff:10.0.0.1", false)]
    [InlineData("2001:db8::1", false)]
    public void LocalAddresses_AreThoseOfTheMachineItself(string address, bool isLocal) =>
        Assert.Equal(isLocal, LocalAddresses.Contains(IPAddress.Parse(address)));

    [Theory]
    [InlineData("http://somewhere.example/", "GET /")]
    [InlineData("https://somewhere.example/", "CONNECT ")]
    public async Task ProxyOnTheMachine_IsUsed(string url, string request)
    {
        await using var server = await ScriptedApiServer.StartAsync();
        server.Then(418, "");
        using var http = Client(new WebProxy(server.Connection.Server), _ => false);

        await http.GetAsync(new Uri(url), Patience).ContinueWith(_ => { }, Patience, TaskContinuationOptions.None, TaskScheduler.Default);

        Assert.StartsWith(request, Assert.Single(server.Requests), StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhatIsExcepted_IsReached_AndItsNeighbourIsNot()
    {
        await using var server = await ScriptedApiServer.StartAsync();
        server.Then(200, "here");
        using var http = Client(null, to => to.Port == server.Connection.Server.Port);

        Assert.Equal("here", await http.GetStringAsync(server.Connection.Server, Patience));
        var refusal = await Assert.ThrowsAsync<HttpRequestException>(() => http.GetStringAsync(new Uri("http://127.0.0.1:1/"), Patience));
        Assert.IsType<LocalAddressException>(refusal.InnerException);
    }

    [Fact]
    public async Task Redirection_ToTheMachine_IsNotFollowed()
    {
        await using var server = await ScriptedApiServer.StartAsync();
        server.Then(302, "", ("Location", "http://127.0.0.1:1/"));
        using var http = Client(null, to => to.Port == server.Connection.Server.Port);

        var refusal = await Assert.ThrowsAsync<HttpRequestException>(() => http.GetStringAsync(server.Connection.Server, Patience));

        Assert.IsType<LocalAddressException>(refusal.InnerException);
    }

    private static HttpClient Client(WebProxy? proxy, Func<DnsEndPoint, bool> isExcepted) =>
        new(new GuardedConnections(isExcepted, "ask somebody").Guard(new SocketsHttpHandler { Proxy = proxy }));
}
