namespace Argosy.Executor;

/// <summary>The command line: <c>init [OPTIONS]</c>, or <c>run --container NAME [OPTIONS] -- COMMAND ARGS…</c>.</summary>
internal sealed record ExecutorOptions
{
    public required string Verb { get; init; }

    /// <summary>The container that <c>run</c> is in.</summary>
    public string Container { get; init; } = "main";

    /// <summary>What all wrapped containers of the pod share.</summary>
    public string Shared { get; init; } = "/var/run/argo";

    /// <summary>Where <c>init</c> finds the plan, if not in its variables.</summary>
    public string Plan { get; init; } = "/argo/plan/plan.json";

    /// <summary>Where <c>init</c> puts the script.</summary>
    public string Staging { get; init; } = "/argo/staging";

    /// <summary>The projected token that tells the agent which pod speaks.</summary>
    public string Token { get; init; } = "/var/run/argo-token/token";

    /// <summary>The container's <c>terminationMessagePath</c>.</summary>
    public string Message { get; init; } = "/dev/termination-log";

    /// <summary>The user's command and its arguments.</summary>
    public IReadOnlyList<string> Command { get; init; } = [];

    /// <summary>The pod's copy of the plan.</summary>
    public string SharedPlan => Path.Combine(Shared, "plan.json");

    public string ProgressFile => Path.Combine(Shared, "progress");

    /// <exception cref="ExecutorException">The arguments cannot be understood.</exception>
    public static ExecutorOptions Parse(IReadOnlyList<string> arguments)
    {
        if (arguments is not ["init" or "run", ..])
        {
            throw new ExecutorException("usage: argosy-executor init | run --container NAME -- COMMAND ARGS…");
        }

        var options = new ExecutorOptions { Verb = arguments[0] };
        for (var at = 1; at < arguments.Count; at += 2)
        {
            if (arguments[at] == "--")
            {
                return options with { Command = [.. arguments.Skip(at + 1)] };
            }

            options = options.With(arguments[at], at + 1 < arguments.Count
                ? arguments[at + 1]
                : throw new ExecutorException($"{arguments[at]} needs a value"));
        }

        return options;
    }

    private ExecutorOptions With(string name, string value) => name switch
    {
        "--container" => this with { Container = value },
        "--shared" => this with { Shared = value },
        "--plan" => this with { Plan = value },
        "--staging" => this with { Staging = value },
        "--token" => this with { Token = value },
        "--message" => this with { Message = value },
        _ => throw new ExecutorException($"unknown option {name}: --container, --shared, --plan, --staging, --token and --message are known"),
    };
}
