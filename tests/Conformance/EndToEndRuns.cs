using System.Text.Json.Nodes;
using Argosy.Engine.Simulation;
using Argosy.Engine.Workflows;

namespace Argosy.Conformance;

/// <summary>Manifests of upstream's end-to-end tests through the engine: the final phases that its tests demand.</summary>
public sealed class EndToEndRuns
{
    [Theory(SkipTestWithoutData = true)]
    [InlineData("functional/dag-empty-param.yaml", WorkflowPhase.Succeeded, "generate=[]")]
    [InlineData("functional/loop-sequence-empty.yaml", WorkflowPhase.Succeeded, "")]
    [InlineData("functional/dag-skipped-output-ref.yaml", WorkflowPhase.Error, "")]
    [InlineData("functional/dag-skipped-artifact-subpath-ref.yaml", WorkflowPhase.Error, "")]
    [InlineData("functional/dag-skipped-consumer-default.yaml", WorkflowPhase.Succeeded, "")]
    [InlineData("functional/dag-skipped-producer-default.yaml", WorkflowPhase.Succeeded, "")]
    [InlineData("functional/dag-skipped-withparam-default.yaml", WorkflowPhase.Succeeded, "")]
    [InlineData("functional/steps-skipped-output-ref.yaml", WorkflowPhase.Failed, "")]
    [InlineData("functional/steps-skipped-producer-default.yaml", WorkflowPhase.Succeeded, "")]
    [InlineData("functional/steps-skipped-withparam-ref.yaml", WorkflowPhase.Failed, "")]
    [InlineData("functional/dag-depends.yaml", WorkflowPhase.Succeeded, "F!")]
    [InlineData("functional/dag-when-expr-skip.yaml", WorkflowPhase.Succeeded, "")]
    [InlineData("functional/steps-when-expr-filter.yaml", WorkflowPhase.Succeeded, "")]
    [InlineData("synchronization/db-multiple.yaml", WorkflowPhase.Succeeded, "")]
    [InlineData("synchronization/db-mutex-tmpl-level.yaml", WorkflowPhase.Succeeded, "")]
    [InlineData("synchronization/db-mutex-wf-level-1.yaml", WorkflowPhase.Succeeded, "")]
    [InlineData("synchronization/mutex-tmpl-level.yaml", WorkflowPhase.Succeeded, "")]
    [InlineData("synchronization/semaphore-tmpl-level.yaml", WorkflowPhase.Succeeded, "")]
    [InlineData("expectedfailures/dag-exhausted-retries.yaml", WorkflowPhase.Failed, "*!")]
    [InlineData("expectedfailures/failed-retries.yaml", WorkflowPhase.Failed, "*!")]
    public void Manifest_RunThroughTheEngine_EndsAsUpstreamDemands(string file, WorkflowPhase expected, string outcomes)
    {
        Corpus.Require();

        Assert.Equal(expected, Run(file, outcomes).Phase);
    }

    [Fact]
    public void DagDepends_RunThroughTheEngine_RunsAndOmitsTheTasksThatUpstreamDoes()
    {
        Corpus.Require();
        var state = Run("functional/dag-depends.yaml", "F!");

        Assert.Equal(
            ["wf.F Failed", "wf.P Succeeded", "wf.should-execute-1 Succeeded", "wf.should-execute-2 Succeeded", "wf.should-execute-3 Succeeded", "wf.should-not-execute Omitted"],
            state.Nodes.Skip(1).Select(node => $"{node.Name} {node.Phase}").Order(StringComparer.Ordinal));
    }

    /// <param name="outcomes">Steps whose outcome matters: <c>name!</c> fails, <c>name=text</c> prints; <c>*</c> is any.</param>
    private static WorkflowState Run(string file, string outcomes)
    {
        var manifest = (JsonObject)Corpus.Read("e2e/" + file)[0].Json.DeepClone();
        manifest["metadata"]!["name"] = "wf";
        manifest["metadata"]!["uid"] = "uid";
        var told = outcomes.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return new Simulator(node => Outcome(node, told), _ => null).Run(manifest);
    }

    private static LeafOutcome Outcome(Node node, string[] told)
    {
        if (told.Contains("*!") || told.Contains(node.StepName + "!"))
        {
            return new LeafOutcome(NodePhase.Failed) { Message = "main: Error (exit code 1)" };
        }

        var printed = told.FirstOrDefault(outcome => outcome.StartsWith(node.StepName + "=", StringComparison.Ordinal));
        return new LeafOutcome(NodePhase.Succeeded)
        {
            Outputs = new NodeOutputs { Result = printed?[(node.StepName!.Length + 1)..], Parameters = node.StepName == "job1" ? [new ParameterValue("status", "SUCCESS")] : [] },
        };
    }
}
