using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Argosy.ClusterAgent.Images;

/// <summary>Asks one registry about one image (the distribution API, version 2), and logs in when it says that one must.</summary>
internal sealed partial class RegistryClient(
    HttpClient http, Uri root, ImageReference image, Func<CancellationToken, Task<RegistryCredentials>> credentials)
{
    public const string DockerList = "application/vnd.docker.distribution.manifest.list.v2+json";
    public const string DockerManifest = "application/vnd.docker.distribution.manifest.v2+json";
    public const string OciIndex = "application/vnd.oci.image.index.v1+json";
    public const string OciManifest = "application/vnd.oci.image.manifest.v1+json";

    private AuthenticationHeaderValue? _shown;

    /// <summary>A manifest, or an index of manifests.</summary>
    public Task<JsonObject> ManifestAsync(string version, CancellationToken cancellationToken) =>
        ReadAsync($"v2/{image.Repository}/manifests/{version}", version, [OciIndex, DockerList, OciManifest, DockerManifest], cancellationToken);

    public Task<JsonObject> BlobAsync(string digest, CancellationToken cancellationToken) =>
        ReadAsync($"v2/{image.Repository}/blobs/{digest}", digest, [], cancellationToken);

    private async Task<JsonObject> ReadAsync(string path, string version, string[] accepted, CancellationToken cancellationToken)
    {
        var response = await AskAsync(path, accepted, cancellationToken);
        if (response.StatusCode == HttpStatusCode.Unauthorized && await LogInAsync(response, cancellationToken) is { } login)
        {
            response.Dispose();
            _shown = login;
            response = await AskAsync(path, accepted, cancellationToken);
        }

        using (response)
        {
            if (!response.IsSuccessStatusCode)
            {
                throw new RegistryRefusedException(await RefusalAsync(response, cancellationToken));
            }

            var bytes = await response.Content.ReadAsByteArrayAsync(cancellationToken);
            Verify(version, bytes);
            return JsonNode.Parse(bytes) as JsonObject ?? throw new RegistryRefusedException($"{root.Host} answered something else than an object for {path}");
        }
    }

    private async Task<HttpResponseMessage> AskAsync(string path, string[] accepted, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(root, path));
        request.Headers.Accept.ParseAdd(accepted.Length == 0 ? "*/*" : string.Join(", ", accepted));
        request.Headers.Authorization = _shown;
        return await http.SendAsync(request, cancellationToken);
    }

    /// <summary>What the challenge wants to be shown; null when there is nothing for it.</summary>
    private async Task<AuthenticationHeaderValue?> LogInAsync(HttpResponseMessage challenged, CancellationToken cancellationToken)
    {
        var basic = (await credentials(cancellationToken)).Find(image) is { } known ? new AuthenticationHeaderValue("Basic", known) : null;
        foreach (var challenge in challenged.Headers.WwwAuthenticate)
        {
            if (challenge.Scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase))
            {
                return await TokenAsync(Fields(challenge.Parameter ?? ""), basic, cancellationToken);
            }

            if (challenge.Scheme.Equals("Basic", StringComparison.OrdinalIgnoreCase) && basic is not null)
            {
                return basic;
            }
        }

        return null;
    }

    private async Task<AuthenticationHeaderValue> TokenAsync(
        Dictionary<string, string> challenge, AuthenticationHeaderValue? basic, CancellationToken cancellationToken)
    {
        if (!Uri.TryCreate(challenge.GetValueOrDefault("realm"), UriKind.Absolute, out var realm) || realm.Scheme is not ("http" or "https"))
        {
            throw new RegistryRefusedException($"{root.Host} wants a token and does not say from where");
        }

        var scope = challenge.GetValueOrDefault("scope") ?? $"repository:{image.Repository}:pull";
        var query = $"service={Uri.EscapeDataString(challenge.GetValueOrDefault("service") ?? "")}&scope={Uri.EscapeDataString(scope)}";
        using var request = new HttpRequestMessage(
            HttpMethod.Get, new UriBuilder(realm) { Query = realm.Query.Length > 1 ? $"{realm.Query[1..]}&{query}" : query }.Uri);
        request.Headers.Authorization = basic;
        using var response = await http.SendAsync(request, cancellationToken);
        if (!response.IsSuccessStatusCode)
        {
            throw new RegistryRefusedException($"{realm.Host}, where {root.Host} sends for a token, answered {(int)response.StatusCode}"
                + (basic is null ? "; no credentials for this registry were found" : ""));
        }

        var answer = JsonNode.Parse(await response.Content.ReadAsByteArrayAsync(cancellationToken));
        var token = answer?["token"] ?? answer?["access_token"]
            ?? throw new RegistryRefusedException($"{realm.Host} answered without a token");
        return new AuthenticationHeaderValue("Bearer", token.ToString());
    }

    private async Task<string> RefusalAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        string? said = null;
        try
        {
            var body = JsonNode.Parse(await response.Content.ReadAsByteArrayAsync(cancellationToken));
            said = (body?["errors"] as JsonArray)?.FirstOrDefault()?["message"]?.ToString();
        }
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException)
        {
            // A proxy's page.
        }

        var why = response.StatusCode switch
        {
            HttpStatusCode.NotFound => "has no such image",
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden when _shown is null => "does not show it without credentials, and none for it were found",
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => "does not show it to these credentials",
            HttpStatusCode.TooManyRequests => "was asked too often",
            var code => $"answered {(int)code} {response.ReasonPhrase}",
        };
        return $"{root.Authority} {why}{(said is null ? "" : $" ({said})")}";
    }

    /// <summary>What is asked for by its digest is what has that digest, whoever sent it.</summary>
    private void Verify(string version, byte[] bytes)
    {
        if (version.StartsWith("sha256:", StringComparison.Ordinal) && version[7..] != Convert.ToHexStringLower(SHA256.HashData(bytes)))
        {
            throw new RegistryRefusedException($"{root.Host} answered something else than {version}");
        }
    }

    private static Dictionary<string, string> Fields(string parameter) => FieldPattern().Matches(parameter)
        .GroupBy(match => match.Groups["name"].Value, StringComparer.OrdinalIgnoreCase)
        .ToDictionary(group => group.Key, group => group.First().Groups["value"].Value.Trim('"'), StringComparer.OrdinalIgnoreCase);

    [GeneratedRegex("""(?<name>[a-zA-Z_]+)=(?<value>"[^"]*"|[^,]*)""", RegexOptions.ExplicitCapture)]
    private static partial Regex FieldPattern();
}

/// <summary>A registry did not answer what was asked; the message says which and why.</summary>
internal sealed class RegistryRefusedException(string message) : Exception(message);
