using System.Runtime.InteropServices;

namespace Argosy.Packing;

internal enum FileKind
{
    File,
    Directory,
    Symlink,

    /// <summary>A pipe, socket or device: opening one may block forever or answer without end.</summary>
    Special,
}

/// <summary>Tells what is at a path without opening it, which .NET only does for files, directories and symlinks.</summary>
internal static class FileKinds
{
    private const int NoSuchFile = 2; // ENOENT
    private const int FromWorkingDirectory = -100; // AT_FDCWD
    private const int NoFollow = 0x100; // AT_SYMLINK_NOFOLLOW
    private const uint WantType = 1; // STATX_TYPE
    private const int TypeMask = 0xF000; // S_IFMT
    private const int RegularFile = 0x8000; // S_IFREG

    /// <summary>The kind of the thing itself, not of what a symlink points to.</summary>
    public static FileKind Of(string path)
    {
        var attributes = File.GetAttributes(path);
        return attributes.HasFlag(FileAttributes.ReparsePoint) ? FileKind.Symlink
            : attributes.HasFlag(FileAttributes.Directory) ? FileKind.Directory
            : IsRegular(path, NoFollow) ? FileKind.File
            : FileKind.Special;
    }

    /// <exception cref="ArtifactFormatException">The path, symlinks followed, is not a regular file.</exception>
    public static void RequireFile(string path)
    {
        if (!IsRegular(path, flags: 0))
        {
            throw ArtifactFormatException.ForEntry(path, "is a pipe, socket or device: an artifact holds files, directories and symlinks");
        }
    }

    public static FileStream OpenForPacking(string path) =>
        new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 1, useAsync: true);

    private static bool IsRegular(string path, int flags)
    {
        if (!OperatingSystem.IsLinux())
        {
            return true;
        }

        if (Statx(FromWorkingDirectory, path, flags, WantType, out var status) != 0)
        {
            throw Marshal.GetLastPInvokeError() == NoSuchFile
                ? new FileNotFoundException($"no file or directory at {path}", path)
                : new IOException($"cannot examine {path}: {Marshal.GetLastPInvokeErrorMessage()}");
        }

        return (status.Mode & TypeMask) == RegularFile;
    }

    // statx, unlike stat, has one layout on every architecture and C library.
    [DllImport("libc", EntryPoint = "statx", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Statx(
        int directory, [MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags, uint mask, out StatxStatus status);

    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct StatxStatus
    {
        [FieldOffset(28)]
        public ushort Mode;
    }
}
