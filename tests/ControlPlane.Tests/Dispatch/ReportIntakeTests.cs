using System.Reflection;
using Argosy.Contracts.Agents;
using Argosy.ControlPlane.Dispatch;
using Argosy.ControlPlane.Workflows;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans;
using PodPhase = Argosy.Contracts.Agents.PodPhase;

namespace Argosy.ControlPlane.Tests.Dispatch;

/// <summary>What an agent is told about its reports must be true whatever becomes of the workflows they speak of.</summary>
public sealed class ReportIntakeTests : IAsyncLifetime
{
    private readonly AgentSessions sessions = new(TimeProvider.System);
    private readonly IGrainFactory workflows = DispatchProxy.Create<IGrainFactory, Workflows>();
    private readonly ReportIntake intake;
    private AgentSession session = null!;

    public ReportIntakeTests() => intake = new ReportIntake(workflows, NullLogger<ReportIntake>.Instance);

    public async ValueTask InitializeAsync() => session = await sessions.OpenAsync(new Hello { Cluster = "one" }, null!, intake);

    public async ValueTask DisposeAsync()
    {
        await intake.StopAsync(CancellationToken.None);
        intake.Dispose();
    }

    [Fact]
    public async Task ReportIsNotDurable_SessionEnds_AndNothingAfterItIsAcknowledged()
    {
        ((Workflows)workflows).Broken.Add("broken");
        await SayAsync(1, "sound");
        await SayAsync(2, "broken");
        await SayAsync(3, "sound");
        await intake.StartAsync(CancellationToken.None);

        var heard = await session.ReceiveAsync(Patience()).ToListAsync(Patience());

        Assert.DoesNotContain(heard, message => message.BodyCase == HubMessage.BodyOneofCase.ReportsDurable);
        Assert.Null(sessions.Find("one"));
    }

    [Fact]
    public async Task ReportsAreDurable_AreAcknowledged_UpToTheLast()
    {
        await SayAsync(1, "sound");
        await SayAsync(2, "sound");
        await intake.StartAsync(CancellationToken.None);

        var acknowledged = await session.ReceiveAsync(Patience()).FirstAsync(message => message.ReportsDurable == 2, Patience());

        Assert.Equal(2u, acknowledged.ReportsDurable);
    }

    private static CancellationToken Patience() => TestContext.Current.CancellationToken;

    private ValueTask SayAsync(ulong number, string workflow) => session.SendAsync(
        new AgentMessage
        {
            Number = number,
            Report = new NodeReport { Key = new AttemptKey { WorkflowUid = workflow, NodeId = "node" }, Phase = PodPhase.PodSucceeded },
        },
        Patience());

    /// <summary>Workflows that take every report, but for the broken ones. Made of proxies: a class of grains would count as one of the hub's.</summary>
    public class Workflows : DispatchProxy
    {
        public HashSet<string> Broken { get; } = [];

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
        {
            var grain = Create<IWorkflowGrain, OneWorkflow>();
            ((OneWorkflow)(object)grain).IsBroken = Broken.Contains((string)args![0]!);
            return grain;
        }
    }

    public class OneWorkflow : DispatchProxy
    {
        public bool IsBroken { get; set; }

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
            IsBroken ? Task.FromException(new InvalidOperationException("the journal cannot be written")) : Task.CompletedTask;
    }
}
