using System.Runtime.CompilerServices;
using Argosy.ClusterAgent.Connection;
using Argosy.ClusterAgent.Pods;
using Argosy.ClusterAgent.Tests.Embedded;
using Argosy.Contracts.Agents;
using Microsoft.Extensions.Logging.Abstractions;

namespace Argosy.ClusterAgent.Tests.Connection;

public sealed class ClusterAgentHostTests
{
    private readonly RecordingRuntime _runtime = new();

    [Fact]
    public async Task ConnectionIsLost_AgentComesBack_WithItsInventoryAndWhatWasNotAcknowledged()
    {
        var hub = new FakeHub { Acknowledges = false };
        using var ends = new CancellationTokenSource();
        var serving = Agent(hub).RunAsync(ends.Token);
        await hub.HearsAsync(message => message.Heartbeat is not null);
        _runtime.Held.Add(Key("a"));
        _runtime.Reports.Report(new NodeReport { Key = Key("a"), Phase = PodPhase.PodSucceeded });
        await hub.FinalReportAsync(Key("a"));
        var from = hub.Heard.Count;

        hub.HangUp();
        var again = await hub.FinalReportAsync(Key("a"), from);

        Assert.Equal(2UL, again.Epoch);
        Assert.Equal([Key("a")], hub.Hellos.Last().Inventory);
        await ends.CancelAsync();
        await serving;
        Assert.True(_runtime.Stopped);
    }

    [Fact]
    public async Task AnotherAgentTookOver_AgentEnds()
    {
        var hub = new FakeHub();
        var serving = Agent(hub).RunAsync(TestContext.Current.CancellationToken);
        await hub.HearsAsync(message => message.Heartbeat is not null);

        hub.Say(new HubMessage { Superseded = "a newer session" });
        await serving;

        Assert.True(_runtime.Stopped);
    }

    [Fact]
    public async Task OrderCannotBeCarriedOut_SessionGoesOn()
    {
        var hub = new FakeHub();
        using var ends = new CancellationTokenSource();
        var serving = Agent(hub).RunAsync(ends.Token);
        await hub.HearsAsync(message => message.Heartbeat is not null);

        hub.Run(new PodIntent { Key = Key("refused") });
        hub.Run(new PodIntent { Key = Key("a") });
        await hub.HearsAsync(message => Key("a").Equals(message.Accepted));

        Assert.DoesNotContain(hub.Heard, message => Key("refused").Equals(message.Accepted));
        await ends.CancelAsync();
        await serving;
    }

    private ClusterAgentHost Agent(FakeHub hub) => new(
        new ClusterAgentOptions { Cluster = "test", FirstReconnectPause = TimeSpan.FromMilliseconds(1) },
        hub, _runtime, TimeProvider.System, NullLogger<ClusterAgentHost>.Instance);

    private static AttemptKey Key(string node) => new() { WorkflowUid = "uid", NodeId = node };

    /// <summary>A runtime that accepts everything but the node "refused".</summary>
    private sealed class RecordingRuntime : IPodRuntime
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
}
