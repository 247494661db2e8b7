using System.Net.Sockets;
using Argosy.ClusterAgent.Embedded.Attempts;
using Argosy.ClusterAgent.Embedded.Planning;
using Argosy.ClusterAgent.Embedded.Supervision;
using Argosy.ClusterAgent.Embedded.Views;

namespace Argosy.ClusterAgent.Embedded.Runs;

/// <summary>Asks a daemon at its probe's period whether it is ready.</summary>
internal sealed class ReadinessCheck(PlannedContainer container, PodSupervisor supervisor, AttemptFolder folder, MachineView machine, string root, TimeProvider time)
{
    /// <summary>The pod shares the machine's network; a manifest's own host is meant for another one.</summary>
    private const string Host = "127.0.0.1";

    private static readonly HttpClient Http = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        PooledConnectionLifetime = TimeSpan.Zero,
        UseProxy = false,
    });

    /// <summary>Returns once the container is ready; at once if it has no probe.</summary>
    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        if (container.Readiness is not { Spec: var spec } probe)
        {
            return;
        }

        await Task.Delay(TimeSpan.FromSeconds(spec.InitialDelaySeconds), time, cancellationToken);
        for (var successes = 0; ;)
        {
            successes = await SucceedsAsync(probe, cancellationToken) ? successes + 1 : 0;
            if (successes >= Math.Max(1, spec.SuccessThreshold))
            {
                return;
            }

            await Task.Delay(TimeSpan.FromSeconds(Math.Max(1, spec.PeriodSeconds)), time, cancellationToken);
        }
    }

    private async Task<bool> SucceedsAsync(PlannedProbe probe, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(Math.Max(1, probe.Spec.TimeoutSeconds)), time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        try
        {
            return probe.Spec switch
            {
                { HttpGet: { } http } => await AnswersAsync(http, probe.Port, either.Token),
                { TcpSocket: not null } => await ListensAsync(probe.Port, either.Token),
                { Exec: { } exec } => await RunsAsync(exec, either.Token),
                _ => true,
            };
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    private static async Task<bool> AnswersAsync(HttpGetAction http, int port, CancellationToken cancellationToken)
    {
        var address = new UriBuilder(http.Scheme.ToLowerInvariant(), Host, port) + http.Path.TrimStart('/');
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        foreach (var header in http.HttpHeaders)
        {
            request.Headers.TryAddWithoutValidation(header.Name, header.Value);
        }

        using var response = await Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        return (int)response.StatusCode is >= 200 and < 400;
    }

    private static async Task<bool> ListensAsync(int port, CancellationToken cancellationToken)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(Host, port, cancellationToken);
        return true;
    }

    private async Task<bool> RunsAsync(ExecAction exec, CancellationToken cancellationToken)
    {
        var name = container.Name + ".readiness";
        var own = folder.ContainerFolder(name);
        Directory.CreateDirectory(own);
        var isPlain = machine.Kind == ViewKind.PlainFolder;
        var script = ContainerScript.Write(
            container with { Command = exec.Command }, isPlain ? own : $"/var/run/argo/ctr/{name}", isPlain ? root : "");
        await File.WriteAllTextAsync(Path.Join(own, "run"), script, cancellationToken);
        var process = supervisor.StartContainer(name);
        try
        {
            return await process.Ended.WaitAsync(cancellationToken) == 0;
        }
        catch (OperationCanceledException)
        {
            await supervisor.SignalAsync(process, "KILL");
            throw;
        }
    }
}
