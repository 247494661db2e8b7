using System.Globalization;

namespace Argosy.Executor.Containers;

/// <summary>
/// How the wrapped containers of a pod know of each other, in the folder they share:
/// <code>
/// ctr/NAME/alive     locked for as long as the container's executor lives
/// ctr/NAME/exitcode  how it ended
/// </code>
/// A container that was killed whole, as for want of memory, leaves no exit code; its lock is gone all the same.
/// </summary>
internal sealed class ContainerMarks(string shared, TimeProvider time)
{
    private const UnixFileMode ForAll = (UnixFileMode)0b111_111_111; // containers of a pod may run as different users
    private const UnixFileMode ReadableByAll = (UnixFileMode)0b110_100_100;

    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(100);

    private string Folder => Path.Combine(shared, "ctr");

    /// <summary>Removes what an earlier life of the pod left, and makes the folder that every user of the pod may write to.</summary>
    public void Reset()
    {
        if (Directory.Exists(Folder))
        {
            Directory.Delete(Folder, recursive: true);
        }

        Directory.CreateDirectory(Folder);
        File.SetUnixFileMode(Folder, ForAll);
    }

    /// <summary>Says that a container lives, until this is disposed of or the process ends.</summary>
    public IDisposable MarkAlive(string container)
    {
        Directory.CreateDirectory(Path.Combine(Folder, container));
        var alive = Alive(container);
        var locked = new FileStream(alive + ".new", new FileStreamOptions
        {
            Mode = FileMode.Create, Access = FileAccess.Write, Share = FileShare.None, UnixCreateMode = ReadableByAll,
        });
        File.Move(alive + ".new", alive, overwrite: true); // it is never seen unlocked
        return locked;
    }

    public void MarkEnded(string container, int exitCode)
    {
        var mark = ExitCode(container);
        File.WriteAllText(mark + ".new", exitCode.ToString(CultureInfo.InvariantCulture));
        File.SetUnixFileMode(mark + ".new", ReadableByAll);
        File.Move(mark + ".new", mark, overwrite: true);
    }

    /// <summary>Waits for a container's end and answers how it ended.</summary>
    public async Task<int> EndOfAsync(string container, CancellationToken cancellationToken)
    {
        while (true)
        {
            // In this order: whoever dies between the two looks has left its exit code, if it ever does.
            var dead = IsDead(container);
            if (ReadExitCode(container) is { } code)
            {
                return code;
            }

            if (dead)
            {
                return ExitCodes.Killed;
            }

            await Task.Delay(LookAgain, time, cancellationToken);
        }
    }

    private string Alive(string container) => Path.Combine(Folder, container, "alive");

    private string ExitCode(string container) => Path.Combine(Folder, container, "exitcode");

    private int? ReadExitCode(string container)
    {
        var mark = ExitCode(container);
        return File.Exists(mark) && int.TryParse(File.ReadAllText(mark), CultureInfo.InvariantCulture, out var code) ? code : null;
    }

    private bool IsDead(string container)
    {
        try
        {
            using var unlocked = new FileStream(Alive(container), FileMode.Open, FileAccess.Read, FileShare.Read);
            return true;
        }
        catch (IOException)
        {
            return false; // locked, or not begun
        }
    }
}
