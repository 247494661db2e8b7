using System.Runtime.CompilerServices;
using Argosy.Cli.Client;
using Argosy.Cli.Manifests;
using Argosy.Cli.Trees;

namespace Argosy.Cli.Tests.Trees;

/// <summary>The workflows that a real controller has recorded, where they lie beside the checkout.</summary>
public sealed class RecordedWorkflowsTests
{
    public static TheoryData<string> Recorded
    {
        get
        {
            var folder = Folder();
            return Directory.Exists(folder) ? new(Directory.EnumerateFiles(folder, "*.yaml").Select(Path.GetFileName)!) : new("");
        }
    }

    [Theory]
    [MemberData(nameof(Recorded))]
    public void EveryPodOfARecordedWorkflow_HasItsLine(string file)
    {
        Assert.SkipWhen(file.Length == 0, $"{Folder()} is not there: recorded workflows are not printed");
        var workflow = new Workflow(ManifestText.Read(File.ReadAllText(Path.Combine(Folder(), file)))[0]);

        var drawn = NodeTree.Of(workflow)
            .SelectMany(tree => TreeLine.Draw(tree, NodeSelector.All))
            .Select(line => line.Node.Id)
            .ToList();

        Assert.Equal(drawn.Count, drawn.Distinct().Count());
        Assert.Empty(workflow.Nodes.Values.Where(node => node.Type == "Pod" && IsReachable(workflow, node)).Select(node => node.Id).Except(drawn));
    }

    // Some recordings have been cut: they name a boundary or an entrypoint that is not there.
    private static bool IsReachable(Workflow workflow, Node node)
    {
        for (var above = node; ; above = workflow.Nodes[above.BoundaryId])
        {
            if (above.BoundaryId.Length == 0)
            {
                return above.Name == workflow.Name || above.Name == $"{workflow.Name}.onExit"
                    || workflow.Nodes.Values.Any(root => root.Name == workflow.Name && root.Type == "Retry" && root.Children.Contains(above.Id));
            }

            if (!workflow.Nodes.TryGetValue(above.BoundaryId, out var boundary) || boundary.Type is not ("DAG" or "Steps"))
            {
                return false;
            }
        }
    }

    private static string Folder([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "..", "..", "shared", "argo", "recorded"));
}
