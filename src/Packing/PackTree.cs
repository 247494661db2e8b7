namespace Argosy.Packing;

/// <param name="Path">Where it is on this machine.</param>
/// <param name="Name">Its name in the archive, with forward slashes and none at the end.</param>
internal readonly record struct PackedEntry(string Path, string Name, FileKind Kind);

/// <summary>Lists what goes into an archive, parents first and in name order, so that equal trees make equal archives.</summary>
internal static class PackTree
{
    public static IEnumerable<PackedEntry> Of(string path)
    {
        var name = Path.GetFileName(path);
        if (name.Length == 0)
        {
            throw new ArtifactFormatException($"{path} cannot be an artifact: name a file or directory below it");
        }

        if (!Directory.Exists(path))
        {
            FileKinds.RequireFile(path);
            return [new PackedEntry(path, name, FileKind.File)];
        }

        return Below(new PackedEntry(path, name, FileKind.Directory));
    }

    private static IEnumerable<PackedEntry> Below(PackedEntry root)
    {
        var pending = new Stack<PackedEntry>([root]);
        while (pending.TryPop(out var entry))
        {
            yield return entry;
            if (entry.Kind != FileKind.Directory)
            {
                continue;
            }

            var children = Directory.GetFileSystemEntries(entry.Path);
            Array.Sort(children, (left, right) => string.CompareOrdinal(right, left));
            foreach (var child in children)
            {
                var kind = FileKinds.Of(child);
                if (kind == FileKind.Special)
                {
                    FileKinds.RequireFile(child);
                }

                pending.Push(new PackedEntry(child, $"{entry.Name}/{Path.GetFileName(child)}", kind));
            }
        }
    }
}
