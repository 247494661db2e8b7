namespace Argosy.Cli.Manifests;

/// <summary>The kinds that can be linted, by the names that users type.</summary>
internal static class LintKinds
{
    private static readonly string[] All = ["Workflow", "WorkflowTemplate", "ClusterWorkflowTemplate", "CronWorkflow"];

    /// <exception cref="CommandException">There is no such kind.</exception>
    public static IReadOnlyList<string> Parse(IEnumerable<string> names)
    {
        var wanted = names.SelectMany(name => name.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)).ToList();
        return wanted.Count == 0 || wanted.Contains("all") ? All : [.. wanted.Select(Kind)];
    }

    private static string Kind(string name) =>
        Array.Find(All, kind => string.Equals(kind, name, StringComparison.OrdinalIgnoreCase)
            || string.Equals(kind + "s", name, StringComparison.OrdinalIgnoreCase)
            || Short(kind) == name)
        ?? throw new CommandException($"--kinds {name}: unknown kind; use {string.Join(", ", All.Select(kind => kind.ToLowerInvariant() + "s"))} or all");

    private static string Short(string kind) => kind switch
    {
        "Workflow" => "wf",
        "WorkflowTemplate" => "wftmpl",
        "ClusterWorkflowTemplate" => "cwft",
        _ => "cwf",
    };
}
