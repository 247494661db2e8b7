using System.Text.RegularExpressions;
using Argosy.ClusterAgent.Embedded.Attempts;
using Argosy.ClusterAgent.Embedded.Logs;

namespace Argosy.ClusterAgent.Embedded.Runs;

/// <summary>Looks at what a running pod writes: its logs' growth and its progress file.</summary>
internal sealed partial class PodWatch(AttemptFolder folder, PodStatus status, PodLogs logs, TimeProvider time, Action progressed)
{
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(PodLogs.Precision, time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                logs.Advance();
                if (ReadProgress())
                {
                    progressed();
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The pod is over.
        }
    }

    /// <summary>Takes the last line of the form "N/M"; false when there is nothing new.</summary>
    public bool ReadProgress()
    {
        var file = Path.Join(folder.Argo, "progress");
        try
        {
            var line = File.Exists(file) ? File.ReadAllText(file).TrimEnd().Split('\n')[^1] : "";
            return Progress().IsMatch(line) && status.Progressed(line);
        }
        catch (IOException)
        {
            return false;
        }
    }

    [GeneratedRegex(@"^\d+/\d+$")]
    private static partial Regex Progress();
}
