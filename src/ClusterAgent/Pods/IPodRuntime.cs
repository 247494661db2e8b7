using Argosy.Contracts.Agents;

namespace Argosy.ClusterAgent.Pods;

/// <summary>
/// What makes pods of intents in one cluster. Level-based: every call says what should be, may be repeated, and finds what an earlier
/// call, or an earlier life of the agent, has made.
/// </summary>
public interface IPodRuntime
{
    /// <summary>The kind of cluster, as <see cref="Hello.Runtime"/> spells it.</summary>
    string Kind { get; }

    /// <summary>How many pods run at this moment.</summary>
    int RunningPods { get; }

    /// <summary>
    /// Takes up what an earlier life left behind. From here on <paramref name="reports"/> hears of every change; each report holds
    /// the whole state of its attempt.
    /// </summary>
    Task StartAsync(IReportSink reports, CancellationToken cancellationToken);

    /// <summary>The attempts the cluster holds, finished ones until they are released.</summary>
    IReadOnlyList<AttemptKey> Inventory();

    /// <summary>The uid of every workflow of which something is here, finished and released attempts included.</summary>
    IReadOnlyCollection<string> Workflows();

    /// <summary>
    /// Takes up the intent and returns; the pod follows on its own. The sink hears when its object exists (<see cref="IReportSink.Accepted"/>). An
    /// attempt that is known reports its present state.
    /// </summary>
    Task AcceptAsync(PodIntent intent, CancellationToken cancellationToken);

    /// <summary>Ends the attempt's pod; an attempt that is not known is reported failed.</summary>
    Task CancelAsync(CancelIntent intent, CancellationToken cancellationToken);

    /// <summary>Forgets a finished attempt and all it left, except its logs.</summary>
    Task ReleaseAsync(AttemptKey key, CancellationToken cancellationToken);

    /// <summary>Forgets an attempt and all it left, logs as well.</summary>
    Task RemoveAsync(AttemptKey key, CancellationToken cancellationToken);

    /// <summary>Removes the claims that were made for a workflow, with their data.</summary>
    Task DropClaimsAsync(string workflowUid, CancellationToken cancellationToken);

    /// <summary>Ends and forgets everything of a workflow, logs and claims as well.</summary>
    Task ForgetAsync(string workflowUid, CancellationToken cancellationToken);

    /// <summary>The log of one container; empty when it is no longer there.</summary>
    IAsyncEnumerable<LogLine> ReadLogAsync(LogRequest request, CancellationToken cancellationToken);

    /// <summary>Ends what cannot outlive the agent. Nothing is reported any more.</summary>
    Task StopAsync();
}

/// <summary>Hears what becomes of attempts. Never blocks and never throws.</summary>
public interface IReportSink
{
    void Report(NodeReport report);

    /// <summary>The attempt's object exists: whatever happens to the agent, it is found again.</summary>
    void Accepted(AttemptKey key);
}
