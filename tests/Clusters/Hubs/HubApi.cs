using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;

namespace Argosy.Clusters.Hubs;

/// <summary>The hub's Kubernetes API, as its administrator uses it. A hub that is killed meanwhile is asked again once it is back.</summary>
internal sealed class HubApi(Uri address, string token) : IDisposable
{
    private const string Argo = "/apis/argoproj.io/v1alpha1";

    private readonly HttpClient client = new()
    {
        BaseAddress = address,
        Timeout = TimeSpan.FromMinutes(2),
        DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", token) },
    };

    public static string Workflows(string @namespace) => $"{Argo}/namespaces/{@namespace}/workflows";

    /// <summary>Where the objects of a kind are; null for kinds that the hub does not keep.</summary>
    public static string? PathOf(string kind, string @namespace) => kind switch
    {
        "Workflow" => Workflows(@namespace),
        "WorkflowTemplate" => $"{Argo}/namespaces/{@namespace}/workflowtemplates",
        "ClusterWorkflowTemplate" => $"{Argo}/clusterworkflowtemplates",
        "Namespace" => "/api/v1/namespaces",
        "ConfigMap" => $"/api/v1/namespaces/{@namespace}/configmaps",
        _ => null,
    };

    public async Task ApplyAsync(JsonObject manifest, string @namespace)
    {
        var path = PathOf((string)manifest["kind"]!, @namespace) + "/" + (string)manifest["metadata"]!["name"]!;
        using var request = new HttpRequestMessage(HttpMethod.Patch, $"{path}?fieldManager=tests&force=true")
        {
            Content = new StringContent(manifest.ToJsonString(), Encoding.UTF8, "application/apply-patch+yaml"),
        };
        using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode, $"{path}: {await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)}");
    }

    /// <summary>Creates a workflow and answers its name; a refusal is an outcome like any other.</summary>
    public async Task<(string? Name, string? Refusal)> CreateAsync(JsonObject workflow, string @namespace)
    {
        using var answer = await client.PostAsJsonAsync(Workflows(@namespace), workflow, TestContext.Current.CancellationToken);
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return answer.IsSuccessStatusCode ? ((string)JsonNode.Parse(text)!["metadata"]!["name"]!, null) : (null, text);
    }

    public async Task<JsonObject> ReadAsync(string path) =>
        JsonNode.Parse(await client.GetStringAsync(path, TestContext.Current.CancellationToken))!.AsObject();

    public Task<JsonObject> WorkflowAsync(string @namespace, string name) => ReadAsync($"{Workflows(@namespace)}/{name}");

    /// <summary>Watches an object until it is as wanted, and answers it. When patience ends, the exception tells how the object was.</summary>
    public async Task<JsonObject> UntilAsync(string collection, string name, Predicate<JsonObject> isWanted, TimeSpan patience)
    {
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        ends.CancelAfter(patience);
        JsonObject? last = null;
        while (true)
        {
            try
            {
                await foreach (var seen in WatchAsync(collection, name, ends.Token))
                {
                    last = seen;
                    if (isWanted(seen))
                    {
                        return seen;
                    }
                }
            }
            catch (OperationCanceledException) when (!TestContext.Current.CancellationToken.IsCancellationRequested)
            {
                throw new TimeoutException($"{collection}/{name} is not as wanted after {patience}: {Story.Of(last)}");
            }
            catch (Exception gone) when (gone is IOException or HttpRequestException)
            {
                // The hub has been killed. The one started next hears us again.
                await Task.Delay(200, TestContext.Current.CancellationToken);
            }
        }
    }

    public Task<JsonObject> EndedAsync(string @namespace, string name, TimeSpan patience) =>
        UntilAsync(Workflows(@namespace), name, workflow => Story.PhaseOf(workflow) is "Succeeded" or "Failed" or "Error", patience);

    public async Task DeleteAsync(string @namespace, string name)
    {
        using var answer = await client.DeleteAsync($"{Workflows(@namespace)}/{name}", TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    public void Dispose() => client.Dispose();

    private async IAsyncEnumerable<JsonObject> WatchAsync(
        string collection, string name, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        await using var stream = await client.GetStreamAsync(
            $"{collection}?watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&fieldSelector=metadata.name%3D{name}", cancellation);
        using var reader = new StreamReader(stream);
        while (await reader.ReadLineAsync(cancellation) is { } line)
        {
            if (JsonNode.Parse(line)!["object"] is JsonObject seen && (string?)seen["metadata"]?["name"] == name)
            {
                yield return seen;
            }
        }
    }
}
