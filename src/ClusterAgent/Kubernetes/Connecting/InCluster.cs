using System.Security.Cryptography.X509Certificates;

namespace Argosy.ClusterAgent.Kubernetes.Connecting;

/// <summary>The connection that Kubernetes gives every pod: its service account's token, the cluster's authority, two variables.</summary>
public static class InCluster
{
    private const string Folder = "/var/run/secrets/kubernetes.io/serviceaccount";

    /// <summary>Null when this process is in no pod.</summary>
    /// <param name="variable">The environment.</param>
    /// <param name="folder">Where the service account is mounted.</param>
    public static ClusterConnection? Find(Func<string, string?> variable, TimeProvider time, string folder = Folder)
    {
        ArgumentNullException.ThrowIfNull(variable);
        if (variable("KUBERNETES_SERVICE_HOST") is not { Length: > 0 } host || variable("KUBERNETES_SERVICE_PORT") is not { Length: > 0 } port
            || !File.Exists(Path.Combine(folder, "token")))
        {
            return null;
        }

        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPemFile(Path.Combine(folder, "ca.crt"));
        var shown = host.Contains(':', StringComparison.Ordinal) ? $"[{host}]" : host;
        return new ClusterConnection(new Uri($"https://{shown}:{port}/"))
        {
            Namespace = File.ReadAllText(Path.Combine(folder, "namespace")).Trim(),
            Authorities = authorities,
            Credentials = new TokenFile(Path.Combine(folder, "token"), null, time),
        };
    }
}
