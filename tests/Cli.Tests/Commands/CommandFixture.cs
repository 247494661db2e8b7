using Argosy.ControlPlane.Tests.ArgoServer;

namespace Argosy.Cli.Tests.Commands;

/// <summary>A hub's REST API for each test, and commands that talk to it.</summary>
public abstract class CommandFixture : IAsyncLifetime
{
    private readonly TemporaryFolder folder = new();

    protected ArgoServerHost Server { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Server = await ArgoServerHost.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        folder.Dispose();
        GC.SuppressFinalize(this);
    }

    protected string Write(string name, string text) => folder.Write(name, text);

    protected string Folder => folder.Path;

    /// <summary>Runs a command; answers its exit code, output and errors.</summary>
    protected Task<(int Code, string Output, string Error)> ArgosyAsync(params string[] args) => ArgosyWithInputAsync("", args);

    protected async Task<(int Code, string Output, string Error)> ArgosyWithInputAsync(string input, params string[] args)
    {
        var shell = new TestShell(new Dictionary<string, string> { ["ARGO_SERVER"] = Server.Url.Authority, ["HOME"] = folder.Path }, input);
        var code = await shell.RunAsync(args);
        return (code, shell.Output, shell.Error);
    }
}
