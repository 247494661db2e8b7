using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Argosy.ClusterAgent.Outbound;
using Argosy.Contracts.Agents;

namespace Argosy.ClusterAgent.Podless;

/// <summary>
/// An <c>http</c> template: one request. The agent reports the answer as it came; whether it counts as success is decided where the template's
/// successCondition can be evaluated.
/// </summary>
/// <param name="configurations">Where the Secrets are that its headers take values from.</param>
/// <param name="reach">Where requests may go.</param>
internal sealed class HttpTemplate(ReadConfiguration configurations, TimeProvider time, Reach reach) : IPodlessTemplate
{
    /// <summary>A body longer than this cannot become a result: it would be kept with the workflow for ever.</summary>
    private const int LongestBody = 2 * 1024 * 1024;

    private const int DefaultTimeoutSeconds = 30;
    private const int MostRedirects = 10;

    private static readonly GuardedConnections Guarded = new(
        _ => false, "name an address that others reach as well, or let the agent's administrator set ARGOSY_HTTP_ALLOW_LOCAL=true");

    private static readonly ConcurrentDictionary<(Reach Reach, bool SkipVerify), HttpClient> Clients = new();

    public string Field => "http";

    public async Task<NodeReport> RunAsync(PodIntent intent, JsonElement body, CancellationToken cancellationToken)
    {
        var asked = body.Deserialize(HttpJson.Default.HttpRequestSpec)!;
        var patience = TimeSpan.FromSeconds(asked.TimeoutSeconds is > 0 and var seconds ? seconds : DefaultTimeoutSeconds);
        using var late = new CancellationTokenSource(patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, late.Token);
        try
        {
            using var request = await RequestAsync(intent, asked, either.Token);
            using var response = await Clients.GetOrAdd((reach, asked.InsecureSkipVerify), Client)
                .SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            return await ReportAsync(intent, response, either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new PodlessException($"{asked.Method} \"{asked.Url}\": no answer within {patience.TotalSeconds} s");
        }
        catch (HttpRequestException refused)
        {
            throw new PodlessException($"{asked.Method} \"{asked.Url}\": {refused.InnerException?.Message ?? refused.Message}");
        }
    }

    private static HttpClient Client((Reach Reach, bool SkipVerify) of)
    {
        var handler = new SocketsHttpHandler
        {
            MaxAutomaticRedirections = MostRedirects, UseCookies = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        };
        if (of.SkipVerify)
        {
            // Only for templates whose author asked for it with insecureSkipVerify.
#pragma warning disable CA5359
            handler.SslOptions.RemoteCertificateValidationCallback = (_, _, _, _) => true;
#pragma warning restore CA5359
        }

        return new HttpClient(of.Reach == Reach.Anywhere ? handler : Guarded.Guard(handler)) { Timeout = Timeout.InfiniteTimeSpan };
    }

    private async Task<HttpRequestMessage> RequestAsync(PodIntent intent, HttpRequestSpec asked, CancellationToken cancellationToken)
    {
        if (!Uri.TryCreate(asked.Url, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
        {
            throw new PodlessException($"http.url \"{asked.Url}\" is no URL of http or https");
        }

        var request = new HttpRequestMessage(new HttpMethod(asked.Method), url);
        if (asked.BodyFrom?.Bytes is { } bytes)
        {
            request.Content = new ByteArrayContent(bytes);
        }
        else if (asked.Body is { Length: > 0 } text)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(text));
        }

        foreach (var header in asked.Headers)
        {
            var value = header.Value ?? await SecretAsync(intent, header, cancellationToken);
            if (!request.Headers.TryAddWithoutValidation(header.Name, value))
            {
                request.Content ??= new ByteArrayContent([]);
                request.Content.Headers.TryAddWithoutValidation(header.Name, value);
            }
        }

        return request;
    }

    private async Task<string> SecretAsync(PodIntent intent, HttpHeaderSpec header, CancellationToken cancellationToken)
    {
        if (header.ValueFrom?.SecretKeyRef is not { } selector)
        {
            return "";
        }

        var secret = await configurations(intent, ConfigurationKind.Secret, selector.Name, cancellationToken)
            ?? throw new PodlessException($"http header {header.Name}: secret \"{selector.Name}\" not found in namespace \"{intent.Key.Namespace}\"");
        return secret.TryGetValue(selector.Key, out var value)
            ? value
            : throw new PodlessException($"http header {header.Name}: secret \"{selector.Name}\" has no key \"{selector.Key}\"");
    }

    private static async Task<NodeReport> ReportAsync(PodIntent intent, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        await using var content = await response.Content.ReadAsStreamAsync(cancellationToken);
        using var read = new MemoryStream();
        var buffer = new byte[81920];
        int count;
        while ((count = await content.ReadAsync(buffer, cancellationToken)) > 0)
        {
            if (read.Length + count > LongestBody)
            {
                throw new PodlessException($"the response's body is longer than {LongestBody} bytes and cannot be a result");
            }

            read.Write(buffer, 0, count);
        }

        var answer = new HttpAnswer { StatusCode = (int)response.StatusCode };
        foreach (var (name, values) in response.Headers.Concat<KeyValuePair<string, IEnumerable<string>>>(response.Content.Headers))
        {
            var header = new Contracts.Agents.HttpHeader { Name = name };
            header.Values.Add(values);
            answer.Headers.Add(header);
        }

        return new NodeReport
        {
            Key = intent.Key,
            Phase = PodPhase.PodSucceeded,
            HasResult = true,
            Result = Encoding.UTF8.GetString(read.GetBuffer(), 0, (int)read.Length),
            Http = answer,
        };
    }
}

// Set, not init: generated readers give every init property a value, and so lose the defaults.
internal sealed record HttpRequestSpec
{
    public string Method { get; set; } = "GET";

    public string Url { get; set; } = "";

    public IReadOnlyList<HttpHeaderSpec> Headers { get; set; } = [];

    public long? TimeoutSeconds { get; set; }

    public string? Body { get; set; }

    public HttpBodySource? BodyFrom { get; set; }

    public bool InsecureSkipVerify { get; set; }
}

internal sealed record HttpHeaderSpec(string Name, string? Value, HttpHeaderSource? ValueFrom);

internal sealed record HttpHeaderSource(HttpSecretKey? SecretKeyRef);

internal sealed record HttpSecretKey(string Name, string Key);

/// <param name="Bytes">Base64 in the manifest.</param>
internal sealed record HttpBodySource(byte[]? Bytes);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, NumberHandling = JsonNumberHandling.AllowReadingFromString)]
[JsonSerializable(typeof(HttpRequestSpec))]
internal sealed partial class HttpJson : JsonSerializerContext;
