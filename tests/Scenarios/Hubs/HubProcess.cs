using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;

namespace Argosy.Scenarios.Hubs;

/// <summary>
/// <c>argosy server</c> in a process of its own. A shell holds it and waits on a pipe from the tests: when the pipe closes, because a test
/// asks for it or because the tests died, the server gets SIGKILL, and what it ran ends with it.
/// </summary>
internal sealed partial class HubProcess : IAsyncDisposable
{
    private const string Keeper =
        """
        exec 3<&0
        "$@" 3<&- </dev/null &
        hub=$!
        exec >&- 2>&-
        trap '' HUP INT TERM
        read -r signal <&3
        kill -s "${signal:-KILL}" $hub
        wait $hub
        """;

    private readonly HubFolder folder;
    private readonly Process keeper;
    private readonly ConcurrentQueue<string> said = new();
    private readonly TaskCompletionSource<Uri> ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource silent = NewSignal();
    private TaskCompletionSource saidMore = NewSignal();

    private HubProcess(HubFolder folder, Process keeper)
    {
        this.folder = folder;
        this.keeper = keeper;
        keeper.OutputDataReceived += (_, line) => Hear(line.Data);
        keeper.ErrorDataReceived += (_, line) => Keep(line.Data ?? "");
        keeper.BeginOutputReadLine();
        keeper.BeginErrorReadLine();
    }

    /// <summary>Completes with the hub's address when it serves; fails when it ends before.</summary>
    public Task<Uri> Ready => ready.Task;

    /// <summary>What the hub wrote to its standard output and error.</summary>
    public string Said => string.Join('\n', said);

    /// <summary>Waits until the hub has written what is looked for.</summary>
    public async Task SaysAsync(Regex wanted, TimeSpan patience)
    {
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        ends.CancelAfter(patience);
        for (var more = saidMore.Task; !wanted.IsMatch(Said); more = saidMore.Task)
        {
            await more.WaitAsync(ends.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            Assert.False(ends.IsCancellationRequested, $"the hub said nothing like {wanted}, but: {Said}");
        }
    }

    /// <summary>Starts a hub with two embedded clusters, gpu and serving, and does not wait until it serves.</summary>
    public static HubProcess Launch(HubFolder folder, params string[] more) =>
        LaunchAlone(folder, ["--listen", "127.0.0.1:0", "--embedded", "gpu:accelerator=nvidia", "--embedded", "serving:tier=serving", .. more]);

    /// <summary>Starts a hub without clusters, and does not wait until it serves.</summary>
    public static HubProcess LaunchAlone(HubFolder folder, params string[] options)
    {
        string[] server = [ArgosyProgram.Path, "server", "--data", folder.Data, .. options];
        var start = new ProcessStartInfo("sh", ["-c", Keeper, "keeper", .. server])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder.Home,
            Environment = { ["HOME"] = folder.Home },
        };
        foreach (var (name, value) in folder.Shims?.Environment ?? [])
        {
            start.Environment[name] = value;
        }

        return new HubProcess(folder, Process.Start(start)!);
    }

    public static async Task<HubProcess> StartAsync(HubFolder folder, params string[] more)
    {
        var hub = Launch(folder, more);
        try
        {
            await hub.Ready.WaitAsync(TestContext.Current.CancellationToken);
            return hub;
        }
        catch
        {
            await hub.DisposeAsync();
            throw;
        }
    }

    /// <summary>A client that speaks to the hub as its admin.</summary>
    public async Task<HttpClient> ClientAsync()
    {
        var token = await File.ReadAllTextAsync(Path.Combine(folder.Data, "admin-token"));
        var client = new HttpClient { BaseAddress = await Ready, Timeout = TimeSpan.FromMinutes(2) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token.Trim());
        return client;
    }

    /// <summary>SIGKILL; returns when the process is gone.</summary>
    public Task KillAsync() => EndAsync("KILL");

    /// <summary>SIGTERM; returns when the process is gone, with its exit code.</summary>
    public async Task<int> StopAsync()
    {
        await EndAsync("TERM");
        return keeper.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        keeper.Dispose();
    }

    private async Task EndAsync(string signal)
    {
        if (keeper.HasExited)
        {
            return;
        }

        await keeper.StandardInput.WriteLineAsync(signal);
        keeper.StandardInput.Close();
        await silent.Task;
        await keeper.WaitForExitAsync();
    }

    private void Keep(string line)
    {
        said.Enqueue(line);
        Interlocked.Exchange(ref saidMore, NewSignal()).TrySetResult();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Hear(string? line)
    {
        if (line is null)
        {
            ready.TrySetException(new InvalidOperationException($"the hub ended before it served:\n{Said}"));
            _ = ready.Task.Exception; // nobody may be waiting
            silent.TrySetResult();
            return;
        }

        Keep(line);
        if (Listening().Match(line) is { Success: true } match)
        {
            ready.TrySetResult(new Uri(match.Groups[1].Value));
        }
    }

    [GeneratedRegex(@"^argosy is listening on (\S+)$")]
    private static partial Regex Listening();
}
