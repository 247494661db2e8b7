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
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <param name="pod">Finds the pod; null: it is not there (any more).</param>
    public async IAsyncEnumerable<LogLine> ReadAsync(
        LogRequest request, Func<CancellationToken, Task<JsonObject?>> pod, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var since = request.Since?.ToDateTimeOffset();
        int? tail = request.TailLines >= 0 ? (int)Math.Min(request.TailLines, int.MaxValue) : null;
        LogLine? last = null;
        while (await pod(cancellationToken) is { } present)
        {
            var container = request.Container.Length > 0 ? request.Container : DefaultOf(present);
            var query = new PodLogQuery(container)
            {
                Follow = request.Follow, Timestamps = true, SinceTime = last?.Time.ToDateTimeOffset() ?? since, TailLines = last is null ? tail : null,
            };
            var read = last; // the server begins anew with the whole second
            await foreach (var line in OnceAsync(present, query, cancellationToken))
            {
                if (read is null || line.Time.CompareTo(read.Time) > 0)
                {
                    last = line;
                    yield return line;
                }
            }

            if (!request.Follow || await pod(cancellationToken) is not { } now || HasEnded(now, container))
            {
                yield break;
            }

            await Task.Delay(Pause, time, cancellationToken);
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
    private async IAsyncEnumerable<LogLine> OnceAsync(JsonObject pod, PodLogQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Stream stream;
        try
        {
            stream = await client.ReadLogAsync(pod.Namespace(), pod.Name(), query, cancellationToken);
        }
        catch (KubernetesException refusal) when (refusal.IsNotFound || refusal.Code == 400 || (query.Follow && refusal.IsTransient))
        {
            yield break;
        }

        using var reader = new StreamReader(stream);
        while (await LineAsync(reader, query.Follow, cancellationToken) is { } line)
        {
            yield return Read(line);
        }
    }

    private static async Task<string?> LineAsync(StreamReader reader, bool mayBreakOff, CancellationToken cancellationToken)
    {
        try
        {
            return await reader.ReadLineAsync(cancellationToken);
        }
        catch (IOException) when (mayBreakOff)
        {
            return null;
        }
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
