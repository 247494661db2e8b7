using Argosy.ClusterAgent.Identity;
using Argosy.ClusterAgent.Kubernetes.Api;
using Argosy.ClusterAgent.Kubernetes.Connecting;

namespace Argosy.ClusterAgent.Hosting;

/// <summary>The agent program of a Kubernetes cluster, from its options to its exit code.</summary>
public static class AgentProgram
{
    /// <summary>Runs until told to end: by a signal, by the token, or by another agent that took over.</summary>
    /// <param name="variable">The environment.</param>
    /// <param name="say">Where errors of the options and --help go.</param>
    /// <param name="runtime">Makes what runs the pods.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(
        IReadOnlyList<string> arguments, Func<string, string?> variable, TextWriter say, Func<AgentParts, RuntimeParts> runtime,
        CancellationToken cancellationToken = default)
    {
        if (arguments.Contains("--help"))
        {
            await say.WriteAsync(AgentSettings.Help);
            return ExitCodes.Stopped;
        }

        var (options, errors) = AgentSettings.Read(arguments, variable);
        var (connection, trouble) = Connect(options?.Kubeconfig, variable);
        if (options is null || connection is null)
        {
            foreach (var error in trouble is null ? errors : [.. errors, trouble])
            {
                await say.WriteLineAsync(error);
            }

            return ExitCodes.BadOptions;
        }

        using var client = new KubernetesClient(connection, TimeProvider.System);
        IIdentityStore store = options.IdentitySecret is { } secret
            ? new SecretIdentityStore(client, secret.Namespace, secret.Name)
            : new FolderIdentityStore(options.IdentityFolder!);
        AgentApp app;
        try
        {
            app = new AgentApp(options, client, store, TimeProvider.System, runtime);
        }
        catch (Exception failure) when (failure is InvalidOperationException or FormatException or IOException)
        {
            await say.WriteLineAsync($"the agent cannot be put together: {failure.Message}");
            return ExitCodes.Broke;
        }

        await using (app)
        {
            return await app.RunAsync(cancellationToken);
        }
    }

    private static (ClusterConnection? Connection, string? Trouble) Connect(string? kubeconfig, Func<string, string?> variable)
    {
        try
        {
            return kubeconfig is not null ? (Kubeconfig.Load(kubeconfig, TimeProvider.System).Connection(), null)
                : InCluster.Find(variable, TimeProvider.System) is { } found ? (found, null)
                : (null, "--kubeconfig: required, since this process runs in no pod of a cluster");
        }
        catch (KubeconfigException failure)
        {
            return (null, $"--kubeconfig: {failure.Message}");
        }
    }
}
