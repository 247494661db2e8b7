using System.Text.Json.Nodes;
using Argosy.Engine.Cron;

namespace Argosy.Engine.Tests.Cron;

/// <summary>The cron workflow "nightly" of the red team.</summary>
internal static class GivenCron
{
    public static CronWorkflow With(string spec, string status = "{}", string? lastSchedule = null)
    {
        var annotations = new JsonObject { ["note"] = "mine", ["team"] = "hidden by the label" };
        if (lastSchedule is not null)
        {
            annotations[CronWorkflow.LastScheduleAnnotation] = lastSchedule;
        }

        return new CronWorkflow(new JsonObject
        {
            ["apiVersion"] = "argoproj.io/v1alpha1",
            ["kind"] = "CronWorkflow",
            ["metadata"] = new JsonObject
            {
                ["name"] = "nightly",
                ["namespace"] = "kitchen",
                ["uid"] = "cron-uid",
                ["creationTimestamp"] = "2026-01-01T00:00:00Z",
                ["labels"] = new JsonObject { ["team"] = "red", ["workflows.argoproj.io/creator"] = "ada" },
                ["annotations"] = annotations,
            },
            ["spec"] = JsonNode.Parse(spec),
            ["status"] = JsonNode.Parse(status),
        });
    }
}
