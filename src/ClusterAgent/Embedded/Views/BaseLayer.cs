namespace Argosy.ClusterAgent.Embedded.Views;

/// <summary>Prepares the lowest layer of every pod's view, and tells which folders are to be overlaid on top of it.</summary>
internal static class BaseLayer
{
    /// <summary>Larger files than this are left out of the base layer: it holds settings, not data.</summary>
    private const long LargestCopiedFile = 1 << 20;

    /// <summary>
    /// For a privileged view: the root and all mounted folders can be overlaid as they are; only files that are mounts are copied.
    /// </summary>
    public static IReadOnlyList<string> PreparePrivileged(string baseFolder, IReadOnlyList<string> mounts)
    {
        Directory.CreateDirectory(baseFolder);
        foreach (var file in mounts.Where(File.Exists))
        {
            MirrorParents(baseFolder, file);
            CopyFile(file, baseFolder + file);
        }

        return ["/", .. mounts.Where(Directory.Exists).Where(IsMountable)];
    }

    /// <summary>
    /// For an unprivileged view. The kernel lets no ordinary user overlay a folder that holds mounts (it might uncover what they hide), so
    /// such folders are rebuilt here: their links and small files are copied, their sub-folders overlaid one by one.
    /// </summary>
    public static IReadOnlyList<string> PrepareUnprivileged(string baseFolder, IReadOnlyList<string> mounts)
    {
        Directory.CreateDirectory(baseFolder);
        var overlaid = new List<string> { "/" };
        Rebuild("/");
        return overlaid;

        void Rebuild(string folder)
        {
            MirrorParents(baseFolder, Path.Join(folder, "x"));
            foreach (var entry in Entries(folder))
            {
                if (entry.LinkTarget is { } target)
                {
                    File.CreateSymbolicLink(baseFolder + entry.FullName, target);
                }
                else if (entry is DirectoryInfo)
                {
                    MirrorParents(baseFolder, Path.Join(entry.FullName, "x"));
                    if (MachineMounts.KernelFolders.Contains(entry.FullName))
                    {
                        continue;
                    }

                    if (mounts.Any(mount => mount != entry.FullName && MachineView.IsWithin(mount, entry.FullName)))
                    {
                        Rebuild(entry.FullName);
                    }
                    else if (IsMountable(entry.FullName))
                    {
                        overlaid.Add(entry.FullName);
                    }
                }
                else
                {
                    CopyFile(entry.FullName, baseFolder + entry.FullName);
                }
            }
        }
    }

    private static FileSystemInfo[] Entries(string folder)
    {
        try
        {
            return new DirectoryInfo(folder).GetFileSystemInfos();
        }
        catch (UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>Overlay options separate with commas and colons; a system folder with one in its name is not worth an escape.</summary>
    private static bool IsMountable(string folder) => folder.IndexOfAny([',', ':', '\\', '\n']) < 0;

    /// <summary>A merged folder shows the attributes of its uppermost layer, so what stands in for a folder copies its mode.</summary>
    private static void MirrorParents(string baseFolder, string path)
    {
        var parent = Path.GetDirectoryName(path)!;
        if (parent == "/" || Directory.Exists(baseFolder + parent))
        {
            return;
        }

        MirrorParents(baseFolder, parent);
        Directory.CreateDirectory(baseFolder + parent);
        File.SetUnixFileMode(baseFolder + parent, File.GetUnixFileMode(parent) | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.UserRead);
    }

    private static void CopyFile(string file, string copy)
    {
        try
        {
            var info = new FileInfo(file);
            if (info.Attributes.HasFlag(FileAttributes.Device) || info.UnixFileMode == UnixFileMode.None || info.Length > LargestCopiedFile)
            {
                return;
            }

            File.Copy(file, copy, overwrite: true);
            File.SetUnixFileMode(copy, info.UnixFileMode | UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            // What the agent's user cannot read, its pods cannot read either.
        }
    }
}
