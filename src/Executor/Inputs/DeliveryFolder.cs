using Argosy.Executor.Plans;
using Argosy.Packing;

namespace Argosy.Executor.Inputs;

/// <summary>A folder beside an input's target where it is made ready; what is left of it goes when it is disposed of.</summary>
internal sealed class DeliveryFolder : IDisposable
{
    private readonly string _target;
    private readonly string _mark;
    private readonly string _folder;

    /// <param name="target">Where the input goes.</param>
    /// <param name="mark">A file that says, from just before it is put there, that what is there is this pod's.</param>
    public DeliveryFolder(string target, string mark)
    {
        (_target, _mark) = (target, mark);
        _folder = Path.Combine(Path.GetDirectoryName(target)!, $".{Path.GetFileName(target)}.argosy");
        Dispose(); // of an earlier life
        Directory.CreateDirectory(_folder);
    }

    /// <summary>Where the artifact as a whole is unpacked.</summary>
    public string Whole => Path.Combine(_folder, Path.GetFileName(_target));

    /// <summary>Moves the artifact, or the part of it that is wanted, to its target.</summary>
    public void Publish(InputPlan input)
    {
        var part = input.SubPath.Length > 0 ? PartOf(input.SubPath) : Whole;

        if (input.Mode >= 0)
        {
            SetMode(part, (UnixFileMode)input.Mode, input.RecurseMode);
        }

        Vacate();
        File.WriteAllBytes(_mark, []);
        if (Directory.Exists(part))
        {
            MoveFolder(part);
        }
        else
        {
            File.Move(part, _target, overwrite: true);
        }
    }

    public void Dispose()
    {
        if (Directory.Exists(_folder))
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    /// <summary>The way to a part leads through no symlink, and none of the part's own leads out of it where it will lie.</summary>
    private string PartOf(string subPath)
    {
        var part = Path.GetFullPath(Path.Join(Whole, subPath)).TrimEnd('/');
        if (!part.StartsWith(Whole + "/", StringComparison.Ordinal) || !Path.Exists(part))
        {
            throw new ExecutorException($"it has no {subPath} in it");
        }

        for (var at = part; at != Whole; at = Path.GetDirectoryName(at)!)
        {
            if (new FileInfo(at).LinkTarget is { } target)
            {
                throw new ExecutorException($"in it, {Path.GetRelativePath(Whole, at)} is a symlink to {target}: name the part by its own path");
            }
        }

        ContainedLinks.Require(part);
        return part;
    }

    private void Vacate()
    {
        if (File.Exists(_target))
        {
            File.Delete(_target);
        }
        else if (Directory.Exists(_target))
        {
            var delivered = File.Exists(_mark); // an earlier run of this init container was here
            if (!delivered && Directory.EnumerateFileSystemEntries(_target).Any())
            {
                throw new ExecutorException("a folder is there already, and it is not empty: name a path that is free");
            }

            Directory.Delete(_target, recursive: delivered);
        }
    }

    // Renaming a folder rewrites its "..", for which an ordinary user needs write permission on it.
    private void MoveFolder(string folder)
    {
        var mode = File.GetUnixFileMode(folder);
        File.SetUnixFileMode(folder, mode | UnixFileMode.UserWrite);
        Directory.Move(folder, _target);
        File.SetUnixFileMode(_target, mode);
    }

    private static void SetMode(string path, UnixFileMode mode, bool recurse)
    {
        if (recurse && Directory.Exists(path))
        {
            foreach (var entry in new DirectoryInfo(path).EnumerateFileSystemInfos().Where(entry => entry.LinkTarget is null))
            {
                SetMode(entry.FullName, mode, recurse);
            }
        }

        File.SetUnixFileMode(path, mode);
    }
}
