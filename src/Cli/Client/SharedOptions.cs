using System.CommandLine;
using Argosy.Cli.Hub;

namespace Argosy.Cli.Client;

/// <summary>The options that every command has: which hub, which namespace, how talkative.</summary>
internal sealed class SharedOptions
{
    public Option<string?> Kubeconfig { get; } = Shared<string?>("--kubeconfig", "kubeconfig of the hub (default: KUBECONFIG, ~/.kube/config)");

    public Option<string?> Context { get; } = Shared<string?>("--context", "the kubeconfig's context to use");

    public Option<string?> Namespace { get; } = Shared<string?>("--namespace", "namespace of the request", "-n");

    public Option<string?> ArgoServer { get; } = Shared<string?>("--argo-server", "host:port of the hub instead of a kubeconfig (ARGO_SERVER)", "-s");

    public Option<string?> Token { get; } = Shared<string?>("--token", "bearer token (ARGO_TOKEN)");

    public Option<bool?> Secure { get; } = Shared<bool?>("--secure", "TLS to --argo-server; default true, but not on loopback (ARGO_SECURE)", "-e");

    public Option<bool> SkipVerify { get; } = Shared<bool>("--insecure-skip-verify", "accept any server certificate (ARGO_INSECURE_SKIP_VERIFY)", "-k");

    public Option<string?> BaseHref { get; } = Shared<string?>("--argo-base-href", "path that the hub is served under (ARGO_BASE_HREF)");

    public Option<string?> Data { get; } = Shared<string?>("--data", "data directory of the local hub (default: $XDG_STATE_HOME/argosy)");

    public Option<bool> Verbose { get; } = Shared<bool>("--verbose", "show where errors come from", "-v");

    public void AddTo(Command command)
    {
        foreach (var option in new Option[]
            { Namespace, Kubeconfig, Context, ArgoServer, Token, Secure, SkipVerify, BaseHref, Data, Verbose })
        {
            command.Add(option);
        }
    }

    /// <summary>A client of the hub that the options, the environment and the files at hand name.</summary>
    /// <exception cref="CommandException">None is named, or what names it cannot be read.</exception>
    public ArgoClient Connect(ParseResult parsed, Shell shell) => new(Connection(parsed, shell), shell.Time);

    public HubConnection Connection(ParseResult parsed, Shell shell) => new ConnectionFinder(shell)
    {
        Kubeconfig = parsed.GetValue(Kubeconfig),
        Context = parsed.GetValue(Context),
        Namespace = parsed.GetValue(Namespace),
        ArgoServer = parsed.GetValue(ArgoServer),
        Token = parsed.GetValue(Token),
        Secure = parsed.GetValue(Secure),
        SkipVerify = parsed.GetValue(SkipVerify),
        BaseHref = parsed.GetValue(BaseHref),
        DataDirectory = DataDirectoryOf(parsed, shell),
    }.Find();

    public string DataDirectoryOf(ParseResult parsed, Shell shell) => parsed.GetValue(Data) ?? DataDirectory.Default(shell);

    private static Option<T> Shared<T>(string name, string description, params string[] aliases) =>
        new(name, aliases) { Description = description, Recursive = true };
}
