using System.Net;
using Grpc.AspNetCore.Server;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Argosy.StandIns.Grpc.Tests.Servers;

/// <summary>A gRPC server on a free loopback port, in the clear unless told otherwise, and a channel to it.</summary>
internal sealed class LinkServer : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly Lazy<GrpcChannel> channel;

    private LinkServer(WebApplication app, LinkScript script)
    {
        this.app = app;
        Script = script;
        channel = new Lazy<GrpcChannel>(() => OpenChannel());
    }

    public LinkScript Script { get; }

    public Uri Address => new(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());

    public Link.Link.LinkClient Client => new(channel.Value);

    public static async Task<LinkServer> StartAsync(Action<GrpcServiceOptions>? options = null, Action<ListenOptions>? listen = null)
    {
        var script = new LinkScript();
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, endpoint =>
        {
            endpoint.Protocols = HttpProtocols.Http2;
            listen?.Invoke(endpoint);
        }));
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromMilliseconds(200));
        builder.Services.AddSingleton(script);
        builder.Services.AddGrpc(options ?? (_ => { }));
        var app = builder.Build();
        app.MapGrpcService<LinkService>();
        await app.StartAsync();
        return new LinkServer(app, script);
    }

    public GrpcChannel OpenChannel(Action<GrpcChannelOptions>? configure = null)
    {
        var options = new GrpcChannelOptions();
        configure?.Invoke(options);
        return GrpcChannel.ForAddress(Address, options);
    }

    /// <summary>A plain HTTP/2 client, for requests no gRPC client makes.</summary>
    public HttpClient Http() => new()
    {
        BaseAddress = Address,
        DefaultRequestVersion = HttpVersion.Version20,
        DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
    };

    public Task StopAsync() => app.StopAsync();

    public async ValueTask DisposeAsync()
    {
        if (channel.IsValueCreated)
        {
            channel.Value.Dispose();
        }

        await app.DisposeAsync();
    }
}
