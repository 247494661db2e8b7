using System.Globalization;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;

namespace Argosy.ClusterAgent.Hosting;

/// <summary>
/// Reads the agent's options from the command line and, where that says nothing, from the environment. All that is wrong is told at once, each
/// with what to do.
/// </summary>
internal sealed partial class AgentSettings
{
    private const string DefaultListen = "0.0.0.0:2748";

    /// <summary>Every option: its flag, what it takes, what it means. The variable is the flag in capitals, after ARGOSY_.</summary>
    private static readonly (string Flag, string Takes, string Means)[] Table =
    [
        ("--hub", "URL", "where the hub listens for agents, such as https://hub.example:2747; required"),
        ("--cluster", "NAME", "the cluster's name, as the hub knows it; required"),
        ("--namespaces", "A,B", "where pods may run; required"),
        ("--identity-secret", "NAMESPACE/NAME", "the Secret that the join manifest made and that keeps the certificate; this or a folder is required"),
        ("--identity-folder", "DIR", "the same as files, outside of a cluster"),
        ("--kubeconfig", "FILE", "how to reach the cluster; without it, the cluster that the agent runs in"),
        ("--image", "REF", "the agent's own image, from which pods get the executor; required"),
        ("--listen", "ADDRESS:PORT", $"for executors, /healthz and /readyz; {DefaultListen} unless set"),
        ("--executor-urls", "URL,URL", "how pods reach that; worked out unless set"),
        ("--registry-mirrors", "HOST=URL,...", "where to ask for the settings of images of a registry instead"),
        ("--http-allow-local", "true|false", "whether http templates may ask loopback and link-local addresses of the agent's machine; false unless set"),
    ];

    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);
    private readonly List<string> _errors = [];

    private AgentSettings()
    {
    }

    public static string Help
    {
        get
        {
            var help = new StringBuilder("The agent of one Kubernetes cluster: runs an Argosy hub's workflows there as pods.\n\n");
            foreach (var (flag, takes, means) in Table)
            {
                help.Append(CultureInfo.InvariantCulture, $"  {flag} {takes}\n      {means} ({VariableOf(flag)})\n");
            }

            return help.ToString();
        }
    }

    /// <returns>The options; null when there are errors.</returns>
    public static (AgentOptions? Options, IReadOnlyList<string> Errors) Read(IReadOnlyList<string> arguments, Func<string, string?> variable)
    {
        var settings = new AgentSettings();
        settings.TakeArguments(arguments);
        settings.TakeVariables(variable);
        var options = settings.Options();
        return settings._errors.Count == 0 ? (options, []) : (null, settings._errors);
    }

    private static string VariableOf(string flag) => "ARGOSY_" + flag[2..].Replace('-', '_').ToUpperInvariant();

    private void TakeArguments(IReadOnlyList<string> arguments)
    {
        for (var at = 0; at < arguments.Count; at++)
        {
            var (flag, value) = arguments[at].Split('=', 2) is [var name, var joined] ? (name, joined) : (arguments[at], null);
            if (!Table.Any(option => option.Flag == flag))
            {
                _errors.Add($"{flag}: there is no such option; --help lists them");
            }
            else if (value is null && ++at == arguments.Count)
            {
                _errors.Add($"{flag}: its value is missing");
            }
            else if (!_values.TryAdd(flag, value ?? arguments[at]))
            {
                _errors.Add($"{flag}: given twice; leave one out");
            }
        }
    }

    private void TakeVariables(Func<string, string?> variable)
    {
        foreach (var (flag, _, _) in Table)
        {
            if (variable(VariableOf(flag)) is { Length: > 0 } value)
            {
                _values.TryAdd(flag, value);
            }
        }
    }

    private AgentOptions Options()
    {
        var (secret, folder) = (Find("--identity-secret"), Find("--identity-folder"));
        if (secret is null == folder is null)
        {
            _errors.Add("--identity-secret, --identity-folder: give one of them: where the ticket is and the certificate will be");
        }

        return new AgentOptions
        {
            Hub = Require("--hub") is { } hub ? HubAddress(hub) : new Uri("https://missing"),
            Cluster = Require("--cluster") is { } cluster ? Name("--cluster", cluster) : "",
            Namespaces = [.. List(Require("--namespaces")).Select(item => Name("--namespaces", item))],
            IdentitySecret = secret is null ? null : Secret(secret),
            IdentityFolder = folder,
            Kubeconfig = Find("--kubeconfig"),
            Image = Require("--image") ?? "",
            Listen = EndPoint(Find("--listen") ?? DefaultListen),
            ExecutorUrls = [.. List(Find("--executor-urls")).Select(Url).OfType<Uri>()],
            RegistryMirrors = Mirrors(),
            HttpAllowLocal = Truth("--http-allow-local"),
        };
    }

    private string? Find(string flag) => _values.TryGetValue(flag, out var value) && value.Trim() is { Length: > 0 } text ? text : null;

    private bool Truth(string flag)
    {
        var value = Find(flag) ?? "false";
        if (!bool.TryParse(value, out var isSo))
        {
            _errors.Add($"{flag}: '{value}' is neither true nor false");
        }

        return isSo;
    }

    private string? Require(string flag)
    {
        var value = Find(flag);
        if (value is null && !_errors.Any(error => error.StartsWith(flag + ":", StringComparison.Ordinal)))
        {
            _errors.Add($"{flag}: required; give it, or set {VariableOf(flag)}");
        }

        return value;
    }

    private static string[] List(string? value) =>
        value?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [];

    private Uri HubAddress(string value)
    {
        if (Uri.TryCreate(value, UriKind.Absolute, out var hub) && hub.Scheme == Uri.UriSchemeHttps && hub is { PathAndQuery: "/", UserInfo: "" })
        {
            return hub;
        }

        _errors.Add($"--hub: '{value}' is not an address of the form https://HOST:PORT");
        return new Uri("https://missing");
    }

    private string Name(string flag, string value)
    {
        if (!KubernetesName().IsMatch(value))
        {
            _errors.Add($"{flag}: '{value}' is not a name as Kubernetes has them (lower-case letters, digits, - and .)");
        }

        return value;
    }

    private SecretName? Secret(string value)
    {
        if (value.Split('/') is [{ Length: > 0 } @namespace, { Length: > 0 } name])
        {
            return new SecretName(@namespace, name);
        }

        _errors.Add($"--identity-secret: '{value}' is not of the form NAMESPACE/NAME");
        return null;
    }

    private IPEndPoint EndPoint(string value)
    {
        if (value.Contains(':', StringComparison.Ordinal) && IPEndPoint.TryParse(value, out var endPoint))
        {
            return endPoint;
        }

        _errors.Add($"--listen: '{value}' is not of the form ADDRESS:PORT, with an IP address");
        return new IPEndPoint(IPAddress.Loopback, 0);
    }

    private Uri? Url(string value)
    {
        if (Uri.TryCreate(value, UriKind.Absolute, out var url) && url.Scheme is "http" or "https")
        {
            return url;
        }

        _errors.Add($"--executor-urls: '{value}' is not an http address");
        return null;
    }

    private Dictionary<string, string> Mirrors()
    {
        Dictionary<string, string> mirrors = new(StringComparer.Ordinal);
        foreach (var item in List(Find("--registry-mirrors")))
        {
            if (item.Split('=', 2) is [{ Length: > 0 } host, { Length: > 0 } url])
            {
                mirrors[host] = url;
            }
            else
            {
                _errors.Add($"--registry-mirrors: '{item}' is not of the form HOST=URL");
            }
        }

        return mirrors;
    }

    [GeneratedRegex("^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$")]
    private static partial Regex KubernetesName();
}
