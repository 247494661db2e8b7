using System.Globalization;

namespace Argosy.ControlPlane.Hosting;

/// <summary>
/// The hub's data directory, held by one process at a time. The kernel lets go of it when the process ends, however it ends.
/// </summary>
internal sealed class DataDirectory : IDisposable
{
    private readonly FileStream held;

    private DataDirectory(FileStream held) => this.held = held;

    /// <summary>Makes the directory where it lacks, for its owner alone, and takes hold of it.</summary>
    /// <exception cref="DataDirectoryInUseException">Another hub works on it.</exception>
    public static DataDirectory Open(string path)
    {
        Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var file = Path.Combine(path, "hub.lock");
        try
        {
            var held = new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            held.SetLength(0);
            held.Write(System.Text.Encoding.ASCII.GetBytes(Environment.ProcessId.ToString(CultureInfo.InvariantCulture)));
            held.Flush();
            return new DataDirectory(held);
        }
        catch (IOException exception) when (exception is not (DirectoryNotFoundException or PathTooLongException))
        {
            throw new DataDirectoryInUseException(path, exception);
        }
    }

    public void Dispose() => held.Dispose();
}

/// <summary>Another hub works on this data directory.</summary>
public sealed class DataDirectoryInUseException(string path, Exception cause)
    : IOException($"another hub is using {path}: stop it, or choose another folder", cause);
