using System.Text.Json.Nodes;
using Argosy.ControlPlane.ArgoServer;
using Argosy.ControlPlane.Events;
using Argosy.ControlPlane.Resources;
using Argosy.ControlPlane.Workflows;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Argosy.ControlPlane.Tests.ArgoServer;

/// <summary>The REST API on a real port, over seams that a test scripts.</summary>
public sealed class ArgoServerHost : IAsyncDisposable
{
    private readonly WebApplication app;

    private ArgoServerHost(WebApplication app) => this.app = app;

    public InMemoryResources Resources { get; } = new();

    public RecordedVerbs Verbs { get; } = new();

    public ScriptedLogs Logs { get; } = new();

    public Uri Url => new(app.Urls.Single());

    public static async Task<ArgoServerHost> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<IManifestLint, ScriptedLint>();
        builder.Services.AddEvents();
        ArgoServerHost? host = null;
        builder.Services.AddSingleton<IResources>(_ => host!.Resources);
        builder.Services.AddSingleton<IWorkflowVerbs>(_ => host!.Verbs);
        builder.Services.AddSingleton<IWorkflowLogs>(_ => host!.Logs);
        var app = builder.Build();
        app.MapArgoServer();
        host = new ArgoServerHost(app);
        await app.StartAsync();
        return host;
    }

    /// <summary>Stores a workflow as it would be after some life.</summary>
    public Task<JsonObject> HaveAsync(string name, string @namespace = "default", string status = "{}", string labels = "{}") =>
        Resources.CreateAsync(Kinds.Workflow, @namespace, JsonNode.Parse($$"""
            {
              "apiVersion": "argoproj.io/v1alpha1", "kind": "Workflow",
              "metadata": { "name": "{{name}}", "namespace": "{{@namespace}}", "labels": {{labels}} },
              "spec": { "entrypoint": "main" }, "status": {{status}}
            }
            """)!.AsObject(), CancellationToken.None);

    public ValueTask DisposeAsync() => app.DisposeAsync();
}
