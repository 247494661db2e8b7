using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Argosy.ControlPlane.Access;
using Argosy.ControlPlane.Resources;
using Argosy.ControlPlane.Storage;
using Argosy.ControlPlane.Tests.Storage;
using Argosy.ControlPlane.Workflows;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Argosy.ControlPlane.Tests.Resources;

/// <summary>The API of a hub on a free port, over SQLite in a temporary folder.</summary>
internal sealed class HubApi : IAsyncDisposable
{
    public const string Workflows = "/apis/argoproj.io/v1alpha1/namespaces/default/workflows";

    private readonly WebApplication app;
    private readonly TestDatabase database;

    private HubApi(WebApplication app, TestDatabase database, string folder, string token)
    {
        this.app = app;
        this.database = database;
        Folder = folder;
        Token = token;
        Url = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
        Store = app.Services.GetRequiredService<ResourceStore>();
        Client = new HttpClient { BaseAddress = Url, Timeout = TimeSpan.FromMinutes(2) };
        Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    public string Folder { get; }

    public string Token { get; }

    public Uri Url { get; }

    public ResourceStore Store { get; }

    public HttpClient Client { get; }

    public static async Task<HubApi> StartAsync(
        IWorkflowLogs? logs = null, IResourceAdmission? admission = null, Action<ResourceOptions>? configure = null)
    {
        var folder = Directory.CreateTempSubdirectory("argosy-hub-").FullName;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        var database = TestDatabase.Sqlite();
        builder.Services.AddSingleton(database.Database);
        builder.Services.AddResources(folder).AddAccess(folder);
        builder.Services.Configure<ResourceOptions>(options => configure?.Invoke(options));
        if (logs is not null)
        {
            builder.Services.AddSingleton(logs);
        }

        if (admission is not null)
        {
            builder.Services.AddSingleton(admission);
        }

        var app = builder.Build();
        await Migrations.ApplyAsync(database.Database, default);
        await app.Services.GetRequiredService<ResourceStore>().StartAsync();
        app.UseAccess();
        app.MapResources();
        await app.StartAsync();
        return new HubApi(app, database, folder, app.Services.GetRequiredService<AdminToken>().Value);
    }

    public Task<Answer> GetAsync(string path, string? accept = null) => SendAsync(HttpMethod.Get, path, null, null, accept);

    public Task<Answer> PostAsync(string path, string body, string type = "application/json") => SendAsync(HttpMethod.Post, path, body, type);

    public Task<Answer> PutAsync(string path, JsonNode body) => SendAsync(HttpMethod.Put, path, body.ToJsonString(), "application/json");

    public Task<Answer> PatchAsync(string path, string type, string body) => SendAsync(HttpMethod.Patch, path, body, type);

    public Task<Answer> ApplyAsync(string path, string manager, string body, bool force = false) => PatchAsync(
        $"{path}?fieldManager={manager}&force={(force ? "true" : "false")}", "application/apply-patch+yaml", body);

    public Task<Answer> DeleteAsync(string path, string? body = null) => SendAsync(HttpMethod.Delete, path, body, "application/json");

    public async Task<Answer> SendAsync(HttpMethod method, string path, string? body, string? type, string? accept = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
            request.Content.Headers.TryAddWithoutValidation("Content-Type", type);
        }

        if (accept is not null)
        {
            request.Headers.TryAddWithoutValidation("Accept", accept);
        }

        using var response = await Client.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        var warnings = response.Headers.TryGetValues("Warning", out var values) ? values.ToList() : [];
        return new Answer((int)response.StatusCode, text, warnings);
    }

    /// <summary>A minimal valid workflow.</summary>
    public static string Workflow(string name, string entrypoint = "main", string labels = "{}") =>
        $$$"""
        {"apiVersion":"argoproj.io/v1alpha1","kind":"Workflow","metadata":{"name":"{{{name}}}","labels":{{{labels}}}},
         "spec":{"entrypoint":"{{{entrypoint}}}","templates":[{"name":"main","container":{"image":"busybox","command":["true"]}}]}}
        """;

    public static string ConfigMap(string name, string data = "{\"a\":\"1\"}") =>
        $$"""{ "apiVersion": "v1", "kind": "ConfigMap", "metadata": { "name": "{{name}}" }, "data": {{data}} }""";

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await app.DisposeAsync();
        await database.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }
}

internal sealed record Answer(int Code, string Text, IReadOnlyList<string> Warnings)
{
    public JsonObject Json => JsonNode.Parse(Text)!.AsObject();

    public string? Message => (string?)Json["message"];

    public string? Reason => (string?)Json["reason"];

    public string Version => (string)Json["metadata"]!["resourceVersion"]!;
}
