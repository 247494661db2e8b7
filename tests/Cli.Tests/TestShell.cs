using System.Text;
using Argosy.Cli.Hub;
using Argosy.Contracts.Agents;
using Argosy.ControlPlane.Hosting;

namespace Argosy.Cli.Tests;

/// <summary>Surroundings of a command that a test can read.</summary>
internal sealed class TestShell
{
    private readonly StringBuilder output = new();
    private readonly StringBuilder error = new();

    public TestShell(IReadOnlyDictionary<string, string>? environment = null, string input = "") => Shell = new Shell
    {
        In = new StringReader(input),
        Out = TextWriter.Synchronized(new StringWriter(output)),
        Error = TextWriter.Synchronized(new StringWriter(error)),
        Environment = environment ?? new Dictionary<string, string>(),
        Time = FixedTime.TenMinutesIn,
    };

    public Shell Shell { get; init; }

    public string Output => output.ToString().ReplaceLineEndings("\n");

    public string Error => error.ToString().ReplaceLineEndings("\n");

    public Task<int> RunAsync(params string[] args) => RunAsync(NoHub, NoCluster, CancellationToken.None, args);

    public Task<int> RunAsync(StartHub startHub, RunEmbeddedCluster runCluster, CancellationToken cancellationToken, params string[] args) =>
        CommandLine.InvokeAsync(args, Shell, startHub, runCluster, cancellationToken);

    private static Task<RunningHub> NoHub(HubOptions options, CancellationToken cancellationToken) =>
        throw new InvalidOperationException("this command starts no hub");

    private static Task NoCluster(
        EmbeddedClusterSpec cluster, string folder, string dataDirectory, IHubLink hub, CancellationToken cancellationToken) => Task.CompletedTask;
}
