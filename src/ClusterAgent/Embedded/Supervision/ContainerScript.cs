using System.Text;
using Argosy.ClusterAgent.Embedded.Planning;

namespace Argosy.ClusterAgent.Embedded.Supervision;

/// <summary>The small script that becomes a container's command: variables, working folder, then <c>exec</c>.</summary>
internal static class ContainerScript
{
    /// <summary>Where the script leaves word that the command does not exist, seen from the container's folder.</summary>
    public const string NotFoundFile = "not-found";

    /// <param name="container">What to run.</param>
    /// <param name="folder">The container's own folder, as the pod sees it.</param>
    /// <param name="root">The pod's root as the pod sees it: empty in a private view, the plain folder's path otherwise.</param>
    public static string Write(PlannedContainer container, string folder, string root)
    {
        var script = new StringBuilder();
        var unexportable = new List<string>();
        foreach (var (name, value) in container.Environment)
        {
            if (Shell.IsName(name))
            {
                script.Append("export ").Append(name).Append('=').Append(Shell.Quote(value)).Append('\n');
            }
            else
            {
                unexportable.Add(Shell.Quote($"{name}={value}"));
            }
        }

        if (root.Length > 0)
        {
            script.Append("export ARGOSY_ROOT=").Append(Shell.Quote(root)).Append(" TMPDIR=").Append(Shell.Quote(root + "/tmp"))
                .Append(" ARGO_PROGRESS_FILE=").Append(Shell.Quote(root + ContainerEnvironment.ProgressFile)).Append('\n');
        }

        // A container runtime makes a working folder that an image lacks.
        var workingFolder = Shell.Quote(root + (container.WorkingFolder is { Length: > 0 } wanted ? "/" + wanted.TrimStart('/') : "/"));
        script.Append("[ -d ").Append(workingFolder).Append(" ] || mkdir -p ").Append(workingFolder).Append('\n');
        script.Append("cd ").Append(workingFolder).Append(" || exit 1\n");

        var command = Shell.Quote(container.Command[0]);
        script.Append("command -v ").Append(command).Append(" >/dev/null || { : >").Append(Shell.Quote(Path.Join(folder, NotFoundFile)))
            .Append("; echo ").Append(Shell.Quote($"{container.Command[0]}: command not found on this machine")).Append(" >&2; exit 127; }\n");
        script.Append("umask 022\nexec ");
        if (unexportable.Count > 0)
        {
            // Names that no shell variable can have, such as those with dots, which envFrom allows.
            script.Append("env ").AppendJoin(' ', unexportable).Append(' ');
        }

        return script.AppendJoin(' ', container.Command.Select(Shell.Quote)).Append('\n').ToString();
    }
}
