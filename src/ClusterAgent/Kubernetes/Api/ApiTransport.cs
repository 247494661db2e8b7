using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Argosy.ClusterAgent.Kubernetes.Connecting;
using Polly;
using Polly.Retry;

namespace Argosy.ClusterAgent.Kubernetes.Api;

/// <summary>
/// HTTP to one API server: shows credentials, turns refusals into <see cref="KubernetesException"/>, and repeats what may be repeated.
/// A server that says 429 or 503 with Retry-After, or that no connection reaches, has not begun, so any request is repeated then; else only those
/// that repeating cannot harm.
/// </summary>
internal sealed class ApiTransport : IDisposable
{
    // Some twenty seconds in all: an API server that is restarted is back by then, and its clients need not know of it.
    private const int MostRetries = 8;

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    // Long enough for a slow API server, short enough to notice one that is gone; streams are not bounded by it once they have begun.
    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(60);

    private readonly ClusterConnection _connection;
    private readonly TimeProvider _time;
    private readonly HttpClient _http;
    private readonly ResiliencePipeline<HttpResponseMessage> _repeating;
    private X509Certificate2? _certificate;

    public ApiTransport(ClusterConnection connection, TimeProvider time)
    {
        (_connection, _time) = (connection, time);
        _http = new HttpClient(Handler(connection))
        {
            BaseAddress = connection.Server,
            Timeout = Timeout.InfiniteTimeSpan,
            DefaultRequestVersion = HttpVersion.Version20, // one connection for all watches, and pings that notice when it is dead
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
        };
        _http.DefaultRequestHeaders.UserAgent.ParseAdd("argosy-agent");
        _repeating = Repeating(time);
    }

    /// <summary>What is sent; made anew for each try.</summary>
    public sealed record Request(HttpMethod Method, string Path)
    {
        public string? Body { get; init; }

        public string ContentType { get; init; } = "application/json";

        /// <summary>In whose name it is asked; null: the connection's own.</summary>
        public string? User { get; init; }

        /// <summary>Repeating it after it may have been carried out does no harm.</summary>
        public bool MayRepeat { get; init; }
    }

    /// <summary>The answer, with its head read and its body not yet. Never a refusal.</summary>
    /// <exception cref="KubernetesException">The server refused, or could not be reached.</exception>
    public async Task<HttpResponseMessage> SendAsync(Request request, CancellationToken cancellationToken)
    {
        var context = ResilienceContextPool.Shared.Get(cancellationToken);
        context.Properties.Set(MayRepeat, request.MayRepeat);
        try
        {
            var response = await _repeating.ExecuteAsync(
                static async (context, state) => await state.This.TryAsync(state.request, context.CancellationToken), context, (This: this, request));
            return response.IsSuccessStatusCode ? response : throw await RefusalAsync(response, cancellationToken);
        }
        catch (Exception failure) when (failure is HttpRequestException or TimeoutException or IOException)
        {
            throw new KubernetesException(0, "Unreachable", $"the API server {_connection.Server} cannot be reached: {failure.Message}", null, failure);
        }
        catch (Exception failure) when (failure is KubeconfigException or UnauthorizedAccessException)
        {
            throw new KubernetesException(
                0, "Credentials", $"the API server {_connection.Server} was not asked, for there is nothing to show it: {failure.Message}", null, failure);
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    public void Dispose()
    {
        _http.Dispose();
        (_connection.Credentials as IDisposable)?.Dispose();
    }

    private static readonly ResiliencePropertyKey<bool> MayRepeat = new("may-repeat");

    private async Task<HttpResponseMessage> TryAsync(Request request, CancellationToken cancellationToken)
    {
        var response = await TryOnceAsync(request, refused: false, cancellationToken);
        if (response.StatusCode == HttpStatusCode.Unauthorized && _connection.Credentials is not null)
        {
            response.Dispose();
            response = await TryOnceAsync(request, refused: true, cancellationToken);
        }

        return response;
    }

    private async Task<HttpResponseMessage> TryOnceAsync(Request request, bool refused, CancellationToken cancellationToken)
    {
        using var message = new HttpRequestMessage(request.Method, request.Path);
        message.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        if (_connection.Credentials is { } credentials)
        {
            var shown = await credentials.GetAsync(refused, cancellationToken);
            _certificate = shown.Certificate;
            message.Headers.Authorization = shown.Authorization is { } header ? AuthenticationHeaderValue.Parse(header) : null;
        }

        if (request.User is { } user)
        {
            message.Headers.Add("Impersonate-User", user);
        }

        if (request.Body is { } body)
        {
            message.Content = new StringContent(body, Encoding.UTF8);
            message.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(request.ContentType);
        }

        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var timer = _time.CreateTimer(source => ((CancellationTokenSource)source!).Cancel(), patience, AnswerWithin, Timeout.InfiniteTimeSpan);
        try
        {
            return await _http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, patience.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"no answer within {AnswerWithin.TotalSeconds:0} s");
        }
    }

    private static async Task<KubernetesException> RefusalAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        using (response)
        {
            var body = await response.Content.ReadAsStringAsync(cancellationToken);
            return KubernetesException.Read((int)response.StatusCode, response.ReasonPhrase, body, RetryAfter(response));
        }
    }

    private static TimeSpan? RetryAfter(HttpResponseMessage? response) => response?.Headers.RetryAfter?.Delta;

    private static ResiliencePipeline<HttpResponseMessage> Repeating(TimeProvider time) => new ResiliencePipelineBuilder<HttpResponseMessage> { TimeProvider = time }
        .AddRetry(new RetryStrategyOptions<HttpResponseMessage>
        {
            MaxRetryAttempts = MostRetries,
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            Delay = FirstPause,
            MaxDelay = LongestPause,
            ShouldHandle = arguments => new(ShouldRepeat(arguments)),
            DelayGenerator = arguments => new(RetryAfter(arguments.Outcome.Result)),
            OnRetry = arguments =>
            {
                arguments.Outcome.Result?.Dispose();
                return default;
            },
        })
        .Build();

    private static bool ShouldRepeat(RetryPredicateArguments<HttpResponseMessage> arguments)
    {
        var mayRepeat = arguments.Context.Properties.GetValue(MayRepeat, false);
        if (arguments.Outcome.Exception is { } failure)
        {
            return failure is HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError }
                || (mayRepeat && failure is (HttpRequestException or IOException));
        }

        return (int?)arguments.Outcome.Result?.StatusCode switch
        {
            429 or 503 when RetryAfter(arguments.Outcome.Result) is not null => true,
            429 or 500 or 502 or 503 or 504 => mayRepeat,
            _ => false,
        };
    }

    private SocketsHttpHandler Handler(ClusterConnection connection)
    {
        var tls = new SslClientAuthenticationOptions
        {
            TargetHost = connection.TlsServerName,
            LocalCertificateSelectionCallback = (_, _, _, _, _) => _certificate!, // null: none
        };
        if (connection.SkipVerify)
        {
            // The kubeconfig says so.
#pragma warning disable CA5359
            tls.RemoteCertificateValidationCallback = (_, _, _, _) => true;
#pragma warning restore CA5359
        }
        else if (connection.Authorities is { } authorities)
        {
            tls.CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck,
            };
            tls.CertificateChainPolicy.CustomTrustStore.AddRange(authorities);
        }

        return new SocketsHttpHandler
        {
            SslOptions = tls,
            ConnectTimeout = TimeSpan.FromSeconds(10),
            PooledConnectionLifetime = TimeSpan.FromMinutes(10), // so that a renewed client certificate is shown
            AutomaticDecompression = DecompressionMethods.GZip,
            EnableMultipleHttp2Connections = true,
            KeepAlivePingDelay = TimeSpan.FromSeconds(20),
            KeepAlivePingTimeout = TimeSpan.FromSeconds(15),
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
        };
    }
}
