using System.Net;

namespace Argosy.ClusterAgent.Images;

/// <summary>Which registries are asked at another address, as the cluster's container runtime does it.</summary>
internal sealed class RegistryMirrors
{
    public static readonly RegistryMirrors None = new(new Dictionary<string, Uri>());

    private readonly IReadOnlyDictionary<string, Uri> _mirrors;

    private RegistryMirrors(IReadOnlyDictionary<string, Uri> mirrors) => _mirrors = mirrors;

    /// <summary>Reads <c>docker.io=http://127.0.0.1:15000,ghcr.io=https://mirror.example</c>.</summary>
    /// <exception cref="FormatException">A part is not of that form.</exception>
    public static RegistryMirrors Parse(string? text)
    {
        var mirrors = new Dictionary<string, Uri>(StringComparer.OrdinalIgnoreCase);
        foreach (var part in (text ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (part.Split('=', 2) is not [{ Length: > 0 } host, var url] || !Uri.TryCreate(url.TrimEnd('/') + "/", UriKind.Absolute, out var address)
                || address.Scheme is not ("http" or "https"))
            {
                throw new FormatException($"registry mirror \"{part}\": it takes HOST=URL, such as docker.io=https://mirror.example");
            }

            mirrors[host] = address;
        }

        return new RegistryMirrors(mirrors);
    }

    /// <summary>Whether an administrator has named this address; it may be the agent's own machine.</summary>
    public bool Contain(DnsEndPoint address) => _mirrors.Values.Any(
        mirror => mirror.Port == address.Port && mirror.IdnHost.Equals(address.Host, StringComparison.OrdinalIgnoreCase));

    /// <summary>The root of the registry's API. Registries of this machine itself need no TLS, as for every container runtime.</summary>
    public Uri AddressOf(string registry)
    {
        if (_mirrors.TryGetValue(registry, out var mirror))
        {
            return mirror;
        }

        var host = registry.Split(':')[0];
        return registry == "docker.io" ? new Uri("https://registry-1.docker.io/")
            : new Uri($"{(host is "localhost" or "127.0.0.1" ? "http" : "https")}://{registry}/");
    }
}
