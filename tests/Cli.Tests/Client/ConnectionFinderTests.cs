using Argosy.Cli.Client;

namespace Argosy.Cli.Tests.Client;

public sealed class ConnectionFinderTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly Dictionary<string, string> environment = [];

    [Fact]
    public void NothingAtHand_SaysHowToStartAHub()
    {
        var refusal = Assert.Throws<CommandException>(() => Finder().Find());

        Assert.Contains("argosy server", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void SourcesOfSettings_AreTriedInOrder()
    {
        Kubeconfig("data/kubeconfig", "http://local");
        Assert.Equal("http://local/", Finder().Find().Address.ToString());

        environment["HOME"] = folder.Path;
        Kubeconfig(".kube/config", "http://home");
        Assert.Equal("http://home/", Finder().Find().Address.ToString());

        environment["KUBECONFIG"] = Kubeconfig("other", "http://variable");
        Assert.Equal("http://variable/", Finder().Find().Address.ToString());

        environment["ARGO_SERVER"] = "10.0.0.1:2746";
        Assert.Equal("https://10.0.0.1:2746/", Finder().Find().Address.ToString());

        var given = Kubeconfig("given", "http://given");
        Assert.Equal("http://given/", Finder(kubeconfig: given).Find().Address.ToString());
        Assert.Equal("http://127.0.0.1:1/", Finder(kubeconfig: given, server: "127.0.0.1:1").Find().Address.ToString());
    }

    [Fact]
    public void ArgosVariables_AreHonoured()
    {
        environment["ARGO_SERVER"] = "hub:1";
        environment["ARGO_SECURE"] = "false";
        environment["ARGO_BASE_HREF"] = "/argo/";
        environment["ARGO_TOKEN"] = "Bearer abc";
        environment["ARGO_NAMESPACE"] = "team";
        environment["ARGO_INSECURE_SKIP_VERIFY"] = "true";

        var connection = Finder().Find();

        Assert.Equal("http://hub:1/argo/", connection.Address.ToString());
        Assert.Equal("Bearer abc", connection.Authorization!.ToString());
        Assert.Equal("team", connection.Namespace);
        Assert.True(connection.SkipVerify);
    }

    public void Dispose() => folder.Dispose();

    private ConnectionFinder Finder(string? kubeconfig = null, string? server = null) =>
        new(new TestShell(environment).Shell)
        {
            DataDirectory = Path.Combine(folder.Path, "data"),
            Kubeconfig = kubeconfig,
            ArgoServer = server,
        };

    private string Kubeconfig(string name, string server) => folder.Write(name, $$"""
        clusters: [{ name: c, cluster: { server: "{{server}}" } }]
        contexts: [{ name: x, context: { cluster: c } }]
        current-context: x
        """);
}
