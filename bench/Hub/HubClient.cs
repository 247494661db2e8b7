using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Argosy.ControlPlane.Hosting;

namespace Argosy.Hub.Bench;

/// <summary>A user of the hub's Kubernetes API, as kubectl would be one.</summary>
internal sealed class HubClient : IDisposable
{
    private const string Workflows = "apis/argoproj.io/v1alpha1/namespaces/default/workflows";
    private const string CompletedLabel = "workflows.argoproj.io/completed";
    private const string PhaseLabel = "workflows.argoproj.io/phase";
    private readonly HttpClient http;

    public HubClient(RunningHub hub)
    {
        http = new HttpClient { BaseAddress = hub.Url, Timeout = Timeout.InfiniteTimeSpan };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", hub.AdminToken);
    }

    public async Task SubmitAsync(JsonObject manifest)
    {
        using var answer = await http.PostAsJsonAsync(Workflows, manifest);
        if (!answer.IsSuccessStatusCode)
        {
            throw new InvalidOperationException($"the hub refused the workflow: {await answer.Content.ReadAsStringAsync()}");
        }
    }

    public async Task<JsonObject> GetAsync(string name) => (await http.GetFromJsonAsync<JsonObject>($"{Workflows}/{name}"))!;

    /// <summary>Watches workflows complete; the inner task ends when all of these have Succeeded.</summary>
    /// <exception cref="InvalidOperationException">One of them ended otherwise.</exception>
    public async Task<Task> WatchSucceedAsync(IReadOnlySet<string> names)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{Workflows}?watch=true&labelSelector={CompletedLabel}%3Dtrue");
        request.Headers.Accept.ParseAdd("application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1");
        var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        answer.EnsureSuccessStatusCode();
        return ReadAsync(answer, [.. names]);
    }

    public void Dispose() => http.Dispose();

    private static async Task ReadAsync(HttpResponseMessage answer, HashSet<string> open)
    {
        using var watch = answer;
        using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync());
        while (open.Count > 0 && await lines.ReadLineAsync() is { } line)
        {
            var metadata = JsonNode.Parse(line)!["object"]!["metadata"]!;
            var name = metadata["name"]!.GetValue<string>();
            var phase = metadata["labels"]![PhaseLabel]!.GetValue<string>();
            if (open.Remove(name) && phase != "Succeeded")
            {
                throw new InvalidOperationException($"workflow {name} is {phase}");
            }
        }

        if (open.Count > 0)
        {
            throw new InvalidOperationException($"the hub ended the watch while {open.Count} workflows were still running");
        }
    }
}
