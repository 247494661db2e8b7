using System.Globalization;
using Argosy.Contracts.Agents;
using Google.Protobuf;

namespace Argosy.ClusterAgent.Embedded.Attempts;

/// <summary>
/// All that is known of one attempt, on disk, so that a killed agent's successor can tell how far it came:
/// <list type="bullet">
/// <item><c>intent.json</c>: it was accepted.</item>
/// <item><c>started</c>: its command may have run; made exactly once, before the first container starts.</item>
/// <item><c>exits/NAME</c>: a container ended, with this code.</item>
/// <item><c>cancelled.json</c>: it is not wanted any more.</item>
/// <item><c>result.json</c>: it is over; the final report.</item>
/// <item><c>released</c>: the hub needs it no more; only its logs are kept.</item>
/// </list>
/// </summary>
internal sealed class AttemptFolder(string path)
{
    /// <summary>Where the pod's /tmp is.</summary>
    public const string Temporary = "tmp";

    public string Path { get; } = path;

    public string Volumes => In("volumes");

    /// <summary>What the pod sees at /var/run/argo.</summary>
    public string Argo => In("argo");

    public string Logs => In("logs");

    private string Exits => In("exits");

    private string Intent => In("intent.json");

    private string Started => In("started");

    private string Cancelled => In("cancelled.json");

    private string Result => In("result.json");

    private string Released => In("released");

    public bool WasReleased => File.Exists(Released);

    /// <summary>The folder of all attempts of one workflow.</summary>
    public static string NameOf(string workflowUid) => Uri.EscapeDataString(workflowUid);

    /// <summary>Files of an attempt are found by its key alone.</summary>
    public static string NameOf(AttemptKey key) => System.IO.Path.Join(
        NameOf(key.WorkflowUid),
        string.Create(CultureInfo.InvariantCulture, $"{Uri.EscapeDataString(key.NodeId)}.g{key.Generation}.a{key.Attempt}"));

    /// <summary>A container's own folder under <see cref="Argo"/>.</summary>
    public string ContainerFolder(string container) => System.IO.Path.Join(Argo, "ctr", container);

    public void Create(PodIntent intent)
    {
        foreach (var folder in new[] { Path, Volumes, Argo, Logs, Exits })
        {
            Directory.CreateDirectory(folder);
        }

        WriteWhole(Intent, intent);
    }

    /// <summary>An empty /tmp for the pod, with mount points for those of its volumes that lie below.</summary>
    public string CreateTemporary(IEnumerable<(string Path, bool IsFile)> mounts)
    {
        var temporary = In(Temporary);
        Directory.CreateDirectory(temporary);
        foreach (var (path, isFile) in mounts.Where(mount => mount.Path.StartsWith("/tmp/", StringComparison.Ordinal)))
        {
            var point = System.IO.Path.Join(temporary, path["/tmp/".Length..]);
            Directory.CreateDirectory(isFile ? System.IO.Path.GetDirectoryName(point)! : point);
            if (isFile)
            {
                File.WriteAllText(point, "");
            }
        }

        const UnixFileMode everybody = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
            | UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
            | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute | UnixFileMode.StickyBit;
        File.SetUnixFileMode(temporary, everybody);
        return temporary;
    }

    /// <summary>Null when the agent was killed before the record was whole: the hub was then never told of it.</summary>
    public PodIntent? ReadIntent() => Read(Intent, PodIntent.Parser);

    /// <summary>
    /// Takes the one right to start this attempt's commands.
    /// </summary>
    /// <exception cref="IOException">It was taken before; nothing may be started.</exception>
    public void MarkStarted(DateTimeOffset now)
    {
        using var marker = new StreamWriter(new FileStream(Started, FileMode.CreateNew, FileAccess.Write));
        marker.Write(now.ToString("O", CultureInfo.InvariantCulture));
    }

    public bool WasStarted => File.Exists(Started);

    public DateTimeOffset? StartedAt =>
        WasStarted && DateTimeOffset.TryParse(File.ReadAllText(Started), CultureInfo.InvariantCulture, out var started) ? started : null;

    public void WriteCancelled(CancelIntent cancel) => WriteWhole(Cancelled, cancel);

    public CancelIntent? ReadCancelled() => Read(Cancelled, CancelIntent.Parser);

    public void WriteResult(NodeReport report) => WriteWhole(Result, report);

    public NodeReport? ReadResult() => Read(Result, NodeReport.Parser);

    /// <summary>A container's exit code and when it ended; null while it has none.</summary>
    public (int Code, DateTimeOffset At)? ReadExit(string container)
    {
        var file = new FileInfo(System.IO.Path.Join(Exits, container));
        if (!file.Exists)
        {
            return null;
        }

        var text = File.ReadAllText(file.FullName);
        return text.EndsWith('\n') && int.TryParse(text, CultureInfo.InvariantCulture, out var code)
            ? (code, new DateTimeOffset(file.LastWriteTimeUtc, TimeSpan.Zero))
            : null;
    }

    /// <summary>Whether the container ended because this machine does not have its command.</summary>
    public bool SaysCommandNotFound(string container) =>
        File.Exists(System.IO.Path.Join(ContainerFolder(container), Supervision.ContainerScript.NotFoundFile));

    /// <summary>Removes all but the logs. Killed half way, it is finished by nobody: what is left is only in the way of the disk.</summary>
    public void Release()
    {
        File.WriteAllText(Released, "");
        foreach (var entry in new DirectoryInfo(Path).EnumerateFileSystemInfos())
        {
            if (entry.FullName == Logs || entry.FullName == Released)
            {
                continue;
            }

            if (entry is DirectoryInfo { LinkTarget: null })
            {
                Views.FolderRemoval.Remove(entry.FullName);
            }
            else
            {
                entry.Delete();
            }
        }
    }

    private string In(string name) => System.IO.Path.Join(Path, name);

    private static void WriteWhole(string file, IMessage message)
    {
        var draft = file + ".new";
        File.WriteAllText(draft, JsonFormatter.Default.Format(message));
        File.Move(draft, file, overwrite: true);
    }

    private static T? Read<T>(string file, MessageParser<T> parser)
        where T : class, IMessage<T> => File.Exists(file) ? parser.ParseJson(File.ReadAllText(file)) : null;
}
