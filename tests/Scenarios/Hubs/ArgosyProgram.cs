using System.Diagnostics;

namespace Argosy.Scenarios.Hubs;

/// <summary>The built <c>argosy</c>, run as a user runs it.</summary>
internal static class ArgosyProgram
{
    public static string Path { get; } = System.IO.Path.Combine(AppContext.BaseDirectory, "argosy");

    /// <summary>Runs a command that finds the folder's hub by its kubeconfig.</summary>
    public static Task<Finished> RunAsync(HubFolder folder, params string[] arguments)
    {
        var start = Command(folder, arguments);
        start.Environment["KUBECONFIG"] = folder.Kubeconfig;
        return Finished.RunAsync(start);
    }

    /// <summary>Runs a command that knows of no hub.</summary>
    public static Task<Finished> RunAloneAsync(HubFolder folder, params string[] arguments) => Finished.RunAsync(Command(folder, arguments));

    private static ProcessStartInfo Command(HubFolder folder, string[] arguments)
    {
        var start = new ProcessStartInfo(Path, arguments) { WorkingDirectory = folder.Home };
        start.Environment["HOME"] = folder.Home;
        foreach (var variable in new[] { "KUBECONFIG", "ARGO_SERVER", "ARGO_TOKEN", "ARGO_NAMESPACE", "XDG_STATE_HOME" })
        {
            start.Environment.Remove(variable);
        }

        return start;
    }
}
