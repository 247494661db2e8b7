using System.Net;
using Argosy.ClusterAgent.Connection;
using Argosy.ClusterAgent.Identity;
using Argosy.ClusterAgent.Kubernetes.Api;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Argosy.ClusterAgent.Hosting;

/// <summary>The agent's parts put together: identity, link, runtime, and the listener for executors and health checks.</summary>
internal sealed class AgentApp : IAsyncDisposable
{
    private readonly AgentOptions _options;
    private readonly KubernetesClient _client;
    private readonly TimeProvider _time;
    private readonly WebApplication _app;
    private readonly ILogger _logger;
    private readonly GrpcHubLink _link;
    private readonly RuntimeParts _runtime;
    private readonly Func<Func<CancellationToken, Task<string>>, IdentityKeeper> _keeper;
    private readonly TaskCompletionSource<IPEndPoint> _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile ClusterAgentHost? _agent;

    public AgentApp(
        AgentOptions options, KubernetesClient client, IIdentityStore store, TimeProvider time, Func<AgentParts, RuntimeParts> runtime)
    {
        (_options, _client, _time) = (options, client, time);
        _app = Build(options);
        var loggers = _app.Services.GetRequiredService<ILoggerFactory>();
        _logger = loggers.CreateLogger<AgentApp>();
        var dialer = new HubDialer(options.Hub, time);
        var identity = new CurrentIdentity();
        _keeper = uid => new IdentityKeeper(
            options.Cluster, store, new Enrolment(options.Cluster, dialer, time), identity, uid, time, loggers.CreateLogger<IdentityKeeper>());
        _link = new GrpcHubLink(dialer, identity, time, loggers.CreateLogger<GrpcHubLink>());
        _runtime = runtime(new AgentParts(options, client, _link, _listening.Task, time, loggers));
        _app.MapGet("/healthz", AnswerHealthAsync);
        _app.MapGet("/readyz", AnswerReadinessAsync);
        _runtime.Map(_app);
    }

    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _app.Lifetime.ApplicationStopping);
        using var trim = new HeapTrim(_time);
        try
        {
            await _app.StartAsync(cancellationToken);
            var address = Address();
            _listening.SetResult(address);
            _logger.Started(_options.Cluster, _options.Namespaces, address);
            var end = await ServeAsync(ends.Token);
            if (end == AgentEnd.Superseded)
            {
                _logger.GaveWay(_options.Cluster);
                return ExitCodes.Superseded;
            }

            _logger.Stopped(_options.Cluster);
            return ExitCodes.Stopped;
        }
        catch (OperationCanceledException) when (ends.IsCancellationRequested)
        {
            _logger.Stopped(_options.Cluster);
            return ExitCodes.Stopped;
        }
        catch (Exception failure)
        {
            _logger.Broke(_options.Cluster, failure);
            return ExitCodes.Broke;
        }
        finally
        {
            await _app.StopAsync(CancellationToken.None);
        }
    }

    public async ValueTask DisposeAsync()
    {
        switch (_runtime.Pods)
        {
            case IAsyncDisposable pods:
                await pods.DisposeAsync();
                break;
            case IDisposable pods:
                pods.Dispose();
                break;
            default:
                break;
        }

        _link.Dispose();
        await _app.DisposeAsync();
    }

    private static WebApplication Build(AgentOptions options)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.TimestampFormat = "yyyy-MM-ddTHH:mm:ssZ ";
            console.UseUtcTimestamp = true;
        });
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        builder.Logging.SetMinimumLevel(LogLevel.Information);
        builder.Services.AddRouting();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(options.Listen));
        return builder.Build();
    }

    private async Task<AgentEnd> ServeAsync(CancellationToken cancellationToken)
    {
        using var life = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var facts = await MemberFacts.ReadAsync(_client, _time, _logger, cancellationToken);
        var options = new ClusterAgentOptions { Cluster = _options.Cluster, Facts = facts.ToFacts() };
        var agent = new ClusterAgentHost(
            options, _link, _runtime.Pods, _time, _app.Services.GetRequiredService<ILogger<ClusterAgentHost>>()) { Capacity = _runtime.Capacity };
        _agent = agent;
        var keeping = _keeper(_ => Task.FromResult(facts.Uid)).RunAsync(life.Token);
        var serving = agent.RunAsync(life.Token);
        await Task.WhenAny(keeping, serving);
        await life.CancelAsync();
        await keeping.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return keeping.IsFaulted ? throw keeping.Exception.GetBaseException() : await serving;
    }

    private IPEndPoint Address()
    {
        var address = new Uri(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
        return new IPEndPoint(_options.Listen.Address, address.Port);
    }

    // Plain delegates: handlers of other shapes would bring expression trees and their compiler into memory.
    private Task AnswerHealthAsync(HttpContext http) => AnswerAsync(http, _runtime.Trouble());

    private Task AnswerReadinessAsync(HttpContext http) =>
        AnswerAsync(http, _agent is { IsConnected: true } ? null : "no session with the hub; the log says why");

    private static Task AnswerAsync(HttpContext http, string? trouble)
    {
        http.Response.StatusCode = trouble is null ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        http.Response.ContentType = "text/plain; charset=utf-8";
        return http.Response.WriteAsync((trouble ?? "ok") + "\n", http.RequestAborted);
    }
}
