using System.Runtime.CompilerServices;
using Argosy.Contracts.Agents;
using Google.Protobuf.WellKnownTypes;

namespace Argosy.ClusterAgent.Embedded.Logs;

/// <summary>Reads one container's log as lines with times, and follows it to its end.</summary>
internal sealed class LogReader(LogIndex index, PodLogs? live, string container)
{
    private readonly LineAssembler _output = new(index.OutputFile);
    private readonly LineAssembler _error = new(index.ErrorFile);
    private int _marksRead;

    public async IAsyncEnumerable<LogLine> ReadAsync(LogRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var follow = request.Follow && live is not null;
        var since = request.Since?.ToDateTimeOffset() ?? DateTimeOffset.MinValue;
        foreach (var line in Tail(Written(last: !follow), since, request.TailLines))
        {
            yield return line;
        }

        while (follow)
        {
            // In this order: what comes between reading and waiting is then never missed.
            var change = live!.NextChange;
            var complete = live.IsComplete(container);
            foreach (var line in Written(last: complete))
            {
                yield return line;
            }

            if (complete)
            {
                yield break;
            }

            await change.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Writes what the container has said so far, both streams in their order, to a file of the folder, and answers the file.</summary>
    public async Task<string> WriteAsync(string folder, CancellationToken cancellationToken)
    {
        var path = Path.Join(folder, container + ".log");
        await using var file = new StreamWriter(path);
        foreach (var line in Written(last: true))
        {
            await file.WriteAsync((line.Text + "\n").AsMemory(), cancellationToken);
        }

        return path;
    }

    private static IEnumerable<LogLine> Tail(IEnumerable<LogLine> lines, DateTimeOffset since, long tail)
    {
        var wanted = lines.Where(line => line.Time.ToDateTimeOffset() >= since);
        return tail switch
        {
            < 0 => wanted,
            0 => Drained(wanted),
            _ => wanted.TakeLast((int)Math.Min(tail, int.MaxValue)),
        };
    }

    /// <summary>A tail of no lines still has to pass over those that are there.</summary>
    private static IEnumerable<LogLine> Drained(IEnumerable<LogLine> lines) => lines.Where(_ => false);

    /// <summary>The lines completed by the marks not read yet; at the end of a log also those without a newline.</summary>
    private IEnumerable<LogLine> Written(bool last)
    {
        var marks = index.Read();
        for (; _marksRead < marks.Count; _marksRead++)
        {
            var mark = marks[_marksRead];
            foreach (var text in _output.ReadTo(mark.Output).Concat(_error.ReadTo(mark.Error)))
            {
                yield return Line(mark.Time, text);
            }
        }

        if (last && marks.Count > 0)
        {
            foreach (var text in _output.Rest().Concat(_error.Rest()))
            {
                yield return Line(marks[^1].Time, text);
            }
        }
    }

    private static LogLine Line(DateTimeOffset time, string text) => new() { Time = Timestamp.FromDateTimeOffset(time), Text = text };
}
