using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;
using Argosy.ControlPlane.Archive;
using Argosy.ControlPlane.Resources;
using Argosy.Engine.Workflows;

namespace Argosy.ControlPlane.Workflows;

/// <summary>
/// How long the latest succeeded run of each cron and workflow template took. Read from the stored and the archived workflows once per
/// label; from then on the runs that end here are noted, so that a submission costs the same whatever ran before it.
/// </summary>
internal sealed class Baselines(IResources resources, WorkflowArchive archive, NodeStore nodes)
{
    private readonly ConcurrentDictionary<(string Namespace, string Label), JsonObject?> known = new();

    /// <param name="label"><c>key=value</c>.</param>
    public async ValueTask<JsonObject?> FindAsync(string @namespace, string label)
    {
        if (known.TryGetValue((@namespace, label), out var found))
        {
            return found;
        }

        var latest = await LatestAsync(@namespace, label);
        return known.GetOrAdd((@namespace, label), latest is null ? null : Estimation.Durations(latest));
    }

    private async Task<JsonObject?> LatestAsync(string @namespace, string label)
    {
        var stored = await resources.ListAsync(
            Kinds.Workflow, @namespace, $"{label},workflows.argoproj.io/phase=Succeeded", CancellationToken.None);
        var latest = stored.MaxBy(FinishedAt);
        var archived = await archive.ListAsync(@namespace, label, CancellationToken.None);
        var kept = archived.Where(workflow => workflow.Phase == "Succeeded").MaxBy(workflow => workflow.FinishedAt);
        return kept is not null && (latest is null || kept.FinishedAt > FinishedAt(latest)) ? await archive.FindAsync(kept.Uid, CancellationToken.None)
            : latest is null ? null
            : await nodes.CompleteAsync(latest, CancellationToken.None);
    }

    private static DateTimeOffset? FinishedAt(JsonObject workflow) =>
        DateTimeOffset.TryParse((string?)workflow["status"]?["finishedAt"], CultureInfo.InvariantCulture, out var at) ? at : null;

    /// <summary>A workflow has ended.</summary>
    /// <param name="workflow">Its object.</param>
    /// <param name="durations">How long it took; null: it did not succeed.</param>
    public void Note(string @namespace, JsonObject workflow, JsonObject? durations)
    {
        if (durations is null)
        {
            return;
        }

        foreach (var label in Estimation.Labels)
        {
            if ((string?)workflow["metadata"]?["labels"]?[label] is { } value)
            {
                known[(@namespace, $"{label}={value}")] = durations;
            }
        }
    }
}
