using System.Collections.Concurrent;
using System.Net;
using System.Threading.Channels;
using Argosy.Contracts.Agents;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Argosy.ClusterAgent.Tests.Connection;

/// <summary>A hub behind a real TLS listener that says and does what the test wants; it can go away and come back at the same address.</summary>
internal sealed class RemoteHub : IAsyncDisposable
{
    private readonly string _name;
    private WebApplication? _app;
    private int _port;

    private RemoteHub(HubAuthority authority, string name, HubScript script) => (Authority, _name, Script) = (authority, name, script);

    public HubAuthority Authority { get; }

    public HubScript Script { get; }

    public Uri Address => new($"https://127.0.0.1:{_port}");

    public static async Task<RemoteHub> StartAsync(HubScript? script = null, string name = "hub.argosy.internal")
    {
        var authority = new HubAuthority();
        var hub = new RemoteHub(authority, name, script ?? new HubScript());
        hub.Script.Authority = authority;
        await hub.StartAsync();
        return hub;
    }

    public async Task StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, _port, endpoint =>
        {
            endpoint.Protocols = HttpProtocols.Http2;
            endpoint.UseHttps(new HttpsConnectionAdapterOptions
            {
                ServerCertificate = Authority.Server(_name),
                ClientCertificateMode = ClientCertificateMode.AllowCertificate,
                ClientCertificateValidation = (_, _, _) => true,
            });
        }));
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromMilliseconds(100));
        builder.Services.AddSingleton(Script);
        builder.Services.AddGrpc();
        _app = builder.Build();
        _app.MapGrpcService<JoiningService>();
        _app.MapGrpcService<LinkService>();
        await _app.StartAsync();
        _port = new Uri(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()).Port;
    }

    /// <summary>As a hub that was killed: every call breaks off.</summary>
    public async Task StopAsync()
    {
        if (_app is { } app)
        {
            _app = null;
            await app.DisposeAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Authority.Dispose();
    }

    private sealed class JoiningService(HubScript script) : Joining.JoiningBase
    {
        public override Task<Contracts.Agents.Identity> Join(JoinRequest request, ServerCallContext context)
        {
            script.Joins.Enqueue(request);
            return script.Join(request);
        }
    }

    private sealed class LinkService(HubScript script) : AgentLink.AgentLinkBase
    {
        public override Task Connect(IAsyncStreamReader<AgentMessage> requestStream, IServerStreamWriter<HubMessage> responseStream, ServerCallContext context) =>
            script.ConnectAsync(requestStream, responseStream, context);

        public override Task<Contracts.Agents.Identity> Renew(RenewRequest request, ServerCallContext context)
        {
            script.Renewals.Enqueue(context.GetHttpContext().Connection.ClientCertificate!.Thumbprint);
            return script.Renew(request);
        }

        public override Task OpenArtifact(ArtifactRequest request, IServerStreamWriter<Chunk> responseStream, ServerCallContext context) =>
            script.OpenArtifact(request, responseStream, context);

        public override Task<StoredArtifact> StoreArtifact(IAsyncStreamReader<StorePart> requestStream, ServerCallContext context) =>
            script.StoreArtifact(requestStream, context);

        public override Task<ArtifactListing> ListArtifact(ArtifactRequest request, ServerCallContext context) => script.ListArtifact(request);

        public override Task<LogReceipt> SendLog(IAsyncStreamReader<LogPart> requestStream, ServerCallContext context) =>
            script.SendLog(requestStream, context);
    }
}

/// <summary>What a <see cref="RemoteHub"/> does, and what it has seen.</summary>
internal sealed class HubScript
{
    private readonly Lock _gate = new();
    private readonly List<AgentMessage> _heard = [];
    private TaskCompletionSource _heardMore = NewSignal();
    private Channel<HubMessage> _says = Channel.CreateUnbounded<HubMessage>();
    private ulong _epoch;

    public HubScript()
    {
        Join = request => Task.FromResult(Certify(request.CertificateRequest));
        Renew = request => Task.FromResult(Certify(request.CertificateRequest));
    }

    public HubAuthority Authority { get; set; } = null!;

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Further authorities for the agent to keep.</summary>
    public string FurtherAuthorities { get; set; } = "";

    public ConcurrentQueue<JoinRequest> Joins { get; } = new();

    /// <summary>Thumbprints of those who renewed.</summary>
    public ConcurrentQueue<string> Renewals { get; } = new();

    /// <summary>Each session's hello, and the thumbprint of who opened it.</summary>
    public Channel<(Hello Hello, string Thumbprint)> Sessions { get; } = Channel.CreateUnbounded<(Hello, string)>();

    /// <summary>Whether reports are acknowledged as they are heard.</summary>
    public bool Acknowledges { get; set; } = true;

    /// <summary>The status that every session ends with at once.</summary>
    public Status? Refusal { get; set; }

    public Func<JoinRequest, Task<Contracts.Agents.Identity>> Join { get; set; }

    public Func<RenewRequest, Task<Contracts.Agents.Identity>> Renew { get; set; }

    public Func<ArtifactRequest, IServerStreamWriter<Chunk>, ServerCallContext, Task> OpenArtifact { get; set; } = (_, _, _) => throw Failure(StatusCode.NotFound);

    public Func<IAsyncStreamReader<StorePart>, ServerCallContext, Task<StoredArtifact>> StoreArtifact { get; set; } = (_, _) => throw Failure(StatusCode.NotFound);

    public Func<ArtifactRequest, Task<ArtifactListing>> ListArtifact { get; set; } = _ => throw Failure(StatusCode.NotFound);

    public Func<IAsyncStreamReader<LogPart>, ServerCallContext, Task<LogReceipt>> SendLog { get; set; } = (_, _) => throw Failure(StatusCode.NotFound);

    public static RpcException Failure(StatusCode code, string words = "scripted") => new(new Status(code, words));

    public void Say(HubMessage message) => _says.Writer.TryWrite(message);

    public void Run(AttemptKey key) => Say(new HubMessage { Run = new PodIntent { Key = key } });

    public void EndSession() => _says.Writer.TryComplete();

    public void BreakSession(RpcException failure) => _says.Writer.TryComplete(failure);

    public Contracts.Agents.Identity Certify(Google.Protobuf.ByteString request)
    {
        // From well before to well after the machine's time: tests turn the agent's clock, but not TLS's.
        var now = Time.GetUtcNow();
        return new Contracts.Agents.Identity
        {
            CertificateChain = Authority.Client(request, now.AddMinutes(-5), now.AddHours(24)),
            HubAuthorities = Authority.Pem + FurtherAuthorities,
            NotAfter = Google.Protobuf.WellKnownTypes.Timestamp.FromDateTimeOffset(now.AddHours(24)),
            RenewAt = Google.Protobuf.WellKnownTypes.Timestamp.FromDateTimeOffset(now.AddHours(12)),
            ClusterId = "uid-of-cluster",
        };
    }

    public async Task ConnectAsync(IAsyncStreamReader<AgentMessage> requests, IServerStreamWriter<HubMessage> responses, ServerCallContext context)
    {
        if (Refusal is { } refusal)
        {
            throw new RpcException(refusal);
        }

        await requests.MoveNext();
        var says = Channel.CreateUnbounded<HubMessage>();
        _says = says;
        var hello = requests.Current.Hello;
        await responses.WriteAsync(new HubMessage { Welcome = new Welcome { Cluster = hello.Cluster, Epoch = Interlocked.Increment(ref _epoch) } });
        await Sessions.Writer.WriteAsync((hello, context.GetHttpContext().Connection.ClientCertificate?.Thumbprint ?? ""));
        var hearing = HearAsync(requests, says);
        await foreach (var message in says.Reader.ReadAllAsync(context.CancellationToken))
        {
            await responses.WriteAsync(message);
        }

        _ = hearing.ContinueWith(heard => heard.Exception, TaskScheduler.Default);
    }

    /// <summary>The first message, from the given one on, that the test waits for.</summary>
    public async Task<AgentMessage> HearsAsync(Func<AgentMessage, bool> wanted, int from = 0)
    {
        while (true)
        {
            Task more;
            lock (_gate)
            {
                if (_heard.Skip(from).FirstOrDefault(wanted) is { } message)
                {
                    return message;
                }

                more = _heardMore.Task;
            }

            await more.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        }
    }

    public IReadOnlyList<AgentMessage> Heard
    {
        get
        {
            lock (_gate)
            {
                return [.. _heard];
            }
        }
    }

    private async Task HearAsync(IAsyncStreamReader<AgentMessage> requests, Channel<HubMessage> says)
    {
        try
        {
            while (await requests.MoveNext())
            {
                var message = requests.Current;
                if (Acknowledges && message.Report is not null)
                {
                    says.Writer.TryWrite(new HubMessage { ReportsDurable = message.Number });
                }

                TaskCompletionSource more;
                lock (_gate)
                {
                    _heard.Add(message);
                    (more, _heardMore) = (_heardMore, NewSignal());
                }

                more.SetResult();
            }
        }
        finally
        {
            says.Writer.TryComplete(); // the agent has hung up
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
