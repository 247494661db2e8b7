namespace Argosy.ControlPlane.Storage;

/// <summary>Files that only their owner may read: keys, tokens, kubeconfigs.</summary>
internal static class PrivateFile
{
    /// <summary>Writes the file under its name at once or not at all, with mode 0600 from its first byte on.</summary>
    public static void Create(string path, string content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        var unfinished = $"{path}.{Guid.NewGuid():N}";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using (var writer = new StreamWriter(unfinished, options))
        {
            writer.Write(content);
        }

        File.Move(unfinished, path, overwrite: true);
    }
}
