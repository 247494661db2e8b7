using System.Reflection;

namespace Argosy.ClusterAgent.Embedded.Supervision;

/// <summary>The agent's shell scripts, written next to its data so that any <c>sh</c> can read them.</summary>
internal sealed class SupervisorScripts(string folder)
{
    public string Pod => Path.Join(folder, "pod.sh");

    public string Overlays => Path.Join(folder, "overlays.sh");

    public void Write()
    {
        Directory.CreateDirectory(folder);
        foreach (var script in new[] { Pod, Overlays })
        {
            using var source = Assembly.GetExecutingAssembly().GetManifestResourceStream(Path.GetFileName(script))
                ?? throw new InvalidOperationException($"{Path.GetFileName(script)} is not part of this build");
            using var target = File.Create(script);
            source.CopyTo(target);
        }
    }
}
