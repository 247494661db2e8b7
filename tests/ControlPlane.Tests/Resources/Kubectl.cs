using System.Diagnostics;
using Argosy.ControlPlane.Access;

namespace Argosy.ControlPlane.Tests.Resources;

/// <summary>The stock kubectl, pointed at a hub. Tests that use it are skipped, aloud, where there is none.</summary>
internal sealed class Kubectl
{
    private readonly string home;
    private readonly string config;

    private Kubectl(string home, string config)
    {
        this.home = home;
        this.config = config;
    }

    public static Kubectl For(HubApi hub)
    {
        var config = Path.Combine(hub.Folder, "kubeconfig");
        Kubeconfig.Write(config, hub.Url, hub.Token);
        return With(hub.Folder, config);
    }

    /// <summary>With this kubeconfig, and a home within the folder.</summary>
    public static Kubectl With(string folder, string kubeconfig)
    {
        Assert.SkipWhen(Program() is null, "kubectl is not on this machine: what a stock client sees is not tested");
        return new Kubectl(Directory.CreateDirectory(Path.Combine(folder, "home")).FullName, kubeconfig);
    }

    /// <summary>Writes a manifest to a file that kubectl can read.</summary>
    public string Write(string name, string manifest)
    {
        var path = Path.Combine(home, name);
        File.WriteAllText(path, manifest);
        return path;
    }

    public Process Start(params string[] arguments)
    {
        var start = new ProcessStartInfo(Program()!, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = home,
        };
        start.Environment["HOME"] = home;
        start.Environment["KUBECONFIG"] = config;
        return Process.Start(start)!;
    }

    public async Task<KubectlResult> RunAsync(params string[] arguments)
    {
        using var process = Start(arguments);
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return new KubectlResult(process.ExitCode, await output, await error);
    }

    private static string? Program() => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
        .Select(folder => Path.Combine(folder, "kubectl")).FirstOrDefault(File.Exists);
}

internal sealed record KubectlResult(int Code, string Output, string Error)
{
    /// <summary>The output of a command that must have succeeded without complaint.</summary>
    public string Succeeded()
    {
        Assert.True(Code == 0 && Error.Length == 0, $"exit code {Code}\n{Error}\n{Output}");
        return Output;
    }

    public string Failed()
    {
        Assert.NotEqual(0, Code);
        return Error;
    }
}
