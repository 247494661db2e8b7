namespace Argosy.ClusterAgent.Embedded.Views;

/// <summary>How far this machine lets a pod have the file system for itself.</summary>
internal enum ViewKind
{
    /// <summary>An overlay over the whole machine, mounted by root.</summary>
    Privileged,

    /// <summary>Overlays mounted by an ordinary user, root in a user namespace of its own.</summary>
    Unprivileged,

    /// <summary>Neither: a pod gets a plain folder, and sees and may change the machine as the agent's user can.</summary>
    PlainFolder,
}

/// <summary>
/// What a pod's private, copy-on-write view of this machine is made of: a prepared base layer, and the folders of the machine that are
/// overlaid, parents before children.
/// </summary>
/// <param name="Kind">How the view is made.</param>
/// <param name="Overlaid">Absolute paths of the machine; the first is always the root.</param>
/// <param name="BaseFolder">
/// The lowest layer's stand-ins. Of a privileged view: copies of files that are mounts of their own (a container's /etc/hosts), which an
/// overlay cannot see. Of an unprivileged view, which may not overlay a folder that holds mounts: all that surrounds those mounts.
/// </param>
internal sealed record MachineView(ViewKind Kind, IReadOnlyList<string> Overlaid, string BaseFolder)
{
    public static MachineView Plain(string baseFolder) => new(ViewKind.PlainFolder, [], baseFolder);

    /// <summary>Splits an absolute, normalized path into the overlaid folder that holds it and the rest.</summary>
    public (string Overlay, string Below) Locate(string path)
    {
        var overlay = Overlaid.Where(folder => IsWithin(path, folder)).MaxBy(folder => folder.Length)!;
        return (overlay, Path.GetRelativePath(overlay, path));
    }

    /// <summary>Whether a normalized path is the folder or lies in it.</summary>
    public static bool IsWithin(string path, string folder) =>
        folder == "/" || path == folder || (path.StartsWith(folder, StringComparison.Ordinal) && path[folder.Length] == '/');
}
