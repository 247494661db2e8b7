using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;

namespace Argosy.ClusterAgent.Kubernetes.Connecting;

/// <summary>A kubeconfig file: certificates, tokens, passwords and exec plugins.</summary>
public sealed class Kubeconfig
{
    private readonly string _path;
    private readonly JsonObject _json;
    private readonly TimeProvider _time;

    private Kubeconfig(string path, JsonObject json, TimeProvider time) => (_path, _json, _time) = (path, json, time);

    /// <exception cref="KubeconfigException">The file cannot be read, or is not a kubeconfig.</exception>
    public static Kubeconfig Load(string path, TimeProvider time)
    {
        try
        {
            return new Kubeconfig(path, YamlJson.Read(File.ReadAllText(path)), time);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or FormatException)
        {
            throw new KubeconfigException($"kubeconfig {path} cannot be read: {failure.Message}", failure);
        }
    }

    /// <summary>The connection that a context describes; null for the current context.</summary>
    /// <exception cref="KubeconfigException">Something that the context names is missing or cannot be used.</exception>
    public ClusterConnection Connection(string? context = null)
    {
        var name = context ?? Text(_json, "current-context") ?? throw new KubeconfigException($"kubeconfig {_path} has no current-context");
        var chosen = Find("contexts", "context", name);
        var cluster = Find("clusters", "cluster", Text(chosen, "cluster") ?? "");
        if (!Uri.TryCreate(Text(cluster, "server")?.TrimEnd('/') + "/", UriKind.Absolute, out var server))
        {
            throw new KubeconfigException($"kubeconfig {_path}: the server of context {name} is not an address");
        }

        return new ClusterConnection(server)
        {
            Namespace = Text(chosen, "namespace") ?? "default",
            SkipVerify = cluster["insecure-skip-tls-verify"]?.GetValue<bool>() ?? false,
            TlsServerName = Text(cluster, "tls-server-name"),
            Authorities = Pem(cluster, "certificate-authority") is { } pem ? Authorities(pem) : null,
            Credentials = Text(chosen, "user") is { } user ? Credentials(Find("users", "user", user), user) : null,
        };
    }

    private ICredentials? Credentials(JsonObject user, string name)
    {
        if (user["exec"] is JsonObject exec)
        {
            return new ExecPlugin(Exec(exec), _time);
        }

        var certificate = Pem(user, "client-certificate") is { } pem && Pem(user, "client-key") is { } key ? ClientCertificate(pem, key, name) : null;
        return (Text(user, "tokenFile"), Text(user, "token"), Text(user, "username")) switch
        {
            ({ } file, _, _) => new TokenFile(Beside(file), certificate, _time), // as client-go: the file goes before the token
            (_, { } token, _) => FixedCredentials.Token(token, certificate),
            (_, _, { } login) => FixedCredentials.Password(login, Text(user, "password") ?? "", certificate),
            _ => certificate is null ? null : new FixedCredentials(null, certificate),
        };
    }

    private ExecPluginSpec Exec(JsonObject exec)
    {
        var command = Text(exec, "command") ?? throw new KubeconfigException($"kubeconfig {_path}: an exec plugin without a command");
        return new ExecPluginSpec(
            Text(exec, "apiVersion") ?? "client.authentication.k8s.io/v1",
            command.Contains('/', StringComparison.Ordinal) ? Beside(command) : command,
            [.. (exec["args"] as JsonArray ?? []).Select(argument => argument?.ToString() ?? "")],
            [.. (exec["env"] as JsonArray ?? []).OfType<JsonObject>().Select(variable => (Text(variable, "name") ?? "", Text(variable, "value") ?? ""))],
            Text(exec, "installHint") ?? "");
    }

    private JsonObject Find(string list, string field, string name) =>
        (_json[list] as JsonArray)?.OfType<JsonObject>().FirstOrDefault(item => Text(item, "name") == name)?[field] as JsonObject
            ?? throw new KubeconfigException($"kubeconfig {_path} has no {field} \"{name}\"");

    private string? Pem(JsonObject entry, string field)
    {
        try
        {
            return Text(entry, field + "-data") is { } data
                ? Encoding.UTF8.GetString(Convert.FromBase64String(data))
                : Text(entry, field) is { } file ? File.ReadAllText(Beside(file)) : null;
        }
        catch (Exception failure) when (failure is FormatException or IOException or UnauthorizedAccessException)
        {
            throw new KubeconfigException($"kubeconfig {_path}: {field} cannot be read: {failure.Message}", failure);
        }
    }

    private string Beside(string path) => Path.Combine(Path.GetDirectoryName(Path.GetFullPath(_path))!, path);

    private X509Certificate2Collection Authorities(string pem)
    {
        try
        {
            var authorities = new X509Certificate2Collection();
            authorities.ImportFromPem(pem);
            return authorities;
        }
        catch (CryptographicException failure)
        {
            throw new KubeconfigException($"kubeconfig {_path}: certificate-authority is not a certificate: {failure.Message}", failure);
        }
    }

    private X509Certificate2 ClientCertificate(string certificate, string key, string user)
    {
        try
        {
            return X509Certificate2.CreateFromPem(certificate, key);
        }
        catch (CryptographicException failure)
        {
            throw new KubeconfigException($"kubeconfig {_path}: the client certificate of user {user} cannot be used: {failure.Message}", failure);
        }
    }

    private static string? Text(JsonObject json, string field) => json[field]?.ToString() is { Length: > 0 } text ? text : null;
}
