using System.Security.Cryptography;
using Argosy.Contracts.Agents;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Argosy.ControlPlane.Hosting;

/// <summary>Starts a hub in this process.</summary>
public static class HubHost
{
    /// <summary>Starts a hub and answers when it serves.</summary>
    /// <exception cref="IOException">The address is in use.</exception>
    public static async Task<RunningHub> StartAsync(HubOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        Directory.CreateDirectory(options.DataDirectory);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(options.ListenAddress));
        var app = builder.Build();
        await app.StartAsync(cancellationToken);
        var token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        var url = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
        var kubeconfig = await AdminKubeconfig.WriteAsync(options.DataDirectory, url, token, cancellationToken);
        return new WebHub(app, url, token, kubeconfig);
    }

    private sealed class WebHub(WebApplication app, Uri url, string token, string kubeconfig) : RunningHub
    {
        public override Uri Url => url;

        public override string AdminToken => token;

        public override string KubeconfigPath => kubeconfig;

        public override IHubLink AgentLink => app.Services.GetRequiredService<IHubLink>();

        public override Task Completion { get; } = app.WaitForShutdownAsync();

        public override Task DeclareClusterAsync(string name, IReadOnlyDictionary<string, string> labels) => Task.CompletedTask;

        public override ValueTask DisposeAsync() => app.DisposeAsync();
    }
}
