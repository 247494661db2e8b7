using System.Net;
using System.Net.Http.Headers;

namespace Argosy.Cli.Client;

/// <summary>
/// Finds the hub to talk to. What was said on the command line goes before the environment, that before files: --argo-server, --kubeconfig,
/// ARGO_SERVER, KUBECONFIG, ~/.kube/config, and last the kubeconfig that a hub on this machine has left in its data directory.
/// </summary>
internal sealed class ConnectionFinder(Shell shell)
{
    public string? Kubeconfig { get; init; }

    public string? Context { get; init; }

    public string? Namespace { get; init; }

    public string? ArgoServer { get; init; }

    public string? Token { get; init; }

    public bool? Secure { get; init; }

    public bool SkipVerify { get; init; }

    public string? BaseHref { get; init; }

    public required string DataDirectory { get; init; }

    /// <exception cref="CommandException">No hub is named anywhere, or what names it cannot be read.</exception>
    public HubConnection Find()
    {
        var connection = Given();
        if ((Namespace ?? shell.Variable("ARGO_NAMESPACE")) is { } @namespace)
        {
            connection = connection with { Namespace = @namespace };
        }

        if ((Token ?? shell.Variable("ARGO_TOKEN")) is { } token)
        {
            connection = connection with { Authorization = Bearer(token) };
        }

        return SkipVerify || Flag("ARGO_INSECURE_SKIP_VERIFY") == true ? connection with { SkipVerify = true } : connection;
    }

    private HubConnection Given()
    {
        if (ArgoServer is not null)
        {
            return Server(ArgoServer, "--argo-server");
        }

        if (Kubeconfig is not null)
        {
            return KubeconfigFile.Load([Kubeconfig]).Connection(Context);
        }

        if (shell.Variable("ARGO_SERVER") is { } server)
        {
            return Server(server, "ARGO_SERVER");
        }

        if (shell.Variable("KUBECONFIG") is { } paths)
        {
            return KubeconfigFile.Load(paths.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)).Connection(Context);
        }

        var local = Path.Combine(DataDirectory, "kubeconfig");
        return new[] { UserKubeconfig(), local }.FirstOrDefault(File.Exists) is { } found
            ? KubeconfigFile.Load([found]).Connection(Context)
            : throw new CommandException(
                $"no hub to talk to: there is no kubeconfig, no ARGO_SERVER, and no hub has run here ({local} is not there). " +
                "Start one with: argosy server --embedded gpu:accelerator=nvidia --embedded serving:tier=serving");
    }

    private string? UserKubeconfig() => shell.Variable("HOME") is { } home ? Path.Combine(home, ".kube", "config") : null;

    private HubConnection Server(string address, string origin)
    {
        var path = (BaseHref ?? shell.Variable("ARGO_BASE_HREF") ?? "").Trim('/');
        var withScheme = address.Contains("://", StringComparison.Ordinal)
            ? address
            : (Secure ?? Flag("ARGO_SECURE") ?? !IsLoopback(address)) ? $"https://{address}" : $"http://{address}";
        return Uri.TryCreate($"{withScheme.TrimEnd('/')}/{(path.Length > 0 ? path + "/" : "")}", UriKind.Absolute, out var uri)
            ? new HubConnection(uri, origin)
            : throw new CommandException($"{origin} \"{address}\" is not an address: use host:port, such as 127.0.0.1:2746");
    }

    // A hub on the same machine serves without TLS.
    private static bool IsLoopback(string address)
    {
        var host = address.Split(':')[0];
        return host == "localhost" || (IPAddress.TryParse(host, out var ip) && IPAddress.IsLoopback(ip));
    }

    private bool? Flag(string variable) => bool.TryParse(shell.Variable(variable), out var flag) ? flag : null;

    // Argo's users write ARGO_TOKEN with its scheme.
    private static AuthenticationHeaderValue Bearer(string token) =>
        AuthenticationHeaderValue.TryParse(token, out var header) && header.Parameter is not null ? header : new("Bearer", token);
}
