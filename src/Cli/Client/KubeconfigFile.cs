using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Argosy.Cli.Manifests;

namespace Argosy.Cli.Client;

/// <summary>One kubeconfig, or several read as one: where they name the same thing, the first file counts.</summary>
internal sealed class KubeconfigFile
{
    private readonly List<(string Folder, JsonObject Json)> files = [];
    private readonly string paths;

    private KubeconfigFile(string paths) => this.paths = paths;

    /// <exception cref="CommandException">None of the files exists, or one is not a kubeconfig.</exception>
    public static KubeconfigFile Load(IReadOnlyList<string> paths)
    {
        var config = new KubeconfigFile(string.Join(Path.PathSeparator, paths));
        foreach (var path in paths.Where(File.Exists))
        {
            config.files.Add((Path.GetDirectoryName(Path.GetFullPath(path))!, Read(path)));
        }

        return config.files.Count > 0 ? config : throw new CommandException($"kubeconfig {config.paths} is not there");
    }

    /// <summary>The connection that a context describes; null for the current context.</summary>
    /// <exception cref="CommandException">Something that the context names is missing or cannot be read.</exception>
    public HubConnection Connection(string? context)
    {
        var name = context
            ?? files.Select(file => file.Json.Text("current-context")).FirstOrDefault(current => current is { Length: > 0 })
            ?? throw new CommandException($"kubeconfig {paths} has no current-context: name one with --context");
        var (_, chosen) = Find("contexts", "context", name);
        var cluster = Find("clusters", "cluster", chosen.Text("cluster") ?? "");
        var connection = ClusterConnection(cluster.Json, cluster.Folder, $"context {name} of {paths}") with
        {
            Namespace = chosen.Text("namespace") ?? "default",
        };
        return chosen.Text("user") is { Length: > 0 } user ? Authenticated(connection, Find("users", "user", user), user) : connection;
    }

    private HubConnection ClusterConnection(JsonObject cluster, string folder, string origin)
    {
        var server = cluster.Text("server") ?? "";
        if (!Uri.TryCreate(server.TrimEnd('/') + "/", UriKind.Absolute, out var address))
        {
            throw new CommandException($"kubeconfig {paths}: the cluster's server \"{server}\" is not an address");
        }

        return new(address, origin)
        {
            SkipVerify = cluster.Flag("insecure-skip-tls-verify"),
            TlsServerName = cluster.Text("tls-server-name"),
            Authorities = Pem(cluster, "certificate-authority", folder) is { } pem ? Certificates(pem) : null,
        };
    }

    private HubConnection Authenticated(HubConnection connection, (string Folder, JsonObject Json) entry, string name)
    {
        var (folder, user) = entry;
        if (user["exec"] is not null || user["auth-provider"] is not null)
        {
            throw new CommandException($"kubeconfig {paths}: user {name} gets its token from a plugin, which argosy does not run; use --token");
        }

        if (Pem(user, "client-certificate", folder) is { } certificate && Pem(user, "client-key", folder) is { } key)
        {
            connection = connection with { ClientCertificate = ClientCertificate(certificate, key, name) };
        }

        var token = user.Text("token")
            ?? (user.Text("tokenFile") is { } file ? ReadText(Path.Combine(folder, file)).Trim() : null);
        if (token is { Length: > 0 })
        {
            return connection with { Authorization = new("Bearer", token) };
        }

        return user.Text("username") is { } username
            ? connection with { Authorization = Basic(username, user.Text("password") ?? "") }
            : connection;
    }

    private (string Folder, JsonObject Json) Find(string list, string field, string name)
    {
        foreach (var (folder, json) in files)
        {
            var named = (json[list] as JsonArray)?.OfType<JsonObject>().FirstOrDefault(item => item.Text("name") == name);
            if (named?[field] is JsonObject found)
            {
                return (folder, found);
            }
        }

        throw new CommandException($"kubeconfig {paths} has no {field} \"{name}\"");
    }

    private static JsonObject Read(string path)
    {
        try
        {
            return ManifestText.Read(ReadText(path)) is [var first, ..] ? first : [];
        }
        catch (BadManifestException exception)
        {
            throw new CommandException($"kubeconfig {path} cannot be read: {exception.Message}", exception);
        }
    }

    private static string? Pem(JsonObject entry, string field, string folder)
    {
        if (entry.Text(field + "-data") is not { } data)
        {
            return entry.Text(field) is { } file ? ReadText(Path.Combine(folder, file)) : null;
        }

        try
        {
            return Encoding.UTF8.GetString(Convert.FromBase64String(data));
        }
        catch (FormatException)
        {
            throw new CommandException($"the kubeconfig's {field}-data is not base64");
        }
    }

    private static string ReadText(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"{path} cannot be read: {exception.Message}", exception);
        }
    }

    private static X509Certificate2Collection Certificates(string pem)
    {
        var certificates = new X509Certificate2Collection();
        try
        {
            certificates.ImportFromPem(pem);
            return certificates;
        }
        catch (CryptographicException exception)
        {
            throw new CommandException($"the kubeconfig's certificate authority is not a certificate: {exception.Message}", exception);
        }
    }

    private static X509Certificate2 ClientCertificate(string certificate, string key, string user)
    {
        try
        {
            return X509Certificate2.CreateFromPem(certificate, key);
        }
        catch (CryptographicException exception)
        {
            throw new CommandException($"the client certificate of the kubeconfig's user {user} cannot be used: {exception.Message}", exception);
        }
    }

    private static AuthenticationHeaderValue Basic(string name, string password) =>
        new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{name}:{password}")));
}
