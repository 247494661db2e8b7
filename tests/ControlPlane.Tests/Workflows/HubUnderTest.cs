using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Argosy.ControlPlane.Hosting;

namespace Argosy.ControlPlane.Tests.Workflows;

/// <summary>A whole hub on a folder of its own; it can be stopped and started again on the same data.</summary>
internal sealed class HubUnderTest : IAsyncDisposable
{
    private readonly string data = Directory.CreateTempSubdirectory("argosy hub ").FullName;
    private HttpClient http = new();

    public RunningHub Hub { get; private set; } = null!;

    /// <summary>The hub's database; to be touched only while the hub is stopped.</summary>
    public string DatabaseFile => Path.Combine(data, "hub.db");

    /// <summary>Speaks to the hub as its administrator.</summary>
    public HttpClient Http => http;

    /// <summary>What the hub takes for the time.</summary>
    public TimeProvider Clock { get; private init; } = TimeProvider.System;

    /// <summary>Whether agents of real clusters can dial it.</summary>
    public bool ListensForAgents { get; private init; }

    public static async Task<HubUnderTest> StartAsync(string? defaultCluster = null, TimeProvider? clock = null, bool listensForAgents = false)
    {
        var hub = new HubUnderTest { Clock = clock ?? TimeProvider.System, ListensForAgents = listensForAgents };
        await hub.StartAgainAsync(defaultCluster);
        return hub;
    }

    public async Task StopAsync() => await Hub.DisposeAsync();

    public async Task StartAgainAsync(string? defaultCluster = null)
    {
        Hub = await HubHost.StartAsync(
            new HubOptions
            {
                DataDirectory = data, ListenAddress = new(System.Net.IPAddress.Loopback, 0), DefaultCluster = defaultCluster, Clock = Clock,
                AgentsAddress = ListensForAgents ? new(System.Net.IPAddress.Loopback, 0) : null,
            },
            CancellationToken.None);
        http.Dispose();
        http = new HttpClient { BaseAddress = Hub.Url };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Hub.AdminToken);
    }

    /// <summary>Creates a workflow with this spec and answers its uid.</summary>
    public async Task<string> CreateAsync(string name, string spec)
    {
        var manifest = JsonNode.Parse($$$"""{"apiVersion":"argoproj.io/v1alpha1","kind":"Workflow","metadata":{"name":"{{{name}}}"},"spec":{{{spec}}}}""");
        var answer = await http.PostAsJsonAsync("/apis/argoproj.io/v1alpha1/namespaces/default/workflows", manifest);
        var created = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
        Assert.True(answer.IsSuccessStatusCode, created.ToJsonString());
        return (string)created["metadata"]!["uid"]!;
    }

    /// <summary>What a path answers, as text.</summary>
    public Task<string> ReadAsync(string path) => http.GetStringAsync(new Uri(path, UriKind.Relative));

    /// <summary>Watches the workflow until it is gone.</summary>
    public async Task VanishesAsync(string name)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(60));
        var list = JsonNode.Parse(await ReadAsync($"/apis/argoproj.io/v1alpha1/namespaces/default/workflows?fieldSelector=metadata.name={name}"))!;
        if (list["items"]!.AsArray().Count == 0)
        {
            return;
        }

        var path = new Uri(
            $"/apis/argoproj.io/v1alpha1/namespaces/default/workflows?watch=1&fieldSelector=metadata.name={name}&resourceVersion={list["metadata"]!["resourceVersion"]}",
            UriKind.Relative);
        using var reader = new StreamReader(await http.GetStreamAsync(path, patience.Token));
        while (await reader.ReadLineAsync(patience.Token) is { } line)
        {
            if ((string?)JsonNode.Parse(line)!["type"] == "DELETED")
            {
                return;
            }
        }

        throw new InvalidOperationException($"the watch ended before workflow {name} was gone");
    }

    /// <summary>Calls the hub and answers its status code and body.</summary>
    public async Task<(int Code, JsonObject Body)> AskAsync(HttpMethod method, string path, string? body = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
        {
            request.Content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        }

        using var answer = await http.SendAsync(request, TestContext.Current.CancellationToken);
        return ((int)answer.StatusCode, (JsonObject)JsonNode.Parse(await answer.Content.ReadAsStringAsync())!);
    }

    /// <summary>Changes the stored data behind the hub's back.</summary>
    public async Task ExecuteAsync(string sql)
    {
        await using var database = Argosy.ControlPlane.Storage.HubDatabase.Sqlite(Path.Combine(data, "hub.db"));
        await using var connection = await database.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // the tests' own texts
        command.CommandText = sql;
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync();
    }

    public async Task DeleteAsync(string name) =>
        (await http.DeleteAsync(new Uri($"/apis/argoproj.io/v1alpha1/namespaces/default/workflows/{name}", UriKind.Relative))).EnsureSuccessStatusCode();

    /// <summary>Sends a request to any of the hub's APIs and answers what came back, which must be no refusal.</summary>
    public async Task<JsonNode?> SendAsync(HttpMethod method, string path, string body = "", string type = "application/json")
    {
        var (status, answer) = await TryAsync(method, path, body, type);
        Assert.True((int)status < 300, $"{method} {path}: {status} {answer?.ToJsonString()}");
        return answer;
    }

    public async Task<(System.Net.HttpStatusCode Status, JsonNode? Body)> TryAsync(HttpMethod method, string path, string body = "", string type = "application/json")
    {
        using var request = new HttpRequestMessage(method, path) { Content = new StringContent(body, System.Text.Encoding.UTF8, type) };
        using var response = await http.SendAsync(request);
        return (response.StatusCode, JsonNode.Parse(await response.Content.ReadAsStringAsync()));
    }

    public async Task PatchClusterAsync(string name, string patch)
    {
        using var content = new StringContent(patch, System.Text.Encoding.UTF8, "application/merge-patch+json");
        (await http.PatchAsync(new Uri($"/apis/argosy.io/v1alpha1/clusters/{name}", UriKind.Relative), content)).EnsureSuccessStatusCode();
    }

    /// <summary>Watches the workflow until it is as wanted.</summary>
    public async Task<JsonObject> BecomesAsync(string name, Predicate<JsonObject> wanted)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(60));
        var path = new Uri($"/apis/argoproj.io/v1alpha1/namespaces/default/workflows?watch=1&fieldSelector=metadata.name={name}", UriKind.Relative);
        using var reader = new StreamReader(await http.GetStreamAsync(path, patience.Token));
        while (await reader.ReadLineAsync(patience.Token) is { } line)
        {
            if (JsonNode.Parse(line)!["object"] is JsonObject workflow && wanted(workflow))
            {
                return workflow;
            }
        }

        throw new InvalidOperationException($"the watch ended before workflow {name} was as wanted");
    }

    public Task<JsonObject> EndsAsync(string name, string phase) => BecomesAsync(name, workflow => PhaseOf(workflow) == phase);

    public static string? PhaseOf(JsonObject workflow) => (string?)workflow["status"]?["phase"];

    public async ValueTask DisposeAsync()
    {
        await Hub.DisposeAsync();
        http.Dispose();
        Directory.Delete(data, recursive: true);
    }
}
