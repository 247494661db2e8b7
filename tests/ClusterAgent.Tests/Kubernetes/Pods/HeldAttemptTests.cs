using System.Text.Json.Nodes;
using Argosy.ClusterAgent.Kubernetes.Pods;
using Argosy.ClusterAgent.Pods;
using Argosy.Contracts.Agents;

namespace Argosy.ClusterAgent.Tests.Kubernetes.Pods;

/// <summary>What is known of a pod when the watch and the answer to its creation come in any order.</summary>
public sealed class HeldAttemptTests : IReportSink
{
    private static readonly JsonObject Created = Pod("Pending"), Ended = Pod("Succeeded");

    private readonly HeldAttempt _attempt;

    public HeldAttemptTests() => _attempt = new HeldAttempt(new PodIntent { Key = new AttemptKey { WorkflowUid = "u", NodeId = "n" }, PodName = "p" }, this);

    [Fact]
    public void Creation_AnsweredFirst_IsWhatIsKnown()
    {
        _attempt.Made(Created);

        Assert.Same(Created, _attempt.Pod);
        Assert.True(_attempt.IsMade);
    }

    [Fact]
    public void Creation_AnsweredAfterTheWatchToldMore_ChangesNothing()
    {
        _attempt.See(Ended);
        _attempt.Made(Created);

        Assert.Same(Ended, _attempt.Pod);
    }

    [Fact]
    public void Creation_AnsweredAfterThePodHasGone_DoesNotBringItBack()
    {
        _attempt.See(Ended);
        _attempt.See(null);
        _attempt.Made(Created);

        Assert.Null(_attempt.Pod);
        Assert.True(_attempt.IsMade);
    }

    [Fact]
    public void OnceThereIsAPod_OnlyWhatThatRemembersOfTheIntent_IsKept()
    {
        var attempt = new HeldAttempt(
            new PodIntent { Key = new AttemptKey { WorkflowUid = "u", NodeId = "n" }, PodName = "p", PodJson = "{}", TemplateJson = "{}", ClaimsJson = "[]", TerminationGraceSeconds = 7 },
            this);
        attempt.Made(Created);

        Assert.Equal(
            new PodIntent { Key = attempt.Key, PodName = "p", TerminationGraceSeconds = 7 }, attempt.Intent);
    }

    void IReportSink.Report(NodeReport report)
    {
    }

    void IReportSink.Accepted(AttemptKey key)
    {
    }

    private static JsonObject Pod(string phase) => new() { ["status"] = new JsonObject { ["phase"] = phase } };
}
