using Argosy.Cli.Client;

namespace Argosy.Cli.Output;

/// <summary>Workflows as a table.</summary>
internal static class WorkflowList
{
    public static string Write(IReadOnlyList<Workflow> workflows, bool allNamespaces, bool wide, DateTimeOffset now)
    {
        if (workflows.Count == 0)
        {
            return "No workflows found" + Environment.NewLine;
        }

        List<string> header = ["NAME", "STATUS", "AGE", "DURATION", "PRIORITY", "MESSAGE"];
        if (wide)
        {
            header.AddRange(["PROGRESS", "PARAMETERS"]);
        }

        var table = new TextTable(3, [.. allNamespaces ? ["NAMESPACE"] : Array.Empty<string>(), .. header]);
        foreach (var workflow in workflows)
        {
            List<string> row =
            [
                workflow.Name,
                Phases.Describe(workflow),
                Durations.Short(workflow.CreatedAt, finish: null, now),
                workflow.StartedAt is null ? "0s" : Durations.Short(workflow.StartedAt, workflow.FinishedAt, now),
                workflow.Json.AnyText("spec", "priority") ?? "0",
                workflow.Message,
            ];
            if (wide)
            {
                row.AddRange([workflow.Progress, string.Join(',', workflow.Arguments.Select(pair => $"{pair.Name}={pair.Value}"))]);
            }

            table.Add([.. allNamespaces ? [workflow.Namespace] : Array.Empty<string>(), .. row]);
        }

        return table.ToString();
    }
}
