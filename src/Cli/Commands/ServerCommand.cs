using System.CommandLine;
using System.Net;
using Argosy.Cli.Client;
using Argosy.Cli.Hub;

namespace Argosy.Cli.Commands;

/// <summary><c>server</c>: a hub that serves until it is told to stop.</summary>
internal static class ServerCommand
{
    public static Command Create(Shell shell, SharedOptions shared, StartHub startHub, RunEmbeddedCluster runCluster)
    {
        var hubOptions = new HubOptionsOfCommand(shell, shared);
        var listen = new Option<string>("--listen") { Description = "address and port; port 0 takes any", DefaultValueFactory = _ => "127.0.0.1:2746" };
        var agents = CommandOptions.Text("--agents", "address and port where agents of Kubernetes clusters dial, or none (default: the port after that of --listen)");
        var tls = new TlsOptionsOfCommand();
        var config = CommandOptions.Text("--controller-config", "file with the settings of an Argo controller: its ConfigMap, or the keys alone");
        var command = new Command("server", "Runs a hub, alone or with embedded clusters.");
        command.AddAll([listen, agents, config, .. tls.Symbols, .. hubOptions.Symbols]);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var clusters = hubOptions.Clusters(parsed);
            var address = Address(parsed.GetValue(listen)!);
            if (clusters.Count > 0 && !IPAddress.IsLoopback(address.Address))
            {
                throw new CommandException(
                    $"--listen {address}: the steps of embedded clusters are processes of this machine, for trying out on loopback only. "
                    + "Listen on 127.0.0.1, or leave out --embedded");
            }

            var options = hubOptions.Hub(parsed, address) with { Tls = tls.Read(parsed, address), AgentsAddress = Agents(parsed.GetValue(agents), address) };
            if (parsed.GetValue(config) is { } file)
            {
                var settings = await ControllerConfig.ReadAsync(file, shell.In, cancellationToken);
                options = settings.ApplyTo(options);
                if (settings.PassedOver.ToList() is { Count: > 0 } others)
                {
                    await shell.Error.WriteLineAsync($"{file}: without meaning for this hub and passed over: {string.Join(", ", others)}");
                }
            }

            await using var hub = await HubOptionsOfCommand.StartAsync(startHub, options, cancellationToken);
            await using var fleet = await EmbeddedFleet.StartAsync(hub, options.DataDirectory, clusters, runCluster);
            await shell.Out.WriteLineAsync($"""
                argosy is listening on {hub.Url}
                agents:     {hub.AgentsUrl?.AbsoluteUri.TrimEnd('/') ?? "none"}
                clusters:   {(clusters.Count > 0 ? string.Join(", ", clusters.Select(cluster => cluster.Name)) : "none yet")}
                data:       {options.DataDirectory}
                kubeconfig: {hub.KubeconfigPath}

                  kubectl --kubeconfig {Quoted(hub.KubeconfigPath)} get workflows
                """);
            await shell.Out.FlushAsync(cancellationToken);
            await hub.Completion.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!cancellationToken.IsCancellationRequested)
            {
                await hub.Completion;
            }

            return ExitCodes.Succeeded;
        });
        return command;
    }

    private static IPEndPoint? Agents(string? text, IPEndPoint listen) => text switch
    {
        null => new IPEndPoint(listen.Address, listen.Port switch { 0 => 0, IPEndPoint.MaxPort => 1024, var port => port + 1 }),
        "none" => null,
        _ => Address(text, "--agents"),
    };

    private static IPEndPoint Address(string text, string option = "--listen")
    {
        var withHost = text.StartsWith(':') ? "127.0.0.1" + text : text.Replace("localhost:", "127.0.0.1:", StringComparison.Ordinal);
        return withHost.Contains(':', StringComparison.Ordinal) && IPEndPoint.TryParse(withHost, out var address)
            ? address
            : throw new CommandException($"{option} {text} must be ADDRESS:PORT, such as 127.0.0.1:2746 or 0.0.0.0:2746");
    }

    private static string Quoted(string path) => path.Contains(' ', StringComparison.Ordinal) ? $"'{path}'" : path;
}
