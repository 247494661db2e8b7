using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using Argosy.ClusterAgent.Outbound;

namespace Argosy.ClusterAgent.Images;

/// <summary>What an image runs where its pod names no command.</summary>
public sealed record ImageConfig(IReadOnlyList<string> Entrypoint, IReadOnlyList<string> Command);

/// <summary>
/// Finds out what images run, by asking their registries. What was found is remembered for a while, and pods that ask for one image at the same
/// time ask its registry once.
/// </summary>
internal sealed class ImageConfigs : IDisposable
{
    private const int MostRemembered = 500;
    private const int LongestAnswer = 8 * 1024 * 1024;

    private static readonly TimeSpan RememberedFor = TimeSpan.FromMinutes(10);

    // Not every one of a thousand pods has to find out by itself that the registry is away; yet who pushes the image and retries is not kept waiting.
    private static readonly TimeSpan FailureRememberedFor = TimeSpan.FromSeconds(10);

    // For one answer; an image takes three or four.
    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(10);

    private readonly RegistryMirrors _mirrors;
    private readonly TimeProvider _time;
    private readonly HttpClient _http;
    private readonly Lock _gate = new();
    private readonly Dictionary<(string Image, string Asker), Remembered> _remembered = [];

    public ImageConfigs(RegistryMirrors mirrors, TimeProvider time)
    {
        (_mirrors, _time) = (mirrors, time);
        var guarded = new GuardedConnections(mirrors.Contain, "name a registry that others reach as well, or make it a mirror");
        var handler = guarded.Guard(new SocketsHttpHandler { ConnectTimeout = AnswerWithin, PooledConnectionLifetime = TimeSpan.FromMinutes(5), UseCookies = false });
        _http = new HttpClient(handler) { MaxResponseContentBufferSize = LongestAnswer, Timeout = AnswerWithin };
        _http.DefaultRequestHeaders.UserAgent.ParseAdd("argosy-agent");
    }

    private sealed record Remembered(Task<ImageConfig> Lookup, DateTimeOffset Since);

    /// <param name="asker">Who shows the credentials: what they found, or did not, is told to nobody else.</param>
    /// <param name="credentials">Reads what to show to a registry; asked only when that wants to be shown something.</param>
    /// <exception cref="ImageLookupException">It cannot be found out.</exception>
    public Task<ImageConfig> FindAsync(
        PullIdentity asker, string image, Func<CancellationToken, Task<RegistryCredentials>> credentials, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            var (key, now) = ((image, asker.ToString()), _time.GetUtcNow());
            if (!_remembered.TryGetValue(key, out var known) || now - known.Since > (known.Lookup.IsFaulted ? FailureRememberedFor : RememberedFor))
            {
                MakeRoom(now);
                known = new Remembered(Task.Run(() => LookUpAsync(image, credentials), CancellationToken.None), now);
                _remembered[key] = known;
            }

            return known.Lookup.WaitAsync(cancellationToken);
        }
    }

    public void Dispose() => _http.Dispose();

    private void MakeRoom(DateTimeOffset now)
    {
        if (_remembered.Count < MostRemembered)
        {
            return;
        }

        var oldest = _remembered.OrderBy(entry => entry.Value.Since).Take(MostRemembered / 10).Select(entry => entry.Key);
        foreach (var key in _remembered.Where(entry => now - entry.Value.Since > RememberedFor).Select(entry => entry.Key).Concat(oldest).ToList())
        {
            _remembered.Remove(key);
        }
    }

    private async Task<ImageConfig> LookUpAsync(string image, Func<CancellationToken, Task<RegistryCredentials>> credentials)
    {
        try
        {
            var reference = ImageReference.Parse(image);
            var registry = new RegistryClient(_http, _mirrors.AddressOf(reference.Registry), reference, credentials);
            var manifest = await registry.ManifestAsync(reference.Version, CancellationToken.None);
            if (manifest["manifests"] is JsonArray choices)
            {
                manifest = await registry.ManifestAsync(Choose(choices), CancellationToken.None);
            }

            var digest = manifest["config"]?["digest"]?.ToString()
                ?? throw new RegistryRefusedException("its manifest names no config: it is of a format from before 2016, or no image of a program");
            return Read(await registry.BlobAsync(digest, CancellationToken.None));
        }
        catch (OperationCanceledException late)
        {
            throw new ImageLookupException(image, $"its registry did not answer within {AnswerWithin.TotalSeconds:0} s", late);
        }
        catch (HttpRequestException away)
        {
            throw new ImageLookupException(image, $"its registry cannot be reached: {away.Message}", away);
        }
        catch (Exception refused) when (refused is RegistryRefusedException or FormatException or JsonException)
        {
            throw new ImageLookupException(image, refused.Message, refused);
        }
    }

    /// <summary>The image for this agent's kind of machine: its cluster's kube nodes are taken to be of the same.</summary>
    private static string Choose(JsonArray choices)
    {
        var architecture = RuntimeInformation.OSArchitecture switch
        {
            Architecture.Arm64 => "arm64",
            Architecture.Arm => "arm",
            Architecture.S390x => "s390x",
            Architecture.Ppc64le => "ppc64le",
            _ => "amd64",
        };
        var linux = choices.OfType<JsonObject>().Where(choice => choice["platform"]?["os"]?.ToString() is null or "linux").ToList();
        var chosen = linux.FirstOrDefault(choice => choice["platform"]?["architecture"]?.ToString() == architecture) ?? linux.FirstOrDefault();
        return chosen?["digest"]?.ToString() ?? throw new RegistryRefusedException("it has no variant for Linux");
    }

    private static ImageConfig Read(JsonObject config)
    {
        var program = config["config"] as JsonObject ?? config["container_config"] as JsonObject ?? [];
        return new ImageConfig(Words(program["Entrypoint"]), Words(program["Cmd"]));
    }

    private static IReadOnlyList<string> Words(JsonNode? list) => [.. (list as JsonArray ?? []).Select(word => word?.ToString() ?? "")];
}
