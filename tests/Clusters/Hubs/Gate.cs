namespace Argosy.Clusters.Hubs;

/// <summary>A folder of this machine, and so of the kube nodes, at which pods wait until a file in it says that they may go on.</summary>
internal sealed class Gate : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("argosy-gate-");

    public Gate() => folder.UnixFileMode = (UnixFileMode)0b111_111_101; // pods of any user look at it

    public string Path => folder.FullName;

    public void Open() => File.WriteAllText(System.IO.Path.Combine(Path, "open"), "");

    public void Dispose() => folder.Delete(recursive: true);
}
