using System.Globalization;
using System.Text.Json.Nodes;
using Argosy.ControlPlane.Tests.Storage;
using Argosy.Scenarios.Hubs;

namespace Argosy.Scenarios.Killing;

/// <summary>
/// A server that gets SIGKILL again and again, whatever it is doing, and is started again on the same data: a workflow of 201 steps ends as if
/// nothing had happened, and no step's command is run more often than its node says.
/// </summary>
public sealed class KilledServerTests(PostgreSqlServer postgres)
{
    /// <summary>Set it to the seed that a failed run has printed, to have the server killed in the same way.</summary>
    private const string SeedVariable = "ARGOSY_KILL_SEED";

    private const int Kills = 20;
    private const int Steps = 201;
    private const int Items = 37;

    [Fact(Timeout = 600_000)]
    public Task ServerOnSqlite_KilledTwentyTimes_EndsTheWorkflowAsIfNothingHadHappened() => RunAsync();

    [Fact(Timeout = 600_000)]
    public async Task ServerOnPostgreSql_KilledTwentyTimes_EndsTheWorkflowAsIfNothingHadHappened() =>
        await RunAsync("--postgres", await postgres.CreateDatabaseAsync());

    private static async Task RunAsync(params string[] storage)
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable(SeedVariable), CultureInfo.InvariantCulture, out var given)
            ? given
            : Environment.TickCount;
        TestContext.Current.TestOutputHelper!.WriteLine($"{SeedVariable}={seed}");
        using var folder = new HubFolder();
        await using var starts = new Starts();

        var workflow = await KillAgainAndAgainAsync(folder, starts, new Random(seed), storage);
        await using var hub = await HubProcess.StartAsync(folder, storage);
        var ended = await ArgosyProgram.RunAsync(folder, "wait", workflow);

        TestContext.Current.TestOutputHelper.WriteLine($"{starts.Total} starts of {starts.Nodes} nodes");
        using var client = await hub.ClientAsync();
        var json = JsonNode.Parse(await client.GetStringAsync($"/apis/argoproj.io/v1alpha1/namespaces/default/workflows/{workflow}"))!;
        var nodes = json["status"]!["nodes"]!.AsObject().Select(node => new StoredNode(node.Value!.AsObject())).ToList();
        Assert.True(ended.Code == 0, $"{Summary(json, nodes)}\n{hub.Said}");
        var pods = nodes.Where(node => node.Type == "Pod").ToList();
        Assert.Equal(Steps, pods.Count);
        Assert.All(pods, pod => Assert.InRange(starts.Of(pod.Id), 1, 1 + pod.Restarts));
        OutputsAreRight(nodes);
    }

    private static async Task<string> KillAgainAndAgainAsync(HubFolder folder, Starts starts, Random random, string[] storage)
    {
        string? workflow = null;
        for (var left = Kills; left > 0; left--)
        {
            await using var hub = HubProcess.Launch(folder, storage);
            if (workflow is null)
            {
                await hub.Ready;
                workflow = await SubmitAsync(folder, starts);
            }

            if (random.Next(4) > 0)
            {
                // While it works: a few steps on, and then at any instant.
                await hub.Ready;
                var stepsLeft = Steps - starts.Nodes;
                await starts.ReachAsync(starts.Total + random.Next(1, Math.Max(2, stepsLeft / left / 2)))
                    .WaitAsync(TestContext.Current.CancellationToken);
                await Task.Delay(random.Next(400), TestContext.Current.CancellationToken);
            }
            else
            {
                // While it starts, reads its journal and finds its agents again.
                await Task.Delay(random.Next(3000), TestContext.Current.CancellationToken);
            }

            await hub.KillAsync();
        }

        return workflow!;
    }

    private static async Task<string> SubmitAsync(HubFolder folder, Starts starts) =>
        (await ArgosyProgram.RunAsync(folder, "submit", Manifest.Of("two-hundred-steps.yaml"), "-p", $"port={starts.Port}", "-o", "name"))
        .Succeeded().Trim();

    private static void OutputsAreRight(List<StoredNode> nodes)
    {
        foreach (var node in nodes.Where(node => node.Type == "Pod"))
        {
            var number = node.Input("number") is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : 0;
            switch (node.Template)
            {
                case "compute":
                    Assert.Equal($"{number * number}", node.Output("value"));
                    break;
                case "flaky":
                    Assert.Equal(node.Phase == "Succeeded" ? $"lucky {number}" : null, node.Result);
                    break;
                case "add":
                    Assert.Equal($"{number + 1}", node.Result);
                    break;
                case "letter":
                    Assert.Equal($"\"{node.Input("letter")!.ToUpperInvariant()}\"", node.Result);
                    break;
            }
        }

        var squares = nodes.Where(node => node is { Template: "square", Type: "Steps" }).ToList();
        Assert.Equal(Items, squares.Count);
        Assert.All(squares, square =>
        {
            var number = int.Parse(square.Input("number")!, CultureInfo.InvariantCulture);
            Assert.Equal($"{number * number} by {number}", square.Output("value"));
        });
        Assert.Equal(Items, nodes.Count(node => FailsByItself(node) && node.Phase == "Failed"));
        Assert.Equal(6, nodes.Count(node => node is { Template: "add", Phase: "Succeeded" }));
        var all = string.Join(',', Enumerable.Range(1, Items).Select(number => $"\"{number * number} by {number}\""));
        Assert.Equal($"""["A","B","C","D","E","F","G","H"] [{all}]""", nodes.Single(node => node.Template == "total").Output("all"));
    }

    private static bool FailsByItself(StoredNode node) =>
        node is { Template: "flaky", Type: "Pod" } && ((string)node.Json["name"]!).EndsWith("(0)", StringComparison.Ordinal);

    private static string Summary(JsonNode workflow, List<StoredNode> nodes) =>
        $"""
        {workflow["status"]!["phase"]} {workflow["status"]!["progress"]} {workflow["status"]!["message"]}
        {string.Join('\n', nodes.Where(node => node.Type == "Pod" && node.Phase != "Succeeded" && !FailsByItself(node)).Take(20).Select(node => node.Json.ToJsonString()))}
        """;
}
