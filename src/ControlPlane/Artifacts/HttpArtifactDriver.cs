using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Argosy.Contracts.Agents;

namespace Argosy.ControlPlane.Artifacts;

/// <summary>Artifacts behind a URL: GET for inputs, PUT for outputs, with headers and basic authentication from secrets.</summary>
internal sealed class HttpArtifactDriver(ISecretReader secrets) : IArtifactDriver, IDisposable
{
    // Transfers last as long as they need; their caller cancels them.
    private readonly HttpClient client =
        new(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(5), ConnectTimeout = TimeSpan.FromSeconds(30) })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };

    public string Field => "http";

    public void Dispose() => client.Dispose();

    public async Task<Stream> OpenAsync(ArtifactLocation location, CancellationToken cancellationToken)
    {
        using var request = await RequestAsync(HttpMethod.Get, location, cancellationToken);
        var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        try
        {
            if (response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Gone)
            {
                throw new ArtifactMissingException($"nothing is at {Describe(request)}: it answered {(int)response.StatusCode}");
            }

            RequireSuccess(request, response);
            return await response.Content.ReadAsStreamAsync(cancellationToken);
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }

    public async Task StoreAsync(ArtifactLocation location, Stream content, CancellationToken cancellationToken)
    {
        using var request = await RequestAsync(HttpMethod.Put, location, cancellationToken);
        request.Content = new StreamContent(content);
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        using var response = await client.SendAsync(request, cancellationToken);
        RequireSuccess(request, response);
    }

    public Task DeleteAsync(ArtifactLocation location, CancellationToken cancellationToken) =>
        throw new ArtifactLocationException("an http artifact cannot be deleted: its location only says how to get and put it");

    private async Task<HttpRequestMessage> RequestAsync(HttpMethod method, ArtifactLocation location, CancellationToken cancellationToken)
    {
        var fields = LocationFields.Of(location, Field);
        var url = fields.RequiredText("url");
        if (!Uri.TryCreate(url, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
        {
            throw new ArtifactLocationException($"http.url has to begin with http:// or https://, but is '{url}'");
        }

        var request = new HttpRequestMessage(method, address);
        foreach (var header in fields.Objects("headers"))
        {
            var name = header.RequiredText("name");
            if (!request.Headers.TryAddWithoutValidation(name, header.Text("value") ?? ""))
            {
                throw new ArtifactLocationException($"http.headers: '{name}' cannot be set");
            }
        }

        if (fields.Object("auth") is { } auth)
        {
            auth.Refuse("clientCert", "oauth2");
            request.Headers.Authorization = await BasicAsync(auth.Object("basicAuth"), cancellationToken) ?? request.Headers.Authorization;
        }

        return request;
    }

    private async Task<AuthenticationHeaderValue?> BasicAsync(LocationFields? basic, CancellationToken cancellationToken)
    {
        if (basic is not { } fields)
        {
            return null;
        }

        var user = await fields.SecretAsync("usernameSecret", secrets, cancellationToken);
        var password = await fields.SecretAsync("passwordSecret", secrets, cancellationToken);
        return new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}")));
    }

    private static void RequireSuccess(HttpRequestMessage request, HttpResponseMessage response)
    {
        if (!response.IsSuccessStatusCode)
        {
            throw new HttpRequestException(
                $"{request.Method} {Describe(request)} answered {(int)response.StatusCode} {response.ReasonPhrase}",
                inner: null,
                response.StatusCode);
        }
    }

    // Without user, password and query, which may hold credentials.
    private static string Describe(HttpRequestMessage request) =>
        request.RequestUri!.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped);
}
