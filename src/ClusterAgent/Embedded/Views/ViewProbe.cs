using System.Diagnostics;
using Argosy.ClusterAgent.Embedded.Supervision;

namespace Argosy.ClusterAgent.Embedded.Views;

/// <summary>What the probe found, and what of the machine pods will not see.</summary>
internal sealed record ViewProbeResult(MachineView View, IReadOnlyList<string> LeftOut, string? Refusal);

/// <summary>
/// Finds out, once and by really trying, how private a pod's view can be here: container hosts, hardened kernels and unusual file
/// systems refuse in too many ways to predict.
/// </summary>
internal sealed class ViewProbe(string agentFolder, SupervisorScripts scripts)
{
    private string BaseFolder => Path.Join(agentFolder, "base");

    private string Scratch => Path.Join(agentFolder, "probe");

    /// <summary>What this process may hope for, best first.</summary>
    public static IReadOnlyList<ViewKind> Hopes =>
        Environment.IsPrivilegedProcess ? [ViewKind.Privileged, ViewKind.Unprivileged] : [ViewKind.Unprivileged];

    public async Task<ViewProbeResult> ProbeAsync(IReadOnlyList<ViewKind> hopes)
    {
        var refusals = new List<string>();
        foreach (var kind in hopes)
        {
            FolderRemoval.Remove(BaseFolder);
            Directory.CreateDirectory(BaseFolder);
            try
            {
                var mounts = MachineMounts.Read();
                var candidates = kind == ViewKind.Privileged
                    ? BaseLayer.PreparePrivileged(BaseFolder, mounts)
                    : BaseLayer.PrepareUnprivileged(BaseFolder, mounts);
                var accepted = await AcceptedAsync(kind, candidates);
                var view = new MachineView(kind, accepted, BaseFolder);
                await TryAsync(view);
                return new ViewProbeResult(view, [.. candidates.Except(accepted)], null);
            }
            catch (Exception e)
            {
                refusals.Add(e.Message);
            }
            finally
            {
                FolderRemoval.Remove(Scratch);
            }
        }

        return new ViewProbeResult(MachineView.Plain(BaseFolder), [], string.Join("; ", refusals));
    }

    private async Task<IReadOnlyList<string>> AcceptedAsync(ViewKind kind, IReadOnlyList<string> candidates)
    {
        foreach (var folder in new[] { "upper", "work", "root" })
        {
            Directory.CreateDirectory(Path.Join(Scratch, folder));
        }

        var start = new ProcessStartInfo("unshare")
        {
            WorkingDirectory = Scratch,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        string[] arguments = kind == ViewKind.Privileged
            ? ["--mount", "sh", scripts.Overlays, ""]
            : ["--user", "--map-root-user", "--mount", "sh", scripts.Overlays, ",userxattr"];
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEndAsync();

        // An unprivileged view's root layer is the prepared base, not the machine's root.
        var lowers = candidates.Select(folder => kind == ViewKind.Unprivileged && folder == "/" ? "../base" : folder);
        await process.StandardInput.WriteAsync(string.Concat(lowers.Select(lower => lower + "\n")));
        process.StandardInput.Close();
        var accepted = (await output).Split('\n').Select(lower => lower == "../base" ? "/" : lower).ToHashSet(StringComparer.Ordinal);
        await process.WaitForExitAsync();
        return accepted.Contains("/")
            ? [.. candidates.Where(accepted.Contains)]
            : throw new PodViewException((await errors).Trim().Split('\n')[0]);
    }

    private async Task TryAsync(MachineView machine)
    {
        var view = new PodView(machine, Scratch);
        FolderRemoval.Remove(Scratch);
        var (run, logs, exits) = (Path.Join(Scratch, "argo"), Path.Join(Scratch, "logs"), Path.Join(Scratch, "exits"));
        foreach (var folder in new[] { Path.Join(run, "ctr", "probe"), logs, exits })
        {
            Directory.CreateDirectory(folder);
        }

        await File.WriteAllTextAsync(Path.Join(run, "ctr", "probe", "run"), "echo here >/probe && test -e /proc/self/stat\n");
        view.Prepare([new PodMount(run, "/var/run/argo", ReadOnly: false)], [], []);
        var supervisor = PodSupervisor.Start(machine.Kind, scripts.Pod, Scratch, marker: "probe");
        try
        {
            await supervisor.View;
            var code = await supervisor.StartContainer("probe").Ended;
            if (code != 0)
            {
                throw new PodViewException($"a first command in the view ended with exit code {code}: {await File.ReadAllTextAsync(Path.Join(logs, "probe.err"))}");
            }
        }
        finally
        {
            await supervisor.EndAsync();
        }
    }
}
