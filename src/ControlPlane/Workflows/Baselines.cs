using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Argosy.ControlPlane.Resources;
using Argosy.Engine.Workflows;

namespace Argosy.ControlPlane.Workflows;

/// <summary>
/// How long the latest succeeded run of each cron and workflow template took. Read from the stored workflows once per label; from then on
/// the runs that end here are noted, so that a submission costs the same whatever ran before it.
/// </summary>
internal sealed class Baselines(IResources resources)
{
    private readonly ConcurrentDictionary<(string Namespace, string Label), JsonObject?> known = new();

    /// <param name="label"><c>key=value</c>.</param>
    public async ValueTask<JsonObject?> FindAsync(string @namespace, string label)
    {
        if (known.TryGetValue((@namespace, label), out var found))
        {
            return found;
        }

        var succeeded = await resources.ListAsync(
            Kinds.Workflow, @namespace, $"{label},workflows.argoproj.io/phase=Succeeded", CancellationToken.None);
        var latest = succeeded.MaxBy(workflow => (string?)workflow["status"]?["finishedAt"], StringComparer.Ordinal);
        return known.GetOrAdd((@namespace, label), latest is null ? null : Estimation.Durations(latest));
    }

    /// <summary>A workflow has ended.</summary>
    /// <param name="workflow">Its object, with its status.</param>
    public void Note(string @namespace, JsonObject workflow)
    {
        if ((string?)workflow["status"]?["phase"] != "Succeeded" || Estimation.Durations(workflow) is not { } durations)
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
