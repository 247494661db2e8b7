using System.Diagnostics;

namespace Argosy.Scenarios.Hubs;

/// <summary>The stock kubectl with the kubeconfig that the hub has written. Stories that need it are skipped, aloud, where there is none.</summary>
internal sealed class Kubectl
{
    private readonly HubFolder folder;
    private readonly string program;

    public Kubectl(HubFolder folder)
    {
        this.folder = folder;
        var found = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(path => Path.Combine(path, "kubectl")).FirstOrDefault(File.Exists);
        Assert.SkipWhen(found is null, "kubectl is not on this machine: what a stock client sees is not tested");
        program = found;
    }

    public Task<Finished> RunAsync(params string[] arguments) => Finished.RunAsync(Command(arguments));

    /// <summary>Gives a manifest on the standard input: the arguments should say <c>-f -</c>.</summary>
    public Task<Finished> GiveAsync(string manifest, params string[] arguments) => Finished.RunAsync(Command(arguments), manifest);

    /// <summary>Starts a command that goes on until it is killed.</summary>
    public Process Start(params string[] arguments)
    {
        var start = Command(arguments);
        start.RedirectStandardOutput = true;
        return Process.Start(start)!;
    }

    private ProcessStartInfo Command(string[] arguments)
    {
        var start = new ProcessStartInfo(program, ["--kubeconfig", folder.Kubeconfig, .. arguments]) { WorkingDirectory = folder.Home };
        start.Environment["HOME"] = folder.Home;
        start.Environment.Remove("KUBECONFIG");
        return start;
    }
}
