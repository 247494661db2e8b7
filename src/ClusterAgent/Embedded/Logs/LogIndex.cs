using System.Globalization;

namespace Argosy.ClusterAgent.Embedded.Logs;

/// <summary>How much a container had written at an instant, in bytes per stream.</summary>
internal readonly record struct LogMark(DateTimeOffset Time, long Output, long Error);

/// <summary>
/// A container writes its two streams straight into two files: nothing stands between it and its log, not even the agent's life. This
/// index, kept beside them, remembers when how much had been written, which gives lines their times and the streams their order.
/// </summary>
internal sealed class LogIndex(string logs, string container)
{
    private LogMark _last;

    public string OutputFile { get; } = Path.Join(logs, container + ".out");

    public string ErrorFile { get; } = Path.Join(logs, container + ".err");

    private string IndexFile { get; } = Path.Join(logs, container + ".index");

    /// <summary>Takes note of what was written since the last time; false when there was nothing.</summary>
    public bool Advance(DateTimeOffset now)
    {
        var mark = new LogMark(now, Length(OutputFile), Length(ErrorFile));
        if (mark.Output == _last.Output && mark.Error == _last.Error)
        {
            return false;
        }

        File.AppendAllText(
            IndexFile, string.Create(CultureInfo.InvariantCulture, $"{mark.Time.ToUnixTimeMilliseconds()} {mark.Output} {mark.Error}\n"));
        _last = mark;
        return true;
    }

    /// <summary>Takes up the index of an earlier life of the agent: what nobody noted then was written when the files last changed.</summary>
    public void Recover()
    {
        _last = Read() is [.., var last] ? last : default;
        if (File.Exists(OutputFile))
        {
            Advance(new DateTimeOffset(File.GetLastWriteTimeUtc(OutputFile), TimeSpan.Zero));
        }
    }

    /// <summary>The marks so far, oldest first.</summary>
    public IReadOnlyList<LogMark> Read()
    {
        if (!File.Exists(IndexFile))
        {
            return [];
        }

        using var file = new FileStream(IndexFile, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(file);
        var lines = reader.ReadToEnd().Split('\n');

        // What follows the last newline is a mark that is being written.
        return [.. lines[..^1].Select(Parse)];
    }

    private static LogMark Parse(string line)
    {
        var fields = line.Split(' ').Select(field => long.Parse(field, CultureInfo.InvariantCulture)).ToArray();
        return new LogMark(DateTimeOffset.FromUnixTimeMilliseconds(fields[0]), fields[1], fields[2]);
    }

    private static long Length(string file)
    {
        var info = new FileInfo(file);
        return info.Exists ? info.Length : 0;
    }
}
