using System.Text.Json.Nodes;
using Argosy.Engine.Workflows;

namespace Argosy.Conformance;

/// <summary>Each recorded workflow is taken up as it is, and the user's verbs do to it what the reference says.</summary>
public sealed class RecordedRunTests(ITestOutputHelper output)
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch.AddYears(57);

    public static TheoryData<string> Files => Corpus.Root is null ? new TheoryData<string>("none") : [.. RecordedRuns.Files];

    [Fact]
    public void Corpus_HasFiftySixRecordedRuns()
    {
        Corpus.Require();
        Assert.Equal(56, RecordedRuns.Files.Count());
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void RecordedStatus_TakenUpAndShown_IsTheSame(string file)
    {
        Corpus.Require();
        var manifest = RecordedRuns.Manifest(file);
        var shown = WorkflowStatusView.Render(RecordedRuns.Loaded(manifest));

        Assert.True(JsonNode.DeepEquals(manifest["status"], shown), $"recorded {manifest["status"]!.ToJsonString()}\nshown    {shown.ToJsonString()}");
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void RecordedStatus_TakenUp_GivesEachNodeItsOwner(string file)
    {
        Corpus.Require();
        var manifest = RecordedRuns.Manifest(file);
        var state = RecordedRuns.Loaded(manifest);
        foreach (var node in state.Nodes)
        {
            var owner = state.At(node.Owner);
            var expected = node.Type switch
            {
                _ when node.Name == state.Name || node.Name == $"{state.Name}.onExit" => null,
                NodeType.StepGroup => node.Name[..node.Name.LastIndexOf('[')],
                _ when node.Is(NodeFlags.Retried) => node.Name[..node.Name.LastIndexOf('(')],
                _ => owner?.Name,
            };
            Assert.Equal(expected, owner?.Name);
            Assert.True(owner is null || owner.Index < node.Index);
        }
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Retry_ForgetsFailuresAndWhatCameAfter_KeepsSuccess_AndRunsOnToSuccess(string file)
    {
        Corpus.Require();
        var manifest = RecordedRuns.Ended(file);
        var nodes = RecordedRuns.Nodes(manifest);
        var name = (string)manifest["metadata"]!["name"]!;
        var state = RecordedRuns.Loaded(manifest);
        if (state.Phase == WorkflowPhase.Succeeded)
        {
            Assert.Equal(
                "To retry a succeeded workflow, set the options restartSuccessful and nodeFieldSelector",
                WorkflowDecider.Decide(state, new RetryAsked(false, null, []), Now).Refusal);
            return;
        }

        var failed = nodes.Where(pair => RecordedRuns.IsFailed(pair.Value) && RecordedRuns.IsExecution(pair.Value)
            && !RecordedRuns.IsOfExit(pair.Value, name)).Select(pair => pair.Key).Where(id => !CarriedOnFrom(nodes, id)).ToHashSet();
        var downstream = failed.SelectMany(id => RecordedRuns.Descendants(nodes, id)).Where(nodes.ContainsKey).ToHashSet();
        var before = state.Nodes.ToDictionary(node => node.Index, node => state.IdOf(node));
        var decision = WorkflowDecider.Decide(state, new RetryAsked(false, null, []), Now);
        var retried = Assert.Single(decision.Facts.OfType<WorkflowRetried>());
        var removed = retried.Removed.Select(index => before[index]).ToHashSet();

        Assert.Null(decision.Refusal);
        Assert.Empty(failed.Union(downstream).Except(removed));
        Assert.Empty(nodes.Where(pair => RecordedRuns.IsOfExit(pair.Value, name)).Select(pair => pair.Key).Except(removed));
        Assert.Empty(nodes.Where(pair => (string?)pair.Value["phase"] == "Succeeded" && RecordedRuns.IsExecution(pair.Value) && !downstream.Contains(pair.Key)
            && !RecordedRuns.IsOfExit(pair.Value, name)).Select(pair => pair.Key).Intersect(removed));
        var reopened = retried.Reopened.Select(index => before[index]).ToHashSet();
        foreach (var id in failed.Except(downstream))
        {
            for (var boundary = (string?)nodes[id]["boundaryID"]; boundary is not null && nodes.TryGetValue(boundary, out var around); boundary = (string?)around["boundaryID"])
            {
                Assert.Contains(boundary, reopened.Union(removed));
            }
        }

        RunsOnToSuccess(manifest, new RetryAsked(false, null, []), failed.Count > 0);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void MemoizedCopy_SkipsWhatSucceeded_MakesTheRestWait_AndRunsOnToSuccess(string file)
    {
        Corpus.Require();
        var manifest = RecordedRuns.Ended(file);
        var name = (string)manifest["metadata"]!["name"]!;
        var old = RecordedRuns.Nodes(manifest);
        var again = (JsonObject)manifest.DeepClone();
        again["metadata"]!["name"] = "again";
        again["status"] = MemoizedCopy.StatusOf(manifest, "again", Now);
        var copied = RecordedRuns.Nodes(again);

        foreach (var (id, node) in old)
        {
            var newName = ((string)node["name"]!).StartsWith(name, StringComparison.Ordinal) ? "again" + ((string)node["name"]!)[name.Length..] : (string)node["name"]!;
            var copy = copied.GetValueOrDefault(NodeNames.Id("again", newName));
            if (RecordedRuns.IsOfExit(node, name))
            {
                Assert.Null(copy);
            }
            else if ((string?)node["type"] == "Pod" && !RecordedRuns.IsFailed(node))
            {
                Assert.Equal(("Skipped", "Skipped", $"original pod: {id}"), ((string?)copy!["type"], (string?)copy["phase"], (string?)copy["message"]));
                Assert.True(JsonNode.DeepEquals(node["outputs"], copy["outputs"]));
            }
            else if ((string?)node["type"] != "Skipped")
            {
                Assert.Equal(("Pending", null), ((string?)copy!["phase"], (string?)copy["message"]));
            }
        }

        Assert.All(copied.Values.SelectMany(node => node["children"] as JsonArray ?? []), child => Assert.True(copied.ContainsKey((string)child!)));
        if (LacksTemplates(manifest) || copied.Count == 0)
        {
            return;
        }

        var simulator = RecordedRuns.Succeeding();
        var state = simulator.Run(again);
        var made = simulator.Facts.OfType<NodeCreated>().Select(created => created.Name).ToList();
        Assert.Equal(made.Distinct().Count(), made.Count);
        Assert.Empty(made.Intersect(copied.Values.Select(node => (string)node["name"]!)));
        Assert.All(state.Nodes, node => Assert.True(node.Phase.IsEnd(), $"{node.Name} is {node.Phase}"));
        output.WriteLine($"{state.Phase} {state.Message}: {copied.Count} copied, {made.Count} made");
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Verbs_OnARecordedRun_DoAsOnALifeOfOurOwn(string file)
    {
        Corpus.Require();
        var manifest = RecordedRuns.Manifest(file);
        var ended = RecordedRuns.TakenUp(manifest).Phase.IsEnd();
        foreach (var strategy in new[] { ShutdownStrategy.Stop, ShutdownStrategy.Terminate })
        {
            var state = RecordedRuns.TakenUp(manifest);
            var wasOpen = state.Nodes.Where(node => !node.Phase.IsEnd()).Select(node => node.Index).ToList();
            var decision = WorkflowDecider.Decide(state, new ShutdownAsked(strategy, null, null), Now);
            if (ended)
            {
                Assert.StartsWith("cannot shutdown a completed workflow: workflow: ", decision.Refusal, StringComparison.Ordinal);
                Assert.Empty(decision.Facts);
                continue;
            }

            var simulator = RecordedRuns.Succeeding();
            var stopped = RecordedRuns.TakenUp(manifest);
            Assert.Null(WorkflowDecider.Decide(stopped, new ShutdownAsked(strategy, null, null), Now).Refusal);
            Assert.Null(simulator.Continue(stopped, new Recovered()));
            Assert.True(stopped.Phase is WorkflowPhase.Failed or WorkflowPhase.Error);
            Assert.DoesNotContain(simulator.Facts.OfType<NodeCreated>(), created => (created.Flags & NodeFlags.Exempt) == 0);
            Assert.All(wasOpen.Select(index => stopped[index]).Where(node => node.Type is NodeType.Pod or NodeType.Suspend && !node.Is(NodeFlags.Exempt)),
                node => Assert.True(node.Phase.IsFailure()));
        }

        Assert.Equal(ended ? "cannot suspend completed workflows" : null, WorkflowDecider.Decide(RecordedRuns.TakenUp(manifest), new SuspendAsked(), Now).Refusal);
        foreach (var suspended in RecordedRuns.TakenUp(manifest).Nodes.Where(node => node is { Type: NodeType.Suspend, Phase: NodePhase.Running }))
        {
            var state = RecordedRuns.TakenUp(manifest);
            Assert.Null(WorkflowDecider.Decide(state, new ResumeAsked(NodeFieldSelector.Parse($"id={state.IdOf(suspended)},phase==Running,displayName!=other")), Now).Refusal);
            Assert.Equal(NodePhase.Succeeded, state[suspended.Index].Phase);

            state = RecordedRuns.TakenUp(manifest);
            Assert.Null(WorkflowDecider.Decide(state, new SetAsked(NodeFieldSelector.Parse($"name={suspended.Name}"), NodePhase.Failed, "no", []), Now).Refusal);
            Assert.Equal((NodePhase.Failed, "no"), (state[suspended.Index].Phase, state[suspended.Index].Message));
        }
    }

    // Through retry parents: one attempt that succeeded makes up for the others.
    private static bool CarriedOnFrom(Dictionary<string, JsonObject> nodes, string id)
    {
        var from = nodes.FirstOrDefault(pair => (string?)pair.Value["type"] == "Retry" && (pair.Value["children"] as JsonArray ?? []).Any(child => (string?)child == id)).Key ?? id;
        return RecordedRuns.Descendants(nodes, from).Any(child => (string?)nodes.GetValueOrDefault(child)?["phase"] == "Succeeded");
    }

    // Some records were cut down: their spec has not the templates that their nodes ran.
    private static bool LacksTemplates(JsonObject manifest)
    {
        var templates = (manifest["spec"]!["templates"] as JsonArray ?? []).Select(template => (string?)template!["name"]).ToHashSet();
        return RecordedRuns.Nodes(manifest).Values.Any(node => node["templateRef"] is null && (string?)node["templateName"] is { Length: > 0 } name && !templates.Contains(name));
    }

    private void RunsOnToSuccess(JsonObject manifest, RetryAsked retry, bool hasFailures)
    {
        var state = RecordedRuns.Loaded(manifest);
        var simulator = RecordedRuns.Succeeding();
        Assert.Null(simulator.Continue(state, retry));
        var forgotten = simulator.Facts.OfType<WorkflowRetried>().Single().Removed.Count;
        var made = simulator.Facts.OfType<NodeCreated>().Select(created => created.Name).ToList();
        output.WriteLine($"{state.Phase} {state.Message}: {forgotten} forgotten, {made.Count} made");
        Assert.Equal(made.Distinct().Count(), made.Count);
        Assert.Equal(state.Nodes.Select(node => node.Name).Distinct().Count(), state.Nodes.Count());
        Assert.True(state.Phase == WorkflowPhase.Succeeded || !hasFailures || LacksTemplates(manifest), $"{state.Phase}: {state.Message}; {string.Join(", ", state.Nodes.Select(node => $"{node.Name} {node.Phase} {node.Message}"))}");
    }
}
