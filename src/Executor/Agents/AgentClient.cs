using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Argosy.Executor.Plans;
using Argosy.Packing;

namespace Argosy.Executor.Agents;

/// <summary>
/// Speaks HTTP to the agent of this cluster. What can be asked again is, at each of its addresses in turn, with growing pauses, until the
/// agent has been away for ten minutes: it may be restarting. While a transfer is under way it is not away.
/// </summary>
internal sealed class AgentClient : IDisposable
{
    /// <summary>Tells an answer of the agent from one of whatever else listens at an address.</summary>
    public const string Mark = "Argosy-Agent";

    private const int LongestRefusal = 4096;
    private const int LongestAnswer = 64 * 1024 * 1024;

    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan LongestSilence = TimeSpan.FromMinutes(5); // a store may take its time when it has all bytes
    private static readonly TimeSpan LongestConnecting = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestTelling = TimeSpan.FromSeconds(5);

    private readonly HttpClient _http;
    private readonly IReadOnlyList<Uri> _addresses;
    private readonly string _token;
    private readonly TimeProvider _time;
    private int _preferred;

    public AgentClient(IReadOnlyList<string> addresses, string token, TimeProvider time)
        : this(addresses, token, time, Connections())
    {
    }

    /// <param name="connections">How addresses are reached; it goes with the client.</param>
    internal AgentClient(IReadOnlyList<string> addresses, string token, TimeProvider time, HttpMessageHandler connections)
    {
        (_addresses, _token, _time) = (AgentAddresses.Resolve(addresses), token, time);
        _http = new HttpClient(connections) { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>Asks, and reads the answer; both are repeated as a whole when either fails on the way.</summary>
    /// <exception cref="AgentRefusedException">The agent will not.</exception>
    /// <exception cref="AgentUnavailableException">The agent was away for too long.</exception>
    public async Task<T> AskAsync<T>(
        HttpMethod method, string path, Func<HttpContent?> content, Func<Stream, CancellationToken, Task<T>> read, CancellationToken cancellationToken)
    {
        var since = _time.GetTimestamp();
        for (var pause = FirstPause; ; pause = pause * 2 > LongestPause ? LongestPause : pause * 2)
        {
            var moved = new MovedBytes(_time);
            try
            {
                return await AskEachAsync(method, path, content, read, moved, cancellationToken);
            }
            catch (AgentUnavailableException)
            {
                // What a connection swallowed before it broke is no sign of life: only a transfer that was under way is.
                if (moved.Lasted > LongestPause)
                {
                    (since, pause) = (moved.Last, FirstPause);
                }

                if (_time.GetElapsedTime(since) >= Patience)
                {
                    throw;
                }
            }

            // Pods that lost their agent together do not come back together.
            await Task.Delay(pause * (0.75 + (Random.Shared.NextDouble() / 2)), _time, cancellationToken);
        }
    }

    /// <summary>Asks once, and waits no longer than a moment: for what will be out of date soon.</summary>
    public async Task TellAsync(string path, string text, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(LongestTelling + (LongestConnecting * _addresses.Count), _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        try
        {
            await AskEachAsync(
                HttpMethod.Post, path, () => new StringContent(text), (_, _) => Task.FromResult(true), new MovedBytes(_time), either.Token);
        }
        catch (Exception failure) when (failure is AgentUnavailableException or AgentRefusedException
            || (failure is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            // The next one is told, or the end is.
        }
    }

    public Task<T> AskJsonAsync<T>(
        HttpMethod method, string path, Func<HttpContent?> content, JsonTypeInfo<T> type, CancellationToken cancellationToken) =>
        AskAsync(method, path, content, async (body, cancelled) => await ReadJsonAsync(body, type, path, cancelled), cancellationToken);

    public void Dispose() => _http.Dispose();

    private static SocketsHttpHandler Connections() => new()
    {
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        ActivityHeadersPropagator = null,
        ConnectTimeout = LongestConnecting,
        Expect100ContinueTimeout = TimeSpan.FromSeconds(30), // a refused upload is refused before it is sent
    };

    private async Task<T> AskEachAsync<T>(
        HttpMethod method, string path, Func<HttpContent?> content, Func<Stream, CancellationToken, Task<T>> read, MovedBytes moved,
        CancellationToken cancellationToken)
    {
        List<string> failures = [];
        for (var tried = 0; tried < _addresses.Count; tried++)
        {
            var at = (_preferred + tried) % _addresses.Count;
            try
            {
                var answer = await AskOnceAsync(new Uri(_addresses[at], path), method, content(), read, moved, cancellationToken);
                _preferred = at;
                return answer;
            }
            catch (AgentUnavailableException failure)
            {
                failures.Add(failure.Message);
            }
        }

        throw new AgentUnavailableException(string.Join("; ", failures.Distinct()));
    }

    private async Task<T> AskOnceAsync<T>(
        Uri url, HttpMethod method, HttpContent? content, Func<Stream, CancellationToken, Task<T>> read, MovedBytes moved,
        CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, url) { Content = content };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await ReadTokenAsync(cancellationToken));
        request.Headers.ExpectContinue = content is PackedContent;
        using var patience = new CancellationTokenSource(LongestSilence, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        (content as PackedContent)?.OnProgress(() =>
        {
            patience.CancelAfter(LongestSilence);
            moved.Some();
        });
        try
        {
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            await using var body = new AgentStream(await response.Content.ReadAsStreamAsync(cancellationToken), _time, moved);
            if (!response.Headers.Contains(Mark))
            {
                throw new AgentUnavailableException($"{url.Authority} answered {(int)response.StatusCode}, but is no Argosy agent");
            }

            return response.IsSuccessStatusCode
                ? await read(body, cancellationToken)
                : throw await RefusalAsync(url, response.StatusCode, body, cancellationToken);
        }
        catch (Exception failure) when (failure is HttpRequestException or HttpIOException)
        {
            (content as PackedContent)?.ThrowIfPackingFailed();
            throw new AgentUnavailableException($"the agent at {url.Authority} cannot be reached: {failure.Message}", failure);
        }
        catch (OperationCanceledException late) when (!cancellationToken.IsCancellationRequested)
        {
            // Also how a connection says that it could not be made in time.
            throw new AgentUnavailableException(
                patience.IsCancellationRequested
                    ? $"the agent at {url.Authority} was silent for {LongestSilence.TotalMinutes:0} minutes"
                    : $"the agent at {url.Authority} did not answer in time",
                late);
        }
    }

    private async Task<string> ReadTokenAsync(CancellationToken cancellationToken)
    {
        try
        {
            return (await File.ReadAllTextAsync(_token, cancellationToken)).Trim(); // each time: it is renewed in place
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new ExecutorException($"the token {_token} cannot be read: {failure.Message}", failure);
        }
    }

    private static async Task<Exception> RefusalAsync(Uri url, HttpStatusCode status, Stream body, CancellationToken cancellationToken)
    {
        var words = new byte[LongestRefusal];
        var read = await body.ReadAtLeastAsync(words, words.Length, throwOnEndOfStream: false, cancellationToken);
        var said = Words(words.AsSpan(0, read)) ?? $"it answered {(int)status} without a reason";
        return status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.NotFound
            or HttpStatusCode.RequestEntityTooLarge or HttpStatusCode.UnprocessableEntity
            ? new AgentRefusedException(status, said)
            : new AgentUnavailableException($"the agent at {url.Authority} cannot do it now: {said}");
    }

    private static string? Words(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, ExecutorJson.Default.RefusalAnswer)?.Error;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static async Task<T> ReadJsonAsync<T>(Stream body, JsonTypeInfo<T> type, string path, CancellationToken cancellationToken)
    {
        try
        {
            await using var bounded = new BoundedStream(body, LongestAnswer);
            return await JsonSerializer.DeserializeAsync(bounded, type, cancellationToken)
                ?? throw new AgentUnavailableException($"the agent's answer to {path} is empty");
        }
        catch (Exception failure) when (failure is JsonException or ArtifactFormatException)
        {
            throw new AgentUnavailableException($"the agent's answer to {path} cannot be read: {failure.Message}", failure);
        }
    }
}
