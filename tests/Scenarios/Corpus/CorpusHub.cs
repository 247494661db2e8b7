using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Argosy.Conformance;
using Argosy.Scenarios.Hubs;

namespace Argosy.Scenarios.Corpus;

/// <summary>A hub with two embedded clusters that runs documents of the reference corpus.</summary>
internal sealed class CorpusHub : IAsyncDisposable
{
    private const string Group = "/apis/argoproj.io/v1alpha1";
    private const string Namespace = "/namespaces/default";

    private readonly CannedInternet internet;
    private readonly HubFolder folder;
    private readonly HubProcess hub;
    private readonly HttpClient client;

    private CorpusHub(CannedInternet internet, HubFolder folder, HubProcess hub, HttpClient client) =>
        (this.internet, this.folder, this.hub, this.client) = (internet, folder, hub, client);

    public string Said => hub.Said;

    public static async Task<CorpusHub> StartAsync()
    {
        var internet = new CannedInternet();
        var shims = CorpusShims.Write();
        foreach (var (name, value) in internet.Environment(shims["internet.pem"]))
        {
            shims.Environment[name] = value;
        }

        var folder = new HubFolder { Shims = shims };
        var hub = await HubProcess.StartAsync(folder);
        return new CorpusHub(internet, folder, hub, await hub.ClientAsync());
    }

    /// <summary>Creates what the examples refer to: all templates and ConfigMaps among them, and what upstream's environment has.</summary>
    public async Task ApplyFixturesAsync()
    {
        foreach (var row in Conformance.Corpus.Rows().Where(row => row.Create == "ok" && PathOf(row.Kind) is not null && row.Kind != "Workflow"))
        {
            await ApplyAsync(row.Manifest());
        }

        foreach (var file in Conformance.Corpus.Files("examples/configmaps"))
        {
            await ApplyAsync(Conformance.Corpus.Read(file)[0].Json);
        }

        await ApplyAsync(new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "ConfigMap",
            ["metadata"] = new JsonObject { ["name"] = "artifact-repositories" },
            ["data"] = new JsonObject { ["my-key"] = "embedded: {}\n" },
        });
    }

    /// <summary>Runs workflows, so many at once, and answers each one as it ended, in their order.</summary>
    public async Task<IReadOnlyList<JsonObject>> RunAsync(IReadOnlyList<JsonObject> manifests, int atOnce, CancellationToken cancellation)
    {
        var ended = new TaskCompletionSource<JsonObject>[manifests.Count];
        var byName = new Dictionary<string, TaskCompletionSource<JsonObject>>(StringComparer.Ordinal);
        for (var index = 0; index < manifests.Count; index++)
        {
            ended[index] = new TaskCompletionSource<JsonObject>(TaskCreationOptions.RunContinuationsAsynchronously);
            byName[(string)manifests[index]["metadata"]!["name"]!] = ended[index];
        }

        using var watching = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var watch = WatchAsync(byName, watching.Token);
        using var places = new SemaphoreSlim(atOnce);
        var runs = manifests.Select(async (manifest, index) =>
        {
            await places.WaitAsync(cancellation);
            try
            {
                if (await CreateAsync(manifest, cancellation) is { } refusal)
                {
                    return refusal;
                }

                return await ended[index].Task.WaitAsync(cancellation);
            }
            catch (OperationCanceledException)
            {
                return await ReadAsync((string)manifest["metadata"]!["name"]!);
            }
            finally
            {
                places.Release();
            }
        });
        var results = await Task.WhenAll(runs);
        await watching.CancelAsync();
        await watch;
        return results;
    }

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        await hub.DisposeAsync();
        await internet.DisposeAsync();
        folder.Dispose();
    }

    private static string? PathOf(string kind) => kind switch
    {
        "Workflow" => $"{Group}{Namespace}/workflows",
        "WorkflowTemplate" => $"{Group}{Namespace}/workflowtemplates",
        "ClusterWorkflowTemplate" => $"{Group}/clusterworkflowtemplates",
        "ConfigMap" => $"/api/v1{Namespace}/configmaps",
        _ => null,
    };

    private async Task ApplyAsync(JsonObject manifest)
    {
        var path = PathOf((string)manifest["kind"]!) + "/" + (string)manifest["metadata"]!["name"]!;
        using var request = new HttpRequestMessage(HttpMethod.Patch, $"{path}?fieldManager=corpus&force=true")
        {
            Content = new StringContent(manifest.ToJsonString(), Encoding.UTF8, "application/apply-patch+yaml"),
        };
        using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode, $"{path}: {await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)}");
    }

    // A refusal is an outcome like any other: the tally shows it.
    private async Task<JsonObject?> CreateAsync(JsonObject manifest, CancellationToken cancellation)
    {
        using var answer = await client.PostAsJsonAsync(PathOf("Workflow"), manifest, cancellation);
        return answer.IsSuccessStatusCode
            ? null
            : new JsonObject { ["status"] = new JsonObject { ["phase"] = "Refused", ["message"] = await answer.Content.ReadAsStringAsync(cancellation) } };
    }

    private async Task<JsonObject> ReadAsync(string name) => JsonNode.Parse(await client.GetStringAsync($"{PathOf("Workflow")}/{name}"))!.AsObject();

    private async Task WatchAsync(Dictionary<string, TaskCompletionSource<JsonObject>> byName, CancellationToken cancellation)
    {
        try
        {
            await using var stream = await client.GetStreamAsync(
                $"{PathOf("Workflow")}?watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan", cancellation);
            using var reader = new StreamReader(stream);
            while (await reader.ReadLineAsync(cancellation) is { } line)
            {
                var workflow = JsonNode.Parse(line)!["object"]!.AsObject();
                if ((string?)workflow["status"]?["phase"] is "Succeeded" or "Failed" or "Error"
                    && byName.TryGetValue((string)workflow["metadata"]!["name"]!, out var ended))
                {
                    ended.TrySetResult(workflow);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Everything has ended, or the test gives up.
        }
    }
}
