using System.CommandLine;
using System.Net;
using System.Net.Sockets;
using Argosy.Cli.Client;
using Argosy.Cli.Commands;
using Argosy.ControlPlane.Hosting;

namespace Argosy.Cli.Hub;

/// <summary>The options of the commands that start a hub: <c>run</c> and <c>server</c>.</summary>
internal sealed class HubOptionsOfCommand(Shell shell, SharedOptions shared)
{
    private readonly Option<string[]> embedded = new("--embedded")
    {
        Description = "a cluster in this process, as NAME:LABEL=VALUE,LABEL2=VALUE2; may be repeated",
        AllowMultipleArgumentsPerToken = true,
        DefaultValueFactory = _ => [],
    };

    private readonly Option<string?> postgres = CommandOptions.Text("--postgres", "Npgsql connection string; default: SQLite in the data directory");
    private readonly Option<string?> defaultCluster = CommandOptions.Text("--default-cluster", "home of workflows that name no cluster");

    public IEnumerable<Symbol> Symbols => [embedded, postgres, defaultCluster];

    public IReadOnlyList<EmbeddedClusterSpec> Clusters(ParseResult parsed) => EmbeddedClusterSpec.ParseAll(parsed.GetValue(embedded)!);

    public HubOptions Hub(ParseResult parsed, IPEndPoint address) => new()
    {
        DataDirectory = Path.GetFullPath(shared.DataDirectoryOf(parsed, shell)),
        ListenAddress = address,
        PostgresConnection = parsed.GetValue(postgres),
        DefaultCluster = parsed.GetValue(defaultCluster),
    };

    /// <summary>Starts the hub; what keeps it from starting is said in one line.</summary>
    public static async Task<RunningHub> StartAsync(StartHub start, HubOptions options, CancellationToken cancellationToken)
    {
        try
        {
            return await start(options, cancellationToken);
        }
        catch (Exception exception) when (IsAddressInUse(exception))
        {
            var (taken, option) = options.AgentsAddress is { Port: > 0 } agents && exception.Message.Contains($":{agents.Port}:", StringComparison.Ordinal)
                ? (agents, "--agents")
                : (options.ListenAddress, "--listen");
            throw new CommandException(
                $"cannot listen on {taken}: another program uses this address. Stop it, or choose another with {option}", exception);
        }
        catch (DataDirectoryInUseException exception)
        {
            throw new CommandException($"{exception.Message} with --data", exception);
        }
        catch (InvalidDataException exception)
        {
            throw new CommandException(exception.Message, exception);
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new CommandException($"cannot write to {options.DataDirectory}: {exception.Message} Choose another folder with --data", exception);
        }
    }

    private static bool IsAddressInUse(Exception? exception) => exception switch
    {
        null => false,
        SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse } => true,
        _ => IsAddressInUse(exception.InnerException),
    };
}
