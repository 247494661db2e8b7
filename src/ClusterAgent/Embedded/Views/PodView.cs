using System.Text;

namespace Argosy.ClusterAgent.Embedded.Views;

/// <summary>A folder of the agent that a pod sees at a path of its own.</summary>
internal sealed record PodMount(string Source, string Path, bool ReadOnly);

/// <summary>
/// One pod's view before it is mounted: the writable layers in the attempt's folder, and the mount table that the pod's first process
/// carries out in namespaces of its own. Nothing is mounted in the agent's namespace, so nothing is left when the pod dies.
/// </summary>
internal sealed class PodView(MachineView machine, string folder)
{
    private const string UpperFolder = "upper";
    private const string WorkFolder = "work";

    /// <summary>Where the view gets mounted; in a <see cref="ViewKind.PlainFolder"/> the pod's root itself.</summary>
    public string Root { get; } = Path.Join(folder, "root");

    /// <summary>The same as the pod's processes see it, to put before an absolute path: empty where the view is private.</summary>
    public string SeenRoot => machine.Kind == ViewKind.PlainFolder ? Root : "";

    /// <summary>The mount table's file, read by <c>mount -a -T</c>.</summary>
    private string TableFile => Path.Join(folder, "view.fstab");

    /// <summary>
    /// Prepares layers, mount points and the mount table.
    /// </summary>
    /// <param name="mounts">Volumes and the agent's own folders.</param>
    /// <param name="hidden">Folders of the machine that pods have no business in: they see them empty.</param>
    /// <param name="writable">
    /// Paths the pod will write to although, for an ordinary user, the machine's folder around them is not writable.
    /// </param>
    public void Prepare(IReadOnlyList<PodMount> mounts, IEnumerable<string> hidden, IEnumerable<string> writable)
    {
        Directory.CreateDirectory(Root);
        if (machine.Kind == ViewKind.PlainFolder)
        {
            PreparePlain(mounts);
            return;
        }

        var table = new StringBuilder();
        foreach (var overlaid in machine.Overlaid)
        {
            table.AppendLine(OverlayLine(overlaid));
        }

        AppendMount(table, "proc", "/proc", "proc", "defaults");
        AppendMount(table, "/dev", "/dev", "none", "rbind");
        AppendMount(table, "tmpfs", "/dev/shm", "tmpfs", "mode=1777");
        AppendMount(table, "/sys", "/sys", "none", "rbind");
        foreach (var path in hidden)
        {
            AppendMount(table, "tmpfs", EnsureFolder(path), "tmpfs", "mode=755");
        }

        foreach (var mount in mounts.OrderBy(mount => mount.Path.Count(c => c == '/')))
        {
            var point = File.Exists(mount.Source) ? EnsureFile(mount.Path) : EnsureFolder(mount.Path);
            AppendMount(table, mount.Source, point, "none", mount.ReadOnly ? "rbind,ro" : "rbind");
        }

        if (machine.Kind == ViewKind.Unprivileged)
        {
            foreach (var path in writable)
            {
                EnsureExistingFolders(path);
            }
        }

        File.WriteAllText(TableFile, table.ToString());
    }

    /// <summary>Where a file that the pod is to find at a path is put before the view is mounted.</summary>
    public string PlaceFor(string path)
    {
        if (machine.Kind == ViewKind.PlainFolder)
        {
            var place = Root + path;
            Directory.CreateDirectory(Path.GetDirectoryName(place)!);
            return place;
        }

        return UpperOf(Path.Join(EnsureFolder(Path.GetDirectoryName(path)!), Path.GetFileName(path)));
    }

    /// <summary>Throws away the layers: what the pod wrote outside volumes is gone.</summary>
    public void Discard()
    {
        foreach (var layer in new[] { UpperFolder, WorkFolder, "root", Attempts.AttemptFolder.Temporary })
        {
            FolderRemoval.Remove(Path.Join(folder, layer));
        }
    }

    private void PreparePlain(IReadOnlyList<PodMount> mounts)
    {
        foreach (var path in new[] { "/tmp", "/work" })
        {
            Directory.CreateDirectory(Root + path);
        }

        foreach (var mount in mounts.OrderBy(mount => mount.Path.Count(c => c == '/')))
        {
            var link = Root + mount.Path;
            Directory.CreateDirectory(Path.GetDirectoryName(link)!);
            if (!Path.Exists(link))
            {
                File.CreateSymbolicLink(link, mount.Source);
            }
        }
    }

    private string OverlayLine(string overlaid)
    {
        // Layers are named relative to the attempt's folder: no character of its path can then break the options apart.
        var lowers = (machine.Kind, overlaid) switch
        {
            (ViewKind.Unprivileged, "/") => Path.GetRelativePath(folder, machine.BaseFolder),
            (_, "/") when Directory.EnumerateFileSystemEntries(machine.BaseFolder).Any() =>
                Path.GetRelativePath(folder, machine.BaseFolder) + ":/",
            _ => overlaid,
        };
        var (upper, work) = (Path.Join(UpperFolder, LayerName(overlaid)), Path.Join(WorkFolder, LayerName(overlaid)));
        CreateLayer(overlaid);
        Directory.CreateDirectory(Path.Join(folder, work));
        var userXattr = machine.Kind == ViewKind.Unprivileged ? ",userxattr" : "";
        return $"overlay {Escape(Root + (overlaid == "/" ? "" : overlaid))} overlay lowerdir={lowers},upperdir={upper},workdir={work}{userXattr} 0 0";
    }

    private void CreateLayer(string overlaid)
    {
        var upper = Path.Join(folder, UpperFolder, LayerName(overlaid));
        if (!Directory.Exists(upper))
        {
            Directory.CreateDirectory(upper);
            File.SetUnixFileMode(upper, File.GetUnixFileMode(overlaid) | UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    private void AppendMount(StringBuilder table, string source, string point, string type, string options) =>
        table.AppendLine($"{Escape(source)} {Escape(Root + point)} {type} {options} 0 0");

    /// <summary>Makes sure that the pod finds a folder at the path, and answers where the machine's links lead it.</summary>
    private string EnsureFolder(string path)
    {
        var resolved = ScopedPath.Resolve("/", path);
        if (resolved != "/")
        {
            EnsureFolder(Path.GetDirectoryName(resolved)!);
            var layer = UpperOf(resolved);
            if (!Directory.Exists(layer))
            {
                if (File.Exists(resolved))
                {
                    throw new PodViewException($"{path} is to be a folder, but is a file on this machine");
                }

                Directory.CreateDirectory(layer);
                if (Directory.Exists(resolved))
                {
                    File.SetUnixFileMode(layer, File.GetUnixFileMode(resolved) | UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
                }
            }
        }

        return resolved;
    }

    private string EnsureFile(string path)
    {
        var resolved = Path.Join(EnsureFolder(Path.GetDirectoryName(path)!), Path.GetFileName(path));
        var layer = UpperOf(resolved);
        if (!Path.Exists(layer))
        {
            File.WriteAllBytes(layer, []);
        }

        return resolved;
    }

    private void EnsureExistingFolders(string path)
    {
        for (var parent = Path.GetDirectoryName(path); parent is not null and not "/"; parent = Path.GetDirectoryName(parent))
        {
            if (Directory.Exists(parent))
            {
                EnsureFolder(parent);
                return;
            }
        }
    }

    private string UpperOf(string resolved)
    {
        var (overlaid, rest) = machine.Locate(resolved);
        CreateLayer(overlaid);
        return rest == "." ? Path.Join(folder, UpperFolder, LayerName(overlaid)) : Path.Join(folder, UpperFolder, LayerName(overlaid), rest);
    }

    private static string LayerName(string overlaid) => overlaid == "/" ? "%" : Uri.EscapeDataString(overlaid);

    /// <summary>Spaces and the like in fstab(5) are octal escapes.</summary>
    private static string Escape(string field) =>
        field.Replace("\\", "\\134", StringComparison.Ordinal)
            .Replace(" ", "\\040", StringComparison.Ordinal)
            .Replace("\t", "\\011", StringComparison.Ordinal)
            .Replace("\n", "\\012", StringComparison.Ordinal)
            .Replace("#", "\\043", StringComparison.Ordinal);
}

/// <summary>A pod's view cannot be made as its manifest wants it.</summary>
internal sealed class PodViewException(string message) : Exception(message);
