using System.Globalization;
using System.Text.Json.Nodes;

namespace Argosy.ControlPlane.Resources.Tables;

/// <summary>What <c>kubectl get pods</c> says about a pod.</summary>
internal static class PodCells
{
    public static string Ready(JsonObject pod)
    {
        var statuses = Containers(pod).ToList();
        var all = Math.Max((pod["spec"]?["containers"] as JsonArray)?.Count ?? 0, statuses.Count);
        return $"{statuses.Count(status => status["ready"]?.ToString() == "true")}/{all}";
    }

    public static string Status(JsonObject pod)
    {
        if (pod.IsDeleting())
        {
            return "Terminating";
        }

        var waiting = Containers(pod).Select(status => status["state"]?["waiting"]?["reason"]?.ToString()).FirstOrDefault(reason => reason is not null);
        var phase = TableColumns.At(pod, "status.phase");
        return TableColumns.At(pod, "status.reason") ?? waiting ?? (phase == "Succeeded" ? "Completed" : phase) ?? "Unknown";
    }

    public static string Restarts(JsonObject pod) =>
        Containers(pod).Sum(status => long.TryParse(status["restartCount"]?.ToString(), out var count) ? count : 0)
            .ToString(CultureInfo.InvariantCulture);

    private static IEnumerable<JsonObject> Containers(JsonObject pod) =>
        (pod["status"]?["containerStatuses"] as JsonArray ?? []).OfType<JsonObject>();
}
