using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Argosy.ClusterAgent.Kubernetes.Api;
using Argosy.Contracts.Agents;
using Google.Protobuf.WellKnownTypes;

namespace Argosy.ClusterAgent.Kubernetes.Pods;

/// <summary>
/// Reads a container's log from its cluster, line by line with its times, and goes on where it stopped when the API server breaks off.
/// </summary>
internal sealed class PodLogReader(KubernetesClient client, TimeProvider time)
{
    // Of readings on end of a container that is over; before that, a log is waited for as long as somebody follows it.
    private const int MostRefusals = 5;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <param name="pod">Finds the pod; null: it is not there (any more).</param>
    public async IAsyncEnumerable<LogLine> ReadAsync(
        LogRequest request, Func<CancellationToken, Task<JsonObject?>> pod, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var since = request.Since?.ToDateTimeOffset();
        int? tail = request.TailLines >= 0 ? (int)Math.Min(request.TailLines, int.MaxValue) : null;
        LogLine? last = null;
        var given = 0; // of the last one's moment: parts of one line have one, and lines may
        var refusals = 0;
        while (await pod(cancellationToken) is { } present)
        {
            var container = request.Container.Length > 0 ? request.Container : DefaultOf(present);
            var query = new PodLogQuery(container)
            {
                Follow = request.Follow, Timestamps = true, SinceTime = last?.Time.ToDateTimeOffset() ?? since, TailLines = last is null ? tail : null,
            };
            var hadEnded = HasEnded(present, container);
            var reading = new Reading { MayBeRefused = request.Follow && (!hadEnded || refusals < MostRefusals) };
            var (read, known) = (last, given); // the server begins anew with the whole second
            await foreach (var line in OnceAsync(present, query, reading, cancellationToken))
            {
                var order = read is null ? 1 : line.Time.CompareTo(read.Time);
                if (order > 0 || (order == 0 && known-- <= 0))
                {
                    given = last is not null && line.Time.Equals(last.Time) ? given + 1 : 1;
                    last = line;
                    yield return line;
                }
            }

            // A reading that began before the container's end, or broke off, may lack what was written last.
            if (!request.Follow || (hadEnded && reading.IsWhole))
            {
                yield break;
            }

            refusals = reading.IsWhole ? 0 : refusals + 1;
            if (!reading.IsWhole || await pod(cancellationToken) is not { } now || !HasEnded(now, container))
            {
                await Task.Delay(Pause, time, cancellationToken);
            }
        }
    }

    private static string DefaultOf(JsonObject pod)
    {
        var mains = (pod.Annotation(PodMarks.Mains) ?? "main").Split(',');
        return mains.Contains("main") ? "main" : mains[0];
    }

    /// <summary>Whether nothing more will be written: the container is over, or its pod is without it.</summary>
    private static bool HasEnded(JsonObject pod, string container) =>
        pod.Text("status", "phase") is "Succeeded" or "Failed"
        || pod.Items("status", "containerStatuses").Concat(pod.Items("status", "initContainerStatuses"))
            .Any(status => status.Text("name") == container && status["state"]?["terminated"] is not null);

    /// <summary>One reading; it ends, without a failure, where the server ends it. A container that has not started has nothing to read.</summary>
    private async IAsyncEnumerable<LogLine> OnceAsync(
        JsonObject pod, PodLogQuery query, Reading reading, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Stream stream;
        try
        {
            stream = await client.ReadLogAsync(pod.Namespace(), pod.Name(), query, cancellationToken);
        }
        catch (KubernetesException refusal) when (refusal.IsNotFound || refusal.Code == 400)
        {
            yield break;
        }
        catch (KubernetesException refusal) when (refusal.IsTransient && reading.MayBeRefused)
        {
            reading.IsWhole = false;
            yield break;
        }

        using var lines = new LogLines(stream);
        var at = new Timestamp();
        while (await NextAsync(lines, reading, cancellationToken) is { } part)
        {
            var line = part.GoesOn ? new LogLine { Time = at, Text = part.Text } : Read(part.Text);
            at = line.Time;
            yield return line;
        }
    }

    private static async Task<(bool GoesOn, string Text)?> NextAsync(LogLines lines, Reading reading, CancellationToken cancellationToken)
    {
        try
        {
            return await lines.NextAsync(cancellationToken);
        }
        catch (IOException) when (reading.MayBeRefused)
        {
            reading.IsWhole = false;
            return null;
        }
    }

    /// <summary>How one reading went.</summary>
    private sealed class Reading
    {
        public bool MayBeRefused { get; init; }

        /// <summary>The server ended it, nothing else did.</summary>
        public bool IsWhole { get; set; } = true;
    }

    private static LogLine Read(string line)
    {
        var at = line.IndexOf(' ', StringComparison.Ordinal);
        return at > 0 && DateTimeOffset.TryParse(line[..at], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var written)
            ? new LogLine { Time = Exact(written, line[..at]), Text = line[(at + 1)..] }
            : new LogLine { Time = new Timestamp(), Text = line };
    }

    // Two lines may be written within 100 ns, which is all that .NET's time can tell apart.
    private static Timestamp Exact(DateTimeOffset written, string text)
    {
        var stamp = Timestamp.FromDateTimeOffset(written);
        var dot = text.IndexOf('.', StringComparison.Ordinal);
        if (dot > 0)
        {
            var digits = new string([.. text.Skip(dot + 1).TakeWhile(char.IsAsciiDigit)]).PadRight(9, '0')[..9];
            stamp.Nanos = int.Parse(digits, CultureInfo.InvariantCulture);
        }

        return stamp;
    }
}
