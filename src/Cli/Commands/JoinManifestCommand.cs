using System.CommandLine;
using System.Reflection;
using System.Text.RegularExpressions;
using Argosy.Cli.Client;
using Argosy.Cli.Joining;

namespace Argosy.Cli.Commands;

/// <summary><c>cluster join-manifest</c>: prints what makes a Kubernetes cluster a cluster of the hub.</summary>
internal sealed partial class JoinManifestCommand
{
    private readonly Argument<string> name = new("NAME") { Description = "the cluster's name at the hub" };
    private readonly Option<string?> hubUrl = CommandOptions.Text("--hub", "https://HOST:PORT by which the agent reaches the hub (default: as the hub thinks)");

    private readonly Option<string[]> namespaces = new("--namespace")
    {
        Description = "a namespace where pods of workflows may run; may be repeated (default: default)",
        DefaultValueFactory = _ => ["default"],
    };

    private readonly Option<string> agentNamespace = new("--agent-namespace") { Description = "where the agent lives", DefaultValueFactory = _ => "argosy" };
    private readonly Option<string?> image = CommandOptions.Text("--image", "the agent's image (default: argosy/agent with this program's version)");
    private readonly Option<bool> hostNetwork = CommandOptions.Flag("--host-network", "put the agent on its machine's network, for clusters where pods reach too little");

    private readonly Option<int> port = new("--port")
    {
        Description = "where the agent listens for pods; with --host-network it must be free on the machine",
        DefaultValueFactory = _ => JoinSettings.DefaultPort,
    };

    private readonly Option<string?> apiServer = CommandOptions.Text("--api-server", "https://HOST:PORT of the cluster's API server, where pods do not find it (no kube-proxy)");
    private readonly Option<string?> executorUrls = CommandOptions.Text("--executor-urls", "http://HOST:PORT,… by which pods reach the agent (default: as the agent finds out)");
    private readonly Option<string?> mirrors = CommandOptions.Text("--registry-mirrors", "HOST=URL,… where the agent reads images' settings instead");

    public static Command Create(Shell shell, SharedOptions shared)
    {
        var options = new JoinManifestCommand();
        var command = new Command("join-manifest", "Prints a manifest with which a Kubernetes cluster joins. Each has a new ticket, good for 30 minutes; older ones are void.");
        command.AddAll([
            options.name, options.hubUrl, options.namespaces, options.agentNamespace, options.image, options.hostNetwork, options.port, options.apiServer,
            options.executorUrls, options.mirrors,
        ]);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var asked = options.Read(parsed); // what is wrong is said before a ticket is spent on it
            using var hub = new ClusterClient(shared.Connection(parsed, shell));
            var invitation = await hub.InviteAsync(asked.Cluster, cancellationToken);
            var settings = asked with
            {
                Hub = asked.Hub.Length > 0 ? asked.Hub : invitation.Text("agentsUrl")!,
                HubAuthorities = invitation.Text("hubAuthorities")!,
                Ticket = invitation.Text("ticket")!,
                TicketExpires = invitation.Text("expiresAt")!,
            };
            if (!settings.HostNetwork && new Uri(settings.Hub).IsLoopback)
            {
                await shell.Error.WriteLineAsync($"note: {settings.Hub} leads a pod to itself. Name an address that leads from the cluster to the hub, with --hub");
            }

            await shell.Out.WriteAsync(JoinManifest.Write(settings));
            return ExitCodes.Succeeded;
        });
        return command;
    }

    /// <exception cref="CommandException">An option cannot be meant so.</exception>
    private JoinSettings Read(ParseResult parsed)
    {
        var home = parsed.GetValue(agentNamespace)!;
        var enrolled = parsed.GetValue(namespaces)!.SelectMany(text => text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            .Distinct().ToList();
        foreach (var (option, text) in enrolled.Select(text => ("--namespace", text)).Append(("--agent-namespace", home)))
        {
            if (!NamespaceName().IsMatch(text))
            {
                throw new CommandException($"{option} {text}: a namespace's name is of small letters, digits and dashes");
            }
        }

        if (enrolled.Contains(home))
        {
            throw new CommandException(
                $"--namespace {home}: pods of workflows there could read the agent's key. Keep it for the agent, or name another with --agent-namespace");
        }

        return new JoinSettings
        {
            Cluster = parsed.GetValue(name)!,
            Hub = Https(parsed.GetValue(hubUrl), "--hub") is { } hub ? hub.AbsoluteUri.TrimEnd('/') : "",
            HubAuthorities = "",
            Ticket = "",
            TicketExpires = "",
            Namespaces = enrolled,
            AgentNamespace = home,
            Image = parsed.GetValue(image) ?? $"argosy/agent:{Version()}",
            Port = parsed.GetValue(port) is > 1023 and < 65536 and var number
                ? number
                : throw new CommandException($"--port {parsed.GetValue(port)}: the agent is not root, so it must be between 1024 and 65535"),
            HostNetwork = parsed.GetValue(hostNetwork),
            ApiServer = Https(parsed.GetValue(apiServer), "--api-server"),
            ExecutorUrls = parsed.GetValue(executorUrls) ?? "",
            RegistryMirrors = parsed.GetValue(mirrors) ?? "",
        };
    }

    private static Uri? Https(string? text, string option) => text is null ? null
        : Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme == Uri.UriSchemeHttps ? url
        : throw new CommandException($"{option} {text} must be an address such as https://hub.example:2747");

    private static string Version() =>
        typeof(JoinManifestCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    [GeneratedRegex(@"\A[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?\z")]
    private static partial Regex NamespaceName();
}
