using System.Runtime.InteropServices;

namespace Argosy.ControlPlane.Artifacts;

/// <summary>File operations whose effect outlives a loss of power, which renaming and creating do not by themselves.</summary>
internal static class DurableFiles
{
    private const int ReadOnly = 0; // O_RDONLY

    /// <summary>Puts a finished file in place of whatever is there: a reader sees the old content or the new.</summary>
    public static void Publish(string finished, string path)
    {
        MakeFolder(Path.GetDirectoryName(path)!);
        File.Move(finished, path, overwrite: true);
        FlushFolder(Path.GetDirectoryName(path)!);
    }

    public static void Write(string temporary, string path, ReadOnlySpan<byte> content)
    {
        using (var file = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            file.Write(content);
            file.Flush(flushToDisk: true);
        }

        Publish(temporary, path);
    }

    public static void CreateEmpty(string path)
    {
        MakeFolder(Path.GetDirectoryName(path)!);
        using (new FileStream(path, FileMode.OpenOrCreate))
        {
        }

        FlushFolder(Path.GetDirectoryName(path)!);
    }

    public static void Delete(string path)
    {
        if (File.Exists(path))
        {
            File.Delete(path);
            FlushFolder(Path.GetDirectoryName(path)!);
        }
    }

    private static void MakeFolder(string folder)
    {
        if (!Directory.Exists(folder))
        {
            Directory.CreateDirectory(folder);
            FlushFolder(Path.GetDirectoryName(folder)!);
        }
    }

    // .NET opens no directories, so fsync is called on one directly.
    private static void FlushFolder(string folder)
    {
        var descriptor = Open(folder, ReadOnly);
        if (descriptor < 0)
        {
            throw new IOException($"cannot open {folder}: {Marshal.GetLastPInvokeErrorMessage()}");
        }

        var flushed = Flush(descriptor);
        var problem = Marshal.GetLastPInvokeErrorMessage();
        _ = Close(descriptor);
        if (flushed != 0)
        {
            throw new IOException($"cannot flush {folder} to disk: {problem}");
        }
    }

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Flush(int descriptor);

    [DllImport("libc", EntryPoint = "close")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Close(int descriptor);
}
