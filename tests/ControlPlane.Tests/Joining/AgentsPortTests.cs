using System.Net;
using System.Net.Http.Headers;
using Argosy.ControlPlane.Tests.Workflows;

namespace Argosy.ControlPlane.Tests.Joining;

/// <summary>Agents and people come by different doors, and neither door opens on the other's rooms.</summary>
public sealed class AgentsPortTests
{
    [Theory]
    [InlineData("/apis/argosy.io/v1alpha1/clusters")]
    [InlineData("/api/v1/workflows/default")]
    [InlineData("/healthz")]
    [InlineData("/metrics")]
    public async Task AgentsPort_ServesNothingElse_AlsoToTheAdministrator(string path)
    {
        await using var hub = await HubUnderTest.StartAsync(listensForAgents: true);
        using var client = Client(hub);

        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync(new Uri(hub.Hub.AgentsUrl!, path))).StatusCode);
    }

    [Fact]
    public async Task PublicPort_ServesNoAgents()
    {
        await using var hub = await HubUnderTest.StartAsync(listensForAgents: true);
        using var call = new HttpRequestMessage(HttpMethod.Post, new Uri(hub.Hub.Url, "/argosy.agents.v1.Joining/Join")) { Content = new ByteArrayContent([]) };
        call.Content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");

        Assert.Equal(HttpStatusCode.NotFound, (await hub.Http.SendAsync(call)).StatusCode);
    }

    [Fact]
    public async Task HubWithoutAgentsPort_SaysHowToOpenOne()
    {
        await using var hub = await HubUnderTest.StartAsync();
        await hub.SendAsync(HttpMethod.Post, "/apis/argosy.io/v1alpha1/clusters", """
            {"apiVersion":"argosy.io/v1alpha1","kind":"Cluster","metadata":{"name":"gpu"}}
            """);

        var (status, body) = await hub.TryAsync(HttpMethod.Post, "/apis/argosy.io/v1alpha1/clusters/gpu/join");

        Assert.Null(hub.Hub.AgentsUrl);
        Assert.Equal(HttpStatusCode.Conflict, status);
        Assert.Contains("--agents", (string)body!["message"]!, StringComparison.Ordinal);
    }

    private static HttpClient Client(HubUnderTest hub)
    {
#pragma warning disable CA5399, CA5359 // whose certificate it is, is not what these tests look at
        var client = new HttpClient(new SocketsHttpHandler { SslOptions = { RemoteCertificateValidationCallback = (_, _, _, _) => true } })
        {
            DefaultRequestVersion = HttpVersion.Version20,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
#pragma warning restore CA5399, CA5359
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", hub.Hub.AdminToken);
        return client;
    }
}
