using System.Diagnostics;
using System.Globalization;
using System.Text;
using Argosy.Scenarios.Hubs;

namespace Argosy.Clusters.Members;

/// <summary>The processes of a cluster that tests kill: they run on this machine, in containers or beside them.</summary>
internal static class Processes
{
    /// <summary>The agent of a cluster, told from every other process by the hub it dials; null while it has none.</summary>
    public static int? FindAgent(string hub)
    {
        var wanted = $"\0ARGOSY_HUB={hub}\0";
        foreach (var folder in Directory.EnumerateDirectories("/proc").Where(folder => char.IsAsciiDigit(folder[6])))
        {
            if (("\0" + Read(Path.Combine(folder, "environ"))).Contains(wanted, StringComparison.Ordinal))
            {
                return int.Parse(Path.GetFileName(folder), CultureInfo.InvariantCulture);
            }
        }

        return null;
    }

    /// <summary>SIGKILL.</summary>
    public static void Kill(int process)
    {
        using var victim = Process.GetProcessById(process);
        victim.Kill();
    }

    /// <summary>SIGKILL for the API server; returns when it is gone.</summary>
    public static async Task KillApiServerAsync(MemberCluster cluster)
    {
        var id = int.Parse(await File.ReadAllTextAsync(Path.Combine(cluster.Folder, "api.pid")), CultureInfo.InvariantCulture);
        using var server = Process.GetProcessById(id);
        server.Kill();
        await server.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Has <c>kube</c> start what is not running of a cluster.</summary>
    public static async Task StartAgainAsync(MemberCluster cluster) =>
        (await Finished.RunAsync(new ProcessStartInfo(TestClusters.Kube!, ["up", cluster.Name])
        {
            Environment = { ["KUBE_HOME"] = Path.GetFullPath(Path.Combine(cluster.Folder, "..", "..")) },
        })).Succeeded();

    // Processes end while they are looked at.
    private static string Read(string file)
    {
        try
        {
            return File.ReadAllText(file, Encoding.UTF8);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
