using System.Diagnostics;
using Argosy.ClusterAgent.Executors;

namespace Argosy.Executor.Tests;

/// <summary>What a pod's containers share, as a folder of one test, and its containers as processes of the real executor.</summary>
internal sealed class PodInSmall : IDisposable
{
    private static readonly string Program = Path.Combine(AppContext.BaseDirectory, "argosy-executor");

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("argosy-executor-");
    private readonly List<ContainerInSmall> _containers = [];

    public PodInSmall(ExecutorPlan plan)
    {
        foreach (var folder in (string[])["shared", "staging", "inputs"])
        {
            _folder.CreateSubdirectory(folder);
        }

        File.WriteAllText(this["plan.json"], plan.ToJson());
        File.WriteAllText(this["shared/plan.json"], plan.ToJson());
        File.WriteAllText(this["token"], AgentInSmall.Token);
        Directory.CreateDirectory(this["shared/ctr"]);
    }

    /// <summary>A path in the pod's folder.</summary>
    public string this[string name] => Path.Combine(_folder.FullName, name);

    /// <summary>A plan of one container, <c>main</c>.</summary>
    public static ExecutorPlan Plan(params string[] agents) => new()
    {
        AgentUrls = agents,
        GraceSeconds = 30,
        Containers = new Dictionary<string, ContainerPlan> { ["main"] = new() { Role = ContainerRole.Main } },
    };

    public ContainerInSmall Init() => Start(
        "init", ["init", "--shared", this["shared"], "--plan", this["plan.json"], "--staging", this["staging"]]);

    public ContainerInSmall Run(string container, params string[] command) => Start(
        container, ["run", "--container", container, "--shared", this["shared"], .. Common(container), "--", .. command]);

    /// <summary>As the first process of a namespace of its own, as in a container.</summary>
    public ContainerInSmall RunAsFirstProcess(string container, params string[] command) => Start(
        "unshare",
        container,
        ["--pid", "--fork", "--mount-proc", Program, "run", "--container", container, "--shared", this["shared"], .. Common(container), "--", .. command]);

    /// <summary>The container's termination message.</summary>
    public TerminationMessage? Message(string container = "main") =>
        File.Exists(this[$"{container}.message"]) ? TerminationMessage.Read(File.ReadAllText(this[$"{container}.message"])) : null;

    public void Dispose()
    {
        _containers.ForEach(container => container.Dispose());
        _folder.Delete(recursive: true);
    }

    private string[] Common(string container) => ["--token", this["token"], "--message", this[$"{container}.message"]];

    private ContainerInSmall Start(string container, string[] arguments) => arguments[0] == "init"
        ? Start(Program, container, [.. arguments, .. Common(container)])
        : Start(Program, container, arguments);

    private ContainerInSmall Start(string program, string container, string[] arguments)
    {
        // Containers start with no signal ignored, which cannot be said of test runs.
        var start = new ProcessStartInfo("env", ["--default-signal", program, .. arguments])
        {
            RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = _folder.FullName,
        };
        start.Environment["GREETING"] = "hello, world";
        var started = new ContainerInSmall(Process.Start(start) ?? throw new InvalidOperationException($"{container} did not start"));
        _containers.Add(started);
        return started;
    }
}
