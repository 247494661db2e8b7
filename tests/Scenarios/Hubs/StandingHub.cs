using System.Text.Json.Nodes;

namespace Argosy.Scenarios.Hubs;

/// <summary>One hub for all stories that can share one. They stay out of each other's way by the names they choose.</summary>
public sealed class StandingHub : IAsyncLifetime
{
    private const string Workflows = "/apis/argoproj.io/v1alpha1/namespaces/default/workflows";

    private HubProcess hub = null!;
    private HttpClient client = null!;

    internal HubFolder Folder { get; } = new();

    internal HttpClient Client => client;

    internal string Said => hub.Said;

    public async ValueTask InitializeAsync()
    {
        hub = await HubProcess.StartAsync(Folder);
        client = await hub.ClientAsync();
    }

    public async ValueTask DisposeAsync()
    {
        client?.Dispose();
        if (hub is not null)
        {
            await hub.DisposeAsync();
        }

        Folder.Dispose();
    }

    internal Task<Finished> ArgosyAsync(params string[] arguments) => ArgosyProgram.RunAsync(Folder, arguments);

    /// <summary>Submits a manifest and answers the workflow's name.</summary>
    internal async Task<string> SubmitAsync(string file, params string[] more) =>
        (await ArgosyAsync(["submit", file, "-o", "name", .. more])).Succeeded().Trim();

    internal async Task<JsonObject> WorkflowAsync(string name) =>
        JsonNode.Parse(await client.GetStringAsync($"{Workflows}/{name}", TestContext.Current.CancellationToken))!.AsObject();

    /// <summary>How many workflows of a name's beginning there are.</summary>
    internal async Task<int> CountAsync(string beginning)
    {
        var list = JsonNode.Parse(await client.GetStringAsync(Workflows, TestContext.Current.CancellationToken))!;
        return list["items"]!.AsArray().Count(item => ((string)item!["metadata"]!["name"]!).StartsWith(beginning, StringComparison.Ordinal));
    }

    /// <summary>Watches a workflow until it is as wanted, and answers it.</summary>
    internal async Task<JsonObject> UntilAsync(string name, Predicate<JsonObject> isWanted)
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var stream = await client.GetStreamAsync(
            $"{Workflows}?watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&fieldSelector=metadata.name%3D{name}", cancellation);
        using var reader = new StreamReader(stream);
        while (await reader.ReadLineAsync(cancellation) is { } line)
        {
            var workflow = JsonNode.Parse(line)!["object"]!.AsObject();
            if (workflow["status"] is not null && isWanted(workflow))
            {
                return workflow;
            }
        }

        throw new InvalidOperationException($"the watch of {name} ended");
    }

    /// <summary>Whether some pod of the workflow is in this phase.</summary>
    internal static bool HasPod(JsonObject workflow, string phase) =>
        Nodes(workflow).Any(node => (string?)node["type"] == "Pod" && (string?)node["phase"] == phase);

    internal static IEnumerable<JsonObject> Nodes(JsonObject workflow) =>
        (workflow["status"]?["nodes"] as JsonObject ?? []).Select(node => node.Value!.AsObject());

    /// <summary>Opens a gate that steps in some cluster wait at: a file in a volume that they share.</summary>
    internal void OpenGate(string gate)
    {
        foreach (var cluster in new[] { "gpu", "serving" })
        {
            var volume = Directory.CreateDirectory(Path.Combine(Folder.Data, "clusters", cluster, "volumes", "default", gate));
            File.WriteAllText(Path.Combine(volume.FullName, "open"), "");
        }
    }
}

/// <summary>The stories that share the hub.</summary>
[CollectionDefinition(Name)]
public sealed class StandingHubCollection : ICollectionFixture<StandingHub>
{
    public const string Name = "a standing hub";
}
