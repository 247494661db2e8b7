namespace Argosy.Packing;

/// <summary>
/// A folder beside the destination that an archive is unpacked into, and the one place that decides where an entry may land: no entry
/// leaves it, by its name, through a symlink, or as one. Publishing moves the result to the destination; disposing removes the rest.
/// </summary>
internal sealed class UnpackStaging : IDisposable
{
    private readonly string destination;
    private readonly string folder;
    private readonly string root;
    private readonly List<(string Path, UnixFileMode? Mode, DateTimeOffset Modified)> directories = [];
    private bool hasLinks;

    public UnpackStaging(string destination)
    {
        this.destination = destination;
        var parent = Path.GetDirectoryName(destination)
            ?? throw new ArtifactFormatException($"{destination} cannot hold an artifact: name a file or directory below it");
        Directory.CreateDirectory(parent);
        folder = Path.Combine(parent, $".{Path.GetFileName(destination)}.{Guid.NewGuid():N}.unpacking");
        root = Path.Combine(folder, "root");
        Directory.CreateDirectory(root);
    }

    /// <summary>A temporary file that goes with the staging.</summary>
    public FileStream OpenSpool() =>
        new(Path.Combine(folder, "spool"), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, bufferSize: 1, useAsync: true);

    public void AddDirectory(string name, UnixFileMode? mode, DateTimeOffset modified)
    {
        var parts = Split(name);
        var path = parts.Length == 0 ? root : MakeFolder(name, parts);
        if (parts.Length > 0)
        {
            directories.Add((path, mode, modified));
        }
    }

    public async Task AddFileAsync(
        string name, Stream content, UnixFileMode? mode, DateTimeOffset? modified, CancellationToken cancellationToken)
    {
        var path = Vacate(name);
        await using (var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 1, useAsync: true))
        {
            await content.CopyToAsync(file, cancellationToken);
        }

        if (mode is { } permissions)
        {
            File.SetUnixFileMode(path, permissions);
        }

        if (modified is { } time)
        {
            File.SetLastWriteTimeUtc(path, time.UtcDateTime);
        }
    }

    /// <summary>Adds a symlink, kept as it is spelt; its target has to lie inside the artifact, whether or not it exists.</summary>
    public void AddSymlink(string name, string target)
    {
        if (target.Length == 0 || target.Contains('\0', StringComparison.Ordinal))
        {
            throw ArtifactFormatException.ForEntry(name, "is a symlink that names no path");
        }

        if (!ContainedLinks.StaysInside(target, Split(name).Length - 1))
        {
            throw ContainedLinks.Outside(name, target);
        }

        File.CreateSymbolicLink(Vacate(name), target);
        hasLinks = true;
    }

    /// <summary>Adds a hard link as a copy of the earlier entry it names.</summary>
    /// <param name="maximumBytes">The most that it may hold: a copy is as long as its original, its entry in the archive is not.</param>
    /// <returns>How many bytes were copied.</returns>
    public async Task<long> AddCopyAsync(string name, string of, long maximumBytes, CancellationToken cancellationToken)
    {
        var original = Split(of) is [.., var last] ? Path.Combine(Parent(of), last) : root;
        if (!Path.Exists(original) || FileKinds.Of(original) != FileKind.File)
        {
            throw ArtifactFormatException.ForEntry(name, $"is a link to '{of}', which is no earlier file of the artifact");
        }

        await using var file = FileKinds.OpenForPacking(original);
        await using var content = new BoundedStream(file, maximumBytes);
        await AddFileAsync(
            name, content, File.GetUnixFileMode(original), File.GetLastWriteTimeUtc(original), cancellationToken);
        return content.BytesRead;
    }

    /// <summary>
    /// Moves the result to the destination: the single top entry itself, whatever its name, or else the folder with all of them.
    /// </summary>
    /// <exception cref="ArtifactFormatException">A symlink pointed into the archive, but points out of the single top entry.</exception>
    public void Publish()
    {
        var top = Directory.GetFileSystemEntries(root);
        var result = top.Length == 1 ? top[0] : root;
        if (hasLinks)
        {
            ContainedLinks.Require(result);
        }

        if (Directory.Exists(destination))
        {
            Directory.Delete(destination, recursive: false); // an empty mount point may be there; anything else is not ours to remove
        }

        // Children first: a directory that may not be written or entered is closed only when all below it is done.
        foreach (var (path, mode, modified) in directories.OrderByDescending(directory => directory.Path.Length))
        {
            Directory.SetLastWriteTimeUtc(path, modified.UtcDateTime);
            if (mode is { } permissions)
            {
                File.SetUnixFileMode(path, permissions);
            }
        }

        if (FileKinds.Of(result) == FileKind.Directory)
        {
            MoveDirectory(result);
        }
        else
        {
            File.Move(result, destination, overwrite: true);
        }
    }

    public void Dispose()
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    // Renaming a directory rewrites its "..", for which an ordinary user needs write permission on it.
    private void MoveDirectory(string directory)
    {
        var mode = File.GetUnixFileMode(directory);
        var modified = Directory.GetLastWriteTimeUtc(directory);
        File.SetUnixFileMode(directory, mode | UnixFileMode.UserWrite);
        Directory.Move(directory, destination);
        File.SetUnixFileMode(destination, mode);
        Directory.SetLastWriteTimeUtc(destination, modified);
    }

    /// <summary>Makes the entry's parents and removes an earlier entry of the same name, as a later one replaces it.</summary>
    private string Vacate(string name)
    {
        var parts = Split(name);
        if (parts.Length == 0)
        {
            throw ArtifactFormatException.ForEntry(name, "has no name");
        }

        var path = Path.Combine(Parent(name), parts[^1]);
        if (Directory.Exists(path) && new DirectoryInfo(path).LinkTarget is null)
        {
            throw ArtifactFormatException.ForEntry(name, "would replace a directory of the artifact");
        }

        File.Delete(path);
        return path;
    }

    private string Parent(string name) => MakeFolder(name, Split(name)[..^1]);

    private string MakeFolder(string name, string[] parts)
    {
        var path = root;
        foreach (var part in parts)
        {
            path = Path.Combine(path, part);
            var info = new FileInfo(path);
            if (info.LinkTarget is not null)
            {
                throw ArtifactFormatException.ForEntry(name, "goes through a symlink of the artifact");
            }

            if (info.Exists)
            {
                throw ArtifactFormatException.ForEntry(name, "goes through a file of the artifact");
            }

            Directory.CreateDirectory(path);
        }

        return path;
    }

    private static string[] Split(string name)
    {
        var parts = name.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(part => part != ".").ToArray();
        if (name.StartsWith('/') || parts.Contains("..") || name.Contains('\0', StringComparison.Ordinal))
        {
            throw ArtifactFormatException.ForEntry(name, "would land outside the artifact's destination");
        }

        return parts;
    }
}
