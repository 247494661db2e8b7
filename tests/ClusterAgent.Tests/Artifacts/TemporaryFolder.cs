namespace Argosy.ClusterAgent.Tests.Artifacts;

/// <summary>A folder of one test, gone with it.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("argosy-artifacts-");

    public string this[string name] => Path.Combine(folder.FullName, name);

    public string[] NamesIn(string name) =>
        [.. Directory.GetFileSystemEntries(this[name]).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    public void Write(string name, string content, UnixFileMode mode, DateTime modified)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(this[name])!);
        File.WriteAllText(this[name], content);
        File.SetUnixFileMode(this[name], mode);
        File.SetLastWriteTimeUtc(this[name], modified);
    }

    public void Dispose()
    {
        foreach (var directory in folder.EnumerateDirectories("*", SearchOption.AllDirectories).Where(each => each.LinkTarget is null))
        {
            directory.UnixFileMode |= UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        }

        folder.Delete(recursive: true);
    }
}
