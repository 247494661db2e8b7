using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Argosy.Cli.Client;

/// <summary>A hub's clusters, through its Kubernetes API.</summary>
internal sealed class ClusterClient(HubConnection connection) : IDisposable
{
    private const string Root = "apis/argosy.io/v1alpha1/clusters";

    private readonly HttpClient http = connection.Open();

    public Task<JsonObject> CreateAsync(string name, IReadOnlyDictionary<string, string> labels, CancellationToken cancellationToken) =>
        SendAsync(
            HttpMethod.Post,
            Root,
            new JsonObject
            {
                ["apiVersion"] = "argosy.io/v1alpha1",
                ["kind"] = "Cluster",
                ["metadata"] = new JsonObject { ["name"] = name },
                ["spec"] = new JsonObject
                {
                    ["labels"] = new JsonObject(labels.Select(label => KeyValuePair.Create(label.Key, (JsonNode?)label.Value))),
                },
            },
            cancellationToken);

    public Task<JsonObject> ListAsync(CancellationToken cancellationToken) => SendAsync(HttpMethod.Get, Root, null, cancellationToken);

    public Task<JsonObject> GetAsync(string name, CancellationToken cancellationToken) => SendAsync(HttpMethod.Get, Path(name), null, cancellationToken);

    public Task DeleteAsync(string name, CancellationToken cancellationToken) => SendAsync(HttpMethod.Delete, Path(name), null, cancellationToken);

    /// <summary>A new ticket for the cluster's agent, and what it needs to know of the hub.</summary>
    public Task<JsonObject> InviteAsync(string name, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, $"{Path(name)}/join", null, cancellationToken);

    public Task RevokeAsync(string name, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, $"{Path(name)}/revoke", null, cancellationToken);

    public void Dispose() => http.Dispose();

    private static string Path(string name) => $"{Root}/{Uri.EscapeDataString(name)}";

    private async Task<JsonObject> SendAsync(HttpMethod method, string path, JsonObject? body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
        {
            request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        }

        try
        {
            using var response = await http.SendAsync(request, cancellationToken);
            var answer = Parse(await response.Content.ReadAsStringAsync(cancellationToken));
            return (response.IsSuccessStatusCode, answer) switch
            {
                (true, { } value) => value,
                (_, { } refusal) when refusal.Text("kind") == "Status" && response.StatusCode != HttpStatusCode.Unauthorized =>
                    throw new HubRefusal(response.StatusCode, refusal.Text("message") ?? $"the hub answered {(int)response.StatusCode}"),
                _ when response.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => throw new HubRefusal(
                    response.StatusCode, $"the hub at {connection.Address} does not let you in; check the token of {connection.Origin}"),
                _ => throw new CommandException(
                    $"{connection.Address} ({connection.Origin}) does not know clusters: it is not an Argosy hub. Name one with --kubeconfig or --argo-server"),
            };
        }
        catch (HttpRequestException exception)
        {
            throw new CommandException(
                $"cannot reach the hub at {connection.Address} ({connection.Origin}): {exception.Message}. Is it running? Start one with: argosy server",
                exception);
        }
    }

    private static JsonObject? Parse(string text)
    {
        try
        {
            return JsonNode.Parse(text) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
