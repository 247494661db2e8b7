using System.Text.Json;
using Argosy.ControlPlane.Storage;

namespace Argosy.ControlPlane.Access;

/// <summary>Writes kubeconfig files for the hub.</summary>
public static class Kubeconfig
{
    private const string Name = "argosy";

    /// <summary>Writes (or replaces) a kubeconfig that only its owner may read.</summary>
    public static void Write(string path, Uri serverUrl, string token)
    {
        ArgumentNullException.ThrowIfNull(serverUrl);
        PrivateFile.Create(path, $"""
            apiVersion: v1
            kind: Config
            clusters:
            - name: {Name}
              cluster:
                server: {Quoted(serverUrl.GetLeftPart(UriPartial.Path).TrimEnd('/'))}
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

    /// <summary>A JSON string is also a YAML string.</summary>
    private static string Quoted(string text) => JsonSerializer.Serialize(text);
}
