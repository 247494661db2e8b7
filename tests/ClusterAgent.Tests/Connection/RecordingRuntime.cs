using System.Runtime.CompilerServices;
using Argosy.ClusterAgent.Pods;
using Argosy.Contracts.Agents;

namespace Argosy.ClusterAgent.Tests.Connection;

/// <summary>A runtime that accepts everything but the node "refused".</summary>
internal sealed class RecordingRuntime : IPodRuntime
{
    private IReportSink? _reports;

    public string Kind => "recording";

    public int RunningPods => 0;

    public List<AttemptKey> Held { get; } = [];

    public bool Stopped { get; private set; }

    public IReportSink Reports => _reports ?? throw new InvalidOperationException("not started");

    public Task StartAsync(IReportSink reports, CancellationToken cancellationToken)
    {
        _reports = reports;
        return Task.CompletedTask;
    }

    public IReadOnlyList<AttemptKey> Inventory() => Held;

    public IReadOnlyCollection<string> Workflows() => [];

    public Task AcceptAsync(PodIntent intent, CancellationToken cancellationToken)
    {
        if (intent.Key.NodeId == "refused")
        {
            throw new IOException("no space left");
        }

        Reports.Accepted(intent.Key);
        return Task.CompletedTask;
    }

    public Task CancelAsync(CancelIntent intent, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task ReleaseAsync(AttemptKey key, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task RemoveAsync(AttemptKey key, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task DropClaimsAsync(string workflowUid, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task ForgetAsync(string workflowUid, CancellationToken cancellationToken) => Task.CompletedTask;

    public async IAsyncEnumerable<LogLine> ReadLogAsync(LogRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        yield break;
    }

    public Task StopAsync()
    {
        Stopped = true;
        return Task.CompletedTask;
    }
}
