using System.Text;
using Argosy.Cli.Client;

namespace Argosy.Cli.Output;

/// <summary>What is left of a run: how it ended, and what it gave.</summary>
internal static class RunSummary
{
    public static string Write(Workflow workflow)
    {
        var text = new StringBuilder().AppendLine();
        var duration = workflow is { StartedAt: { } started, FinishedAt: { } finished } ? $" in {Durations.Long(finished - started)}" : "";
        var clusters = workflow.Clusters.Count > 0 ? $" on {string.Join(" and ", workflow.Clusters)}" : "";
        text.AppendLine($"{Phases.Of(workflow.Phase).Icon} {workflow.Name} {workflow.Phase}{duration}{clusters}");
        if (workflow.Message.Length > 0)
        {
            text.AppendLine($"  {workflow.Message}");
        }

        var outputs = new TextTable(2);
        var count = 0;
        foreach (var (name, value) in workflow.OutputParameters
            .Concat(workflow.OutputArtifacts.Select(artifact => (Name: artifact.Text("name") ?? "", Value: ArtifactPlace.Describe(artifact)))))
        {
            outputs.Add($"  {name}:", value.TrimEnd().ReplaceLineEndings(Environment.NewLine + "    "));
            count++;
        }

        return count == 0 ? text.ToString() : text.AppendLine().AppendLine("Outputs").Append(outputs).ToString();
    }
}
