using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Npgsql;

[assembly: AssemblyFixture(typeof(Argosy.ControlPlane.Tests.Storage.PostgreSqlServer))]

namespace Argosy.ControlPlane.Tests.Storage;

/// <summary>
/// A PostgreSQL of the tests' own: a fresh cluster in a temporary folder, on loopback only, started when the first test asks for a
/// database. A shell holds it and waits on a pipe from this process, so that the server and its folder go whatever way the tests end.
/// This file stands alone: link it into another test project and take the server as a constructor argument of the test class.
/// </summary>
public sealed class PostgreSqlServer : IAsyncDisposable
{
    /// <summary>Names a folder with initdb and pg_ctl, where they are not in a usual place.</summary>
    private const string BinariesVariable = "ARGOSY_POSTGRES_BIN";

    /// <summary>
    /// Arguments: folder, binaries, port. Prints "ready" or what went wrong. "keep" on the standard input stops the server; anything else,
    /// and the input's end, removes the folder as well. Signals to the tests' process group do not end the shell before that. No unix
    /// socket: a temporary folder's path may be too long for one. Not synced to disk: these databases need not outlive the machine.
    /// </summary>
    private const string Keeper =
        """
        trap '' HUP INT TERM
        folder=$1 bin=$2 port=$3
        cd "$folder" || exit 1
        if [ ! -d data ]; then
          "$bin/initdb" -D data -U postgres -A trust -E UTF8 --locale=C --no-sync >init.log 2>&1 || { cat init.log; exit 1; }
        fi
        options="-h 127.0.0.1 -p $port -c unix_socket_directories='' -c fsync=off -c full_page_writes=off"
        options="$options -c max_connections=300 -c shared_buffers=32MB"
        "$bin/pg_ctl" -D data -w -l server.log -o "$options" start >start.log 2>&1 || { cat start.log server.log; exit 1; }
        echo ready
        read -r next
        "$bin/pg_ctl" -D data -m fast -w stop >/dev/null 2>&1
        [ "$next" = keep ] || rm -rf "$folder"
        """;

    private readonly SemaphoreSlim gate = new(1, 1);
    private string? folder;
    private Process? keeper;
    private int port;

    /// <summary>Makes a new, empty database and returns its connection string; skips the test where PostgreSQL is not installed.</summary>
    public async Task<string> CreateDatabaseAsync()
    {
        await StartAsync();
        var name = "t" + Guid.NewGuid().ToString("N");
        await using var connection = new NpgsqlConnection(ConnectionString("postgres"));
        await connection.OpenAsync();
        await using var create = connection.CreateCommand();
#pragma warning disable CA2100 // a name made above
        create.CommandText = $"CREATE DATABASE {name} TEMPLATE template0";
#pragma warning restore CA2100
        await create.ExecuteNonQueryAsync();
        return ConnectionString(name);
    }

    /// <summary>Starts the server if it is not running; after a <see cref="StopAsync"/> with the same databases on the same port.</summary>
    public async Task StartAsync()
    {
        await gate.WaitAsync();
        try
        {
            if (keeper is null)
            {
                await StartKeeperAsync(FindBinaries());
            }
        }
        finally
        {
            gate.Release();
        }
    }

    /// <summary>Stops the server and cuts its connections; the databases stay.</summary>
    public Task StopAsync() => EndKeeperAsync("keep");

    public async ValueTask DisposeAsync()
    {
        if (folder is not null)
        {
            await EndKeeperAsync("remove");
            NpgsqlConnection.ClearAllPools();
            if (Directory.Exists(folder))
            {
                Directory.Delete(folder, recursive: true);
            }
        }

        gate.Dispose();
    }

    private string ConnectionString(string database) =>
        $"Host=127.0.0.1;Port={port};Username=postgres;Database={database};Maximum Pool Size=20";

    private async Task StartKeeperAsync(string binaries)
    {
        var user = Environment.IsPrivilegedProcess ? OrdinaryUser() : null;
        folder ??= await CreateFolderAsync(user);
        if (port == 0)
        {
            port = FreePort();
        }

        List<string> command = ["sh", "-c", Keeper, "keeper", folder, binaries, $"{port}"];
        if (user is not null)
        {
            command.InsertRange(0, ["setpriv", $"--reuid={user}", $"--regid={await PrimaryGroupAsync(user)}", "--clear-groups"]);
        }

        var process = Process.Start(new ProcessStartInfo(command[0], command.Skip(1))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            Environment = { ["LC_ALL"] = "C" },
        })!;
        var answer = await process.StandardOutput.ReadLineAsync();
        if (answer != "ready")
        {
            throw new InvalidOperationException(
                $"PostgreSQL from {binaries} did not start: {answer}\n{await process.StandardOutput.ReadToEndAsync()}");
        }

        keeper = process;
    }

    private async Task EndKeeperAsync(string next)
    {
        await gate.WaitAsync();
        try
        {
            if (keeper is not null)
            {
                await keeper.StandardInput.WriteLineAsync(next);
                keeper.StandardInput.Close();
                await keeper.WaitForExitAsync();
                keeper.Dispose();
                keeper = null;
            }
        }
        finally
        {
            gate.Release();
        }
    }

    private static string FindBinaries()
    {
        if (Environment.GetEnvironmentVariable(BinariesVariable) is { Length: > 0 } named)
        {
            return HasServer(named) ? named : throw new InvalidOperationException($"{BinariesVariable}={named} holds no initdb and pg_ctl");
        }

        var installed = Directory.Exists("/usr/lib/postgresql")
            ? Directory.GetDirectories("/usr/lib/postgresql").OrderByDescending(VersionOf).Select(version => Path.Combine(version, "bin"))
            : [];
        var found = installed.Concat((Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')).FirstOrDefault(HasServer);
        if (found is null)
        {
            Assert.Skip($"PostgreSQL is not on this machine: install it (Debian: apt-get install postgresql) or set {BinariesVariable} "
                + "to the folder of initdb and pg_ctl");
        }

        return found;
    }

    private static int VersionOf(string folder) => int.TryParse(Path.GetFileName(folder), out var version) ? version : 0;

    private static bool HasServer(string folder) =>
        folder.Length > 0 && File.Exists(Path.Combine(folder, "initdb")) && File.Exists(Path.Combine(folder, "pg_ctl"));

    /// <summary>PostgreSQL refuses to run as root.</summary>
    private static string OrdinaryUser() =>
        File.ReadLines("/etc/passwd").Any(line => line.StartsWith("postgres:", StringComparison.Ordinal)) ? "postgres" : "nobody";

    private static async Task<string> PrimaryGroupAsync(string user) => (await RunAsync("id", "-g", user)).Trim();

    private static async Task<string> CreateFolderAsync(string? owner)
    {
        var created = Directory.CreateTempSubdirectory("argosy-postgres-").FullName;
        if (owner is not null)
        {
            await RunAsync("chown", owner, created);
        }

        return created;
    }

    private static async Task<string> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0
            ? output
            : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with exit code {process.ExitCode}");
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
