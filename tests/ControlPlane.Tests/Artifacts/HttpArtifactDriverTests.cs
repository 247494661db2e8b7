using System.Collections.Concurrent;
using System.Text;
using Argosy.Contracts.Agents;
using Argosy.ControlPlane.Artifacts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Argosy.ControlPlane.Tests.Artifacts;

public sealed class HttpArtifactDriverTests : ArtifactDriverContract, IAsyncLifetime
{
    private readonly ConcurrentDictionary<string, byte[]> stored = new();
    private readonly HttpArtifactDriver driver =
        new(new GivenSecrets { ["default/login/user"] = "ada", ["default/login/password"] = "secret" });

    private WebApplication? server;

    private protected override IArtifactDriver Driver => driver;

    private protected override ArtifactLocation NewLocation() => At($"files/{Guid.NewGuid()}");

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0").ConfigureKestrel(options => options.Limits.MaxRequestBodySize = null);
        server = builder.Build();
        server.MapGet("files/{name}", (string name) => stored.TryGetValue(name, out var content) ? Results.Bytes(content) : Results.NotFound());
        server.MapPut("files/{name}", async (string name, HttpRequest request) =>
        {
            var content = new MemoryStream();
            await request.Body.CopyToAsync(content);
            stored[name] = content.ToArray();
        });
        server.MapGet("echo", (HttpRequest request) => $"{request.Headers.Authorization}|{request.Headers["X-Team"]}");
        server.MapGet("broken", () => Results.StatusCode(503));
        await server.StartAsync(Cancelled);
    }

    public async ValueTask DisposeAsync()
    {
        driver.Dispose();
        await server!.DisposeAsync();
    }

    [Fact]
    public async Task HeadersAndBasicAuthentication_FromTheLocation_AreSent()
    {
        var location = At("echo", """
            , "headers": [{"name": "X-Team", "value": "ml"}], "auth": {"basicAuth": {
              "usernameSecret": {"name": "login", "key": "user"}, "passwordSecret": {"name": "login", "key": "password"}}}
            """);

        var expected = $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes("ada:secret"))}|ml";

        Assert.Equal(expected, await ReadTextAsync(location));
    }

    [Fact]
    public async Task ServerError_Opening_SaysWhatAnsweredWithoutTheQuery()
    {
        var failed = await Assert.ThrowsAsync<HttpRequestException>(() => driver.OpenAsync(At("broken?token=hidden"), Cancelled));

        Assert.Contains("/broken answered 503", failed.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", failed.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"http": {"url": "file:///etc/passwd"}}""", "http.url has to begin with")]
    [InlineData("""{"http": {}}""", "http.url is required")]
    [InlineData("""{"http": {"url": "http://localhost", "auth": {"oauth2": {}}}}""", "http.auth.oauth2 is not supported")]
    public async Task BadLocation_Opened_SaysWhichField(string json, string message)
    {
        var refused = await Assert.ThrowsAsync<ArtifactLocationException>(() => driver.OpenAsync(Location(json), Cancelled));

        Assert.Contains(message, refused.Message, StringComparison.Ordinal);
    }

    private ArtifactLocation At(string path, string more = "") =>
        Location($$"""{"http": {"url": "{{server!.Urls.First()}}/{{path}}"{{more}}} }""");
}
