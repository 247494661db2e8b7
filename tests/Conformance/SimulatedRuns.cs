using System.Text.Json.Nodes;
using Argosy.Engine.Simulation;
using Argosy.Engine.Workflows;

namespace Argosy.Conformance;

/// <summary>Upstream's examples through the engine, with scripted outcomes: the same final phase and the same list of nodes.</summary>
public sealed class SimulatedRuns(ITestOutputHelper output)
{
    // Rows that the reference itself contradicts, with the reason.
    private static readonly Dictionary<string, string> Disputed = new(StringComparer.Ordinal)
    {
        ["examples/dag-conditional-artifacts.yaml"] =
            "the row scripts no result of flip-coin, so that the conditions {{tasks.flip-coin.outputs.result}} == … have an operand less; "
            + "for such a condition upstream's engine makes a node in Error, where the row has both branches Skipped",
    };

    private const int Required = 117;

    [Fact]
    public void Examples_RunThroughTheEngine_EndAsExpected()
    {
        Corpus.Require();
        List<string> misses = [];
        var rows = Rows().ToList();
        foreach (var row in rows)
        {
            if (Disputed.TryGetValue((string)row["file"]!, out var reason))
            {
                misses.Add($"{row["file"]}: disputed: {reason}");
            }
            else if (Compare(row) is { } difference)
            {
                misses.Add($"{row["file"]}: {difference}");
            }
        }

        output.WriteLine($"simulated rows: {rows.Count - misses.Count} of {rows.Count} exact");
        misses.ForEach(output.WriteLine);
        Assert.True(rows.Count - misses.Count >= Required, string.Join(Environment.NewLine, misses));
    }

    [Fact]
    public void NodeIds_OfRecordedWorkflows_AreTheRecordedOnes()
    {
        Corpus.Require();
        var vectors = JsonNode.Parse(Corpus.Text("node-ids.json"))!.AsArray();
        var wrong = vectors.Where(vector =>
            NodeNames.Id((string)vector!["workflow"]!, (string)vector["node"]!) != (string)vector["id"]!).ToList();
        output.WriteLine($"node ids: {vectors.Count - wrong.Count} of {vectors.Count} exact");
        Assert.Empty(wrong);
    }

    internal static IEnumerable<JsonObject> Rows() =>
        JsonNode.Parse(Corpus.Text("expected.json"))!.AsArray()
            .OfType<JsonObject>().Where(row => row["simulated"] is not null);

    private static string? Compare(JsonObject row)
    {
        var file = (string)row["file"]!;
        try
        {
            var expected = row["simulated"]!.AsObject();
            var state = new Simulator(node => Outcome(expected["leaves"]![node.Name]), Resource).Run(Manifest(row));
            var phase = (string)expected["phase"]!;
            if (state.Phase.ToText() != phase)
            {
                return $"phase {state.Phase} ({state.Message}) instead of {phase}";
            }

            var wanted = expected["nodes"]!.AsArray().Select(node => $"{node!["name"]} {node["type"]} {node["phase"]}").Order().ToList();
            var got = state.Nodes.Select(node => $"{node.Name} {node.Type} {node.Phase}").Order().ToList();
            var missing = wanted.Except(got).ToList();
            var extra = got.Except(wanted).ToList();
            return missing.Count + extra.Count == 0 && wanted.Count == got.Count
                ? null
                : $"missing [{string.Join("; ", missing.Take(4))}] extra [{string.Join("; ", extra.Take(4))}] "
                    + string.Join("; ", state.Nodes.Where(node => node.Phase == NodePhase.Error).Select(node => node.Message));
        }
        catch (Exception failure)
        {
            return $"{failure.GetType().Name}: {failure.Message.ReplaceLineEndings(" ")} {failure.StackTrace?.Split('\n').FirstOrDefault()?.Trim()}";
        }
    }

    internal static JsonObject Manifest(JsonObject row)
    {
        var manifest = (JsonObject)Corpus.Read((string)row["file"]!)[(int)row["document"]!].Json.DeepClone();
        manifest["metadata"]!["name"] = (string)row["simulated"]!["workflowName"]!;
        manifest["metadata"]!["uid"] = "00000000-0000-0000-0000-000000000001";
        return manifest;
    }

    internal static LeafOutcome Outcome(JsonNode? leaf) => leaf is null
        ? LeafOutcome.Succeeds
        : new LeafOutcome(Enum.Parse<NodePhase>((string)leaf["phase"]!))
        {
            Message = (string?)leaf["message"],
            Outputs = new NodeOutputs
            {
                Result = (string?)leaf["result"],
                ExitCode = (string?)leaf["exitCode"],
                Parameters = [.. (leaf["parameters"] as JsonObject ?? []).Select(pair => new ParameterValue(pair.Key, (string)pair.Value!))],
            },
        };

    internal static JsonObject? Resource(ResourceRef reference)
    {
        var kind = reference.Kind.ToString();
        var found = Corpus.Files("examples").SelectMany(Corpus.Read).Select(manifest => manifest.Json).FirstOrDefault(json => (string?)json["kind"] == kind && (string?)json["metadata"]?["name"] == reference.Name);
        return (reference.Kind == ResourceRefKind.ConfigMap ? found?["data"] : found?["spec"])?.DeepClone() as JsonObject;
    }
}
