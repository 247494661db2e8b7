namespace Argosy.Packing;

/// <summary>A folder that is stored unpacked, as one object for each of its files.</summary>
public static class PlainFolder
{
    /// <summary>The paths of the regular files in a folder, at any depth, in order. Links are left out: they could lead anywhere.</summary>
    public static IEnumerable<string> Files(string folder) =>
        Below(new DirectoryInfo(folder)).Select(file => file.FullName).Order(StringComparer.Ordinal);

    private static IEnumerable<FileInfo> Below(DirectoryInfo folder) => folder.EnumerateFileSystemInfos().Where(entry => entry.LinkTarget is null).SelectMany(
        entry => entry switch
        {
            DirectoryInfo inner => Below(inner),
            FileInfo file when FileKinds.Of(file.FullName) == FileKind.File => [file],
            _ => [],
        });
}
