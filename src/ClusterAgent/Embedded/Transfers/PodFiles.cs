using Argosy.ClusterAgent.Embedded.Views;

namespace Argosy.ClusterAgent.Embedded.Transfers;

/// <summary>
/// The files of a pod, reached from outside. A private view is reached through its first process, so volumes and layers are what the pod
/// sees; links are followed as the pod would follow them.
/// </summary>
internal sealed class PodFiles
{
    private readonly string _root;
    private readonly bool _isPrivate;

    private PodFiles(string root, bool isPrivate) => (_root, _isPrivate) = (root, isPrivate);

    public static PodFiles Of(MachineView machine, PodView view, int firstProcess) => machine.Kind == ViewKind.PlainFolder
        ? new PodFiles(view.Root, isPrivate: false)
        : new PodFiles(FormattableString.Invariant($"/proc/{firstProcess}/root{view.Root}"), isPrivate: true);

    /// <summary>The machine's path of a pod's path.</summary>
    public string Find(string path)
    {
        var absolute = "/" + path.TrimStart('/');
        return _root + (_isPrivate ? ScopedPath.Resolve(_root, absolute) : absolute);
    }

    /// <summary>The same, its folder made where it lacks.</summary>
    public string Place(string path)
    {
        var place = Find(path);
        Directory.CreateDirectory(Path.GetDirectoryName(place)!);
        return place;
    }
}
