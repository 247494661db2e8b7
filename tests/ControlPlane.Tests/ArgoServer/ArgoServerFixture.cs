using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;

namespace Argosy.ControlPlane.Tests.ArgoServer;

/// <summary>A server of its own for each test, and a client that speaks JSON to it.</summary>
public abstract class ArgoServerFixture : IAsyncLifetime
{
    private HttpClient client = new();

    protected ArgoServerHost Server { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Server = await ArgoServerHost.StartAsync();
        client.BaseAddress = Server.Url;
    }

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        await Server.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    protected async Task<JsonObject> GetAsync(string path) => (await client.GetFromJsonAsync<JsonObject>(path))!;

    protected async Task<string> StreamAsync(string path, string accept = "application/json")
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Accept.ParseAdd(accept);
        using var response = await client.SendAsync(request);
        return await response.Content.ReadAsStringAsync();
    }

    /// <summary>The first lines of a stream that does not end by itself.</summary>
    protected async Task<IReadOnlyList<JsonNode>> FirstAsync(int count, string path, Func<int, Task> afterLine)
    {
        await using var stream = await client.GetStreamAsync(path);
        using var reader = new StreamReader(stream);
        var lines = new List<JsonNode>();
        while (lines.Count < count && await reader.ReadLineAsync() is { } line)
        {
            lines.Add(JsonNode.Parse(line)!["result"]!);
            await afterLine(lines.Count);
        }

        return lines;
    }

    protected async Task<(HttpStatusCode Status, JsonObject Body)> SendAsync(HttpMethod method, string path, string body = "")
    {
        using var request = new HttpRequestMessage(method, path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        using var response = await client.SendAsync(request);
        return (response.StatusCode, JsonNode.Parse(await response.Content.ReadAsStringAsync())!.AsObject());
    }
}
