using System.Diagnostics;

namespace Argosy.Scenarios.Hubs;

/// <summary>A folder for one hub's data and one user's home, with a space in its name, gone with the test.</summary>
internal sealed class HubFolder : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("argosy scenario ").FullName;

    public HubFolder() => Directory.CreateDirectory(Home);

    /// <summary>What <c>--data</c> gets.</summary>
    public string Data => Path.Combine(root, "data");

    public string Home => Path.Combine(root, "home");

    /// <summary>Programs that steps find before the machine's own; outside of /tmp, of which each pod has one of its own.</summary>
    public ShimFolder? Shims { get; init; }

    public string Kubeconfig => Path.Combine(Data, "kubeconfig");

    public string Write(string name, string text)
    {
        var path = Path.Combine(root, name);
        File.WriteAllText(path, text);
        return path;
    }

    /// <summary>The layers of a step's view hold folders that nobody may enter, and what a killed hub ran may be leaving just now.</summary>
    public void Dispose()
    {
        Shims?.Dispose();
        const string Remove = "for try in 1 2 3 4 5; do chmod -R u+rwx \"$1\"; rm -rf \"$1\" && exit; done";
        using var removal = Process.Start(new ProcessStartInfo("sh", ["-c", Remove, "remove", root]) { RedirectStandardError = true })!;
        removal.StandardError.ReadToEnd();
        removal.WaitForExit();
    }
}
