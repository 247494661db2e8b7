using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Argosy.ClusterAgent.Embedded.Views;

namespace Argosy.ClusterAgent.Embedded.Supervision;

/// <summary>
/// The first process of a pod, seen from the agent: takes orders and tells events as <c>pod.sh</c> describes. It holds the pod's
/// namespaces, so the pod ends with it, and it ends when the agent does.
/// </summary>
internal sealed class PodSupervisor
{
    private readonly Process _process;
    private readonly ConcurrentDictionary<string, ContainerProcess> _containers = new(StringComparer.Ordinal);
    private readonly TaskCompletionSource<int> _view = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _orders = new();

    private PodSupervisor(Process process)
    {
        _process = process;

        // A pipe is read by a blocking call: a thread of its own keeps the pool free for everybody else's work.
        new Thread(HearEvents) { IsBackground = true, Name = "pod events" }.Start();
    }

    /// <summary>Completes when the pod's view is mounted, with the pid of its first process.</summary>
    /// <exception cref="PodViewException">The kernel refused.</exception>
    public Task<int> View => _view.Task;

    /// <summary>Completes when no process of the pod is left.</summary>
    public Task Ended => _ended.Task;

    public static PodSupervisor Start(ViewKind kind, string script, string folder, string marker)
    {
        var start = new ProcessStartInfo("setsid")
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        string[] namespaces = kind switch
        {
            ViewKind.Privileged => ["unshare", "--mount", "--pid", "--fork"],
            ViewKind.Unprivileged => ["unshare", "--user", "--map-root-user", "--mount", "--pid", "--fork"],
            ViewKind.PlainFolder => [],
        };
        foreach (var argument in namespaces)
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var argument in new[] { "sh", script, kind == ViewKind.PlainFolder ? "plain" : "view", marker })
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment.Clear();
        start.Environment["PATH"] = ContainerPath;
        return new PodSupervisor(Process.Start(start)!);
    }

    /// <summary>The machine's own search path: steps use the programs this machine has.</summary>
    public static string ContainerPath { get; } =
        Environment.GetEnvironmentVariable("PATH") is { Length: > 0 } path ? path : "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    /// <summary>Runs a container's script and answers its process.</summary>
    public ContainerProcess StartContainer(string name)
    {
        var container = new ContainerProcess();
        _containers[name] = container;
        if (!Order($"start {name}"))
        {
            container.Lose();
        }

        return container;
    }

    /// <summary>Sends a signal to a container's first process, if it still runs.</summary>
    public async Task SignalAsync(ContainerProcess container, string signal)
    {
        if (await container.Started is { } pid && !container.Ended.IsCompleted)
        {
            Order(string.Create(CultureInfo.InvariantCulture, $"signal {pid} {signal}"));
        }
    }

    /// <summary>Kills whatever of the pod still runs; returns when nothing is left of it.</summary>
    public async Task EndAsync()
    {
        lock (_orders)
        {
            try
            {
                _process.StandardInput.Close();
            }
            catch (IOException)
            {
                // It ended before it read its last order.
            }
        }

        await Ended;
    }

    private bool Order(string order)
    {
        lock (_orders)
        {
            try
            {
                _process.StandardInput.Write(order + "\n");
                _process.StandardInput.Flush();
                return true;
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException)
            {
                return false;
            }
        }
    }

    private void HearEvents()
    {
        try
        {
            while (_process.StandardOutput.ReadLine() is { } line)
            {
                Hear(line.Split(' '));
            }
        }
        catch (IOException)
        {
            // The pipe broke with the process; what follows is the same as at its end.
        }

        if (!_view.Task.IsCompleted)
        {
            _view.TrySetException(new PodViewException($"the pod's first process did not start: {_process.StandardError.ReadToEnd().Trim()}"));
        }

        _process.WaitForExit();
        foreach (var container in _containers.Values)
        {
            container.Lose();
        }

        _process.Dispose();
        _ended.TrySetResult();
    }

    private void Hear(string[] words)
    {
        switch (words)
        {
            case ["view", var pid]:
                _view.TrySetResult(Number(pid));
                break;
            case ["refused"]:
                _view.TrySetException(new PodViewException("the kernel refused to mount the pod's view; supervisor.log in its folder says what"));
                break;
            case ["started", var name, var pid]:
                _containers[name].HasStarted(Number(pid));
                break;
            case ["ended", var name, var code]:
                _containers[name].HasEnded(Number(code));
                break;
        }
    }

    private static int Number(string word) => int.Parse(word, CultureInfo.InvariantCulture);
}

/// <summary>One container's process; both facts are null when the pod was killed before they came to be.</summary>
internal sealed class ContainerProcess
{
    private readonly TaskCompletionSource<int?> _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<int?> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The pid in the pod's namespace.</summary>
    public Task<int?> Started => _started.Task;

    /// <summary>The exit code; 128 and the signal's number where a signal ended it.</summary>
    public Task<int?> Ended => _ended.Task;

    public void HasStarted(int pid) => _started.TrySetResult(pid);

    public void HasEnded(int code) => _ended.TrySetResult(code);

    public void Lose()
    {
        _started.TrySetResult(null);
        _ended.TrySetResult(null);
    }
}
