using System.Text;
using System.Text.Json;
using Argosy.ControlPlane.Storage;

namespace Argosy.ControlPlane.Access;

/// <summary>Writes kubeconfig files for the hub.</summary>
public static class Kubeconfig
{
    private const string Name = "argosy";

    /// <summary>Writes (or replaces) a kubeconfig that only its owner may read.</summary>
    /// <remarks>
    /// kubectl sends no token over plain HTTP, whatever the user entry says. Without TLS, which the hub allows on loopback only, the
    /// address therefore carries the token as a password, which kubectl does send.
    /// </remarks>
    /// <param name="authorityPem">The authority of the hub's certificate; null for one that the machine trusts, and without TLS.</param>
    public static void Write(string path, Uri serverUrl, string token, string? authorityPem = null)
    {
        ArgumentNullException.ThrowIfNull(serverUrl);
        PrivateFile.Create(path, $"""
            apiVersion: v1
            kind: Config
            clusters:
            - name: {Name}
              cluster:
                server: {Quoted(Address(serverUrl, token))}{Authority(authorityPem)}
            users:
            - name: {Name}-admin
              user:
                token: {Quoted(token)}
            contexts:
            - name: {Name}
              context:
                cluster: {Name}
                user: {Name}-admin
                namespace: default
            current-context: {Name}

            """);
    }

    private static string Authority(string? pem) => pem is null
        ? ""
        : $"\n    certificate-authority-data: {Convert.ToBase64String(Encoding.UTF8.GetBytes(pem))}";

    private static string Address(Uri serverUrl, string token)
    {
        var address = new UriBuilder(serverUrl);
        if (serverUrl.Scheme == Uri.UriSchemeHttp)
        {
            (address.UserName, address.Password) = (AdminToken.UserName, token);
        }

        return address.Uri.GetComponents(UriComponents.SchemeAndServer | UriComponents.UserInfo | UriComponents.Path, UriFormat.UriEscaped)
            .TrimEnd('/');
    }

    /// <summary>A JSON string is also a YAML string.</summary>
    private static string Quoted(string text) => JsonSerializer.Serialize(text);
}
