using Argosy.ControlPlane.Access;
using Argosy.ControlPlane.Archive;
using Argosy.ControlPlane.ArgoServer;
using Argosy.ControlPlane.Artifacts;
using Argosy.ControlPlane.Clusters;
using Argosy.ControlPlane.Cron;
using Argosy.ControlPlane.Dispatch;
using Argosy.ControlPlane.Events;
using Argosy.ControlPlane.Joining;
using Argosy.ControlPlane.Journal;
using Argosy.ControlPlane.Memoization;
using Argosy.ControlPlane.Metrics;
using Argosy.ControlPlane.Resources;
using Argosy.ControlPlane.Storage;
using Argosy.ControlPlane.Synchronization;
using Argosy.ControlPlane.Workflows;
using Argosy.Engine.Workflows;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Argosy.ControlPlane.Hosting;

/// <summary>Starts a hub in this process: the hub's table of contents.</summary>
public static class HubHost
{
    /// <summary>Starts a hub and answers when it serves.</summary>
    /// <exception cref="IOException">The address is in use.</exception>
    /// <exception cref="DataDirectoryInUseException">Another hub works on the data directory.</exception>
    /// <exception cref="InvalidDataException">A file of the data directory, or the certificate that the options name, cannot be used.</exception>
    /// <exception cref="ArgumentException">The hub would be heard beyond this machine without TLS.</exception>
    public static async Task<RunningHub> StartAsync(HubOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        var data = DataDirectory.Open(options.DataDirectory);
        try
        {
            return await StartAsync(options, data, cancellationToken);
        }
        catch
        {
            data.Dispose();
            throw;
        }
    }

    private static async Task<RunningHub> StartAsync(HubOptions options, DataDirectory data, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.AddHubLogging();
        var tls = HubTls.Open(options, TimeProvider.System);
        var agents = new AgentsListener(options.AgentsAddress, options.Tls?.Names ?? [], tls.Authority, TimeProvider.System);
        ListenOptions? listening = null;
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(options.ListenAddress, listen => tls.Apply(listening = listen));
            agents.Listen(kestrel);
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 64 * 1024 * 1024;
        });
        builder.Services.AddSingleton(options.Clock);
        builder.Services.AddSingleton(_ => options.PostgresConnection is { } connection
            ? HubDatabase.PostgreSql(connection)
            : HubDatabase.Sqlite(Path.Combine(options.DataDirectory, "hub.db")));
        builder.Services.AddJournal();
        builder.Services.AddResources(options.DataDirectory);
        builder.Services.AddAccess(options.DataDirectory);
        builder.Services.AddArtifacts(options.DataDirectory);
        builder.Services.AddClusters(options.DefaultCluster);
        builder.Services.AddHubMetrics();
        builder.Services.AddDispatch();
        builder.Services.AddJoining(tls.Authority, agents);
        builder.Services.AddSynchronization();
        builder.Services.AddMemoization();
        builder.Services.AddArchive();
        builder.Services.AddWorkflows(SettingsOf(options));
        builder.Services.AddCronWorkflows();
        builder.Services.AddEvents();
        builder.Services.PostConfigure<WorkflowOptions>(workflows =>
        {
            workflows.Parallelism = options.Parallelism ?? workflows.Parallelism;
            workflows.NamespaceParallelism = options.NamespaceParallelism ?? workflows.NamespaceParallelism;
        });
        builder.AddGrains(options);
        var app = builder.Build();
        app.UseAgentsWall();
        app.UseWhen(http => !AgentsListener.Brought(http), others => others.UseAccess());
        app.MapAgents();
        app.MapResources();
        app.MapClusterVerbs();
        app.MapArgoServer();
        app.MapHubMetrics();

        var database = app.Services.GetRequiredService<HubDatabase>();
        await Migrations.ApplyAsync(database, cancellationToken);
        await app.Services.GetRequiredService<ResourceStore>().StartAsync(cancellationToken);
        try
        {
            await app.StartAsync(cancellationToken);
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }

        var url = tls.PublicUrl(listening!.IPEndPoint!);
        var token = app.Services.GetRequiredService<AdminToken>().Value;
        var kubeconfig = Path.Combine(options.DataDirectory, "kubeconfig");
        Kubeconfig.Write(kubeconfig, url, token, tls.AuthorityPem);
        return new WebHub(app, data, tls, agents, url, token, kubeconfig);
    }

    private static WorkflowSettings SettingsOf(HubOptions options) => new(
        new HubSettings
        {
            WorkflowDefaults = options.WorkflowDefaults,
            ArtifactRepository = options.ArtifactRepository,
            PodGcDelaySeconds = options.PodGcDelay.TotalSeconds,
        },
        options.SystemNamespace);

    private sealed class WebHub(WebApplication app, DataDirectory data, HubTls tls, AgentsListener agents, Uri url, string token, string kubeconfig) : RunningHub
    {
        public override Uri Url => url;

        public override Uri? AgentsUrl => agents.Url;

        public override string AdminToken => token;

        public override string KubeconfigPath => kubeconfig;

        public override Argosy.Contracts.Agents.IHubLink AgentLink => app.Services.GetRequiredService<Argosy.Contracts.Agents.IHubLink>();

        public override Task Completion { get; } = app.WaitForShutdownAsync();

        public override Task DeclareClusterAsync(string name, IReadOnlyDictionary<string, string> labels) =>
            app.Services.GetRequiredService<ClusterDeclaration>().DeclareAsync(name, labels, CancellationToken.None);

        public override async ValueTask DisposeAsync()
        {
            await app.StopAsync();
            await app.DisposeAsync();
            agents.Dispose();
            tls.Dispose();
            data.Dispose();
        }
    }
}
