using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Argosy.ClusterAgent.Images;

/// <summary>Names and passwords for registries, as pull secrets (<c>kubernetes.io/dockerconfigjson</c>) hold them.</summary>
public sealed class RegistryCredentials
{
    /// <summary>Nobody in particular.</summary>
    public static readonly RegistryCredentials None = new([]);

    private readonly IReadOnlyList<(string Registry, string Basic)> _known;

    private RegistryCredentials(IReadOnlyList<(string Registry, string Basic)> known) => _known = known;

    /// <summary>The credentials of several secrets together; what cannot be read of one is left out, as the kubelet does.</summary>
    public static RegistryCredentials Read(IEnumerable<string> dockerConfigs) => new([.. dockerConfigs.SelectMany(Entries)]);

    /// <summary>What is shown to a registry for a repository, as the value of a Basic header; null when there is nothing for it.</summary>
    internal string? Find(ImageReference image)
    {
        var place = $"{image.Registry}/{image.Repository}";
        return _known.Where(known => place == known.Registry || place.StartsWith(known.Registry + "/", StringComparison.Ordinal))
            .OrderByDescending(known => known.Registry.Length).Select(known => known.Basic).FirstOrDefault();
    }

    private static IEnumerable<(string, string)> Entries(string dockerConfig)
    {
        JsonObject? entries;
        try
        {
            var config = JsonNode.Parse(dockerConfig) as JsonObject;
            entries = config?["auths"] as JsonObject ?? (config?.ContainsKey("auths") == true ? null : config); // .dockercfg has no such field
        }
        catch (JsonException)
        {
            yield break;
        }

        foreach (var (registry, entry) in entries ?? [])
        {
            var basic = (entry as JsonObject)?["auth"]?.ToString() is { Length: > 0 } auth
                ? auth
                : (entry as JsonObject)?["username"]?.ToString() is { Length: > 0 } name
                    ? Convert.ToBase64String(Encoding.UTF8.GetBytes($"{name}:{(entry as JsonObject)?["password"]}"))
                    : null;
            if (basic is not null)
            {
                yield return (Host(registry), basic);
            }
        }
    }

    /// <summary>Secrets name registries as hosts, as addresses, and Docker Hub as <c>https://index.docker.io/v1/</c>.</summary>
    private static string Host(string registry)
    {
        var bare = registry.Contains("://", StringComparison.Ordinal) ? registry[(registry.IndexOf("://", StringComparison.Ordinal) + 3)..] : registry;
        bare = bare.TrimEnd('/');
        foreach (var suffix in (ReadOnlySpan<string>)["/v1", "/v2"])
        {
            bare = bare.EndsWith(suffix, StringComparison.Ordinal) ? bare[..^suffix.Length] : bare;
        }

        return bare is "index.docker.io" or "registry-1.docker.io" ? "docker.io" : bare;
    }
}
