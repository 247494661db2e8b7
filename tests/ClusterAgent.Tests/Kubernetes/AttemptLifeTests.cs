using System.Text.Json.Nodes;
using Argosy.ClusterAgent.Kubernetes.Pods;
using Argosy.ClusterAgent.Tests.Embedded;
using Argosy.Contracts.Agents;

namespace Argosy.ClusterAgent.Tests.Kubernetes;

/// <summary>What becomes of an attempt and its pod when things go wrong on the way.</summary>
public sealed class AttemptLifeTests : IAsyncLifetime
{
    private const string Creation = $"POST {RuntimeStory.Pods}";

    private readonly PodIntent _intent = RuntimeStory.Intent();
    private RuntimeStory _story = null!;

    private string Path => RuntimeStory.PathOf(_intent);

    public async ValueTask InitializeAsync() => _story = await RuntimeStory.StartAsync();

    public ValueTask DisposeAsync() => _story.DisposeAsync();

    [Fact]
    public async Task PodWhoseCreationWasNotAnswered_IsEnded_WhenItsAttemptIsCancelledMeanwhile()
    {
        LoseTheAnswerWhile(() => _story.CancelAsync(_intent, "enough"));

        await _story.AcceptAsync(_intent);

        await _story.Server.HasAsync(Path, pod => pod?.Text("metadata", "deletionTimestamp") is not null);
        _story.Server.Speak();
        Assert.Equal(PodPhase.PodFailed, (await _story.FinalAsync(_intent)).Phase);
    }

    [Fact]
    public async Task PodWhoseCreationWasNotAnswered_Goes_WhenItsAttemptIsReleasedMeanwhile()
    {
        LoseTheAnswerWhile(() => _story.ReleaseAsync(_intent));

        await _story.AcceptAsync(_intent);

        await _story.Server.SeesAsync(Creation);
        await _story.Server.SeesAsync($"PATCH {Path}");
        await _story.Server.HasAsync(Path, pod => pod is null);
        Assert.Empty(_story.Runtime.Inventory());
    }

    [Fact]
    public async Task PodThatNoKubeletHasBegunWith_IsDeletedBeforeItIsLetGo()
    {
        await _story.RunAsync(_intent);

        await _story.ReleaseAsync(_intent);
        await _story.Server.HasAsync(Path, pod => pod is null);

        Assert.Equal([$"DELETE {Path}", $"PATCH {Path}"], _story.Server.Requests.Where(request => request.EndsWith(Path, StringComparison.Ordinal)).TakeLast(2));
    }

    [Fact]
    public async Task PodThatWasStopped_ByAnAgentThatDiedBeforeItWasDeleted_IsDeleted()
    {
        await _story.RunAsync(_intent);

        _story.Server.Change(
            Path, new JsonObject { ["metadata"] = new JsonObject { ["annotations"] = new JsonObject { [PodMarks.Cancelled] = "enough" } } });

        Assert.Equal((PodPhase.PodFailed, "enough"), PhaseAndMessage(await _story.FinalAsync(_intent)));
    }

    [Fact]
    public async Task ServerThatAnswers401WhileItRestarts_DoesNotEndTheNode()
    {
        _story.Server.OnceRefuse(Creation, 401, "Unauthorized", "Unauthorized");

        await _story.RunAsync(_intent);
        await _story.Server.HasAsync(Path, pod => pod is not null);
        _story.End(_intent);

        Assert.Equal(PodPhase.PodSucceeded, (await _story.FinalAsync(_intent)).Phase);
    }

    [Fact]
    public async Task LogThatTheHubWillNotTake_IsSaid_AndTheNodeEnds()
    {
        _story.Hub.ArtifactFailure = new ArtifactLocationException("no such bucket");
        _story.Server.Put($"{Path}/log", new JsonObject { ["metadata"] = new JsonObject() });

        var final = await KeepLogAsync();

        Assert.Equal((PodPhase.PodSucceeded, "the log of container main could not be kept: no such bucket"), PhaseAndMessage(final));
    }

    [Fact]
    public async Task LogThatCannotBeRead_IsGivenUpAfterAWhile()
    {
        foreach (var _ in Enumerable.Range(0, 20))
        {
            _story.Server.OnceRefuse($"GET {Path}/log", 401, "Unauthorized", "the kubelet is away");
        }

        var final = await KeepLogAsync();

        Assert.Equal((PodPhase.PodSucceeded, "the log of container main could not be kept: the kubelet is away"), PhaseAndMessage(final));
        Assert.InRange(_story.Server.Requests.Count(request => request.EndsWith("/log", StringComparison.Ordinal)), 6, 10);
    }

    [Fact]
    public async Task ImageThatIsLookedUp_KeepsNoOtherPodWaiting_AndOneCancelledMeanwhileIsNotMade()
    {
        var found = new TaskCompletionSource<ImageCommand>();
        var asked = new TaskCompletionSource();
        _story.FindCommand = _ =>
        {
            asked.TrySetResult();
            return found.Task;
        };
        var slow = RuntimeStory.Intent().CapturingResult();
        slow.PodJson = slow.PodJson.Replace(",\"command\":[\"true\"]", "", StringComparison.Ordinal);
        slow.TemplateJson = slow.TemplateJson.Replace(",\"command\":[\"true\"]", "", StringComparison.Ordinal);
        await _story.AcceptAsync(slow);
        await asked.Task;

        await _story.RunAsync(_intent);
        await _story.CancelAsync(slow);
        found.SetResult(new ImageCommand(["run"], []));
        await _story.FinalAsync(slow);

        Assert.Single(_story.Server.Requests, Creation);
    }

    [Fact]
    public async Task BudgetThatCouldNotBeDeleted_IsDeletedAtTheNextTry()
    {
        const string Budgets = "/apis/policy/v1/namespaces/argo/poddisruptionbudgets";
        _story.Server.Put("/apis/policy/v1", JsonNode.Parse(
            """{"metadata":{},"resources":[{"name":"poddisruptionbudgets","kind":"PodDisruptionBudget","namespaced":true}]}""")!.AsObject());
        _intent.DisruptionBudgetJson = """{"minAvailable":1}""";
        await _story.RunAsync(_intent);
        Assert.NotNull(_story.Server.Find($"{Budgets}/wf"));

        _story.Server.OnceRefuse($"DELETE {Budgets}/wf", 401, "Unauthorized", "Unauthorized");
        await _story.ReleaseAsync(_intent);

        await _story.Server.HasAsync($"{Budgets}/wf", budget => budget is null);
        Assert.Equal(2, _story.Server.Requests.Count(request => request == $"DELETE {Budgets}/wf"));
    }

    [Fact]
    public async Task WorkflowThatIsForgotten_LosesItsDeputyBeforeItsPods()
    {
        await _story.RunAsync(_intent);

        await _story.Runtime.ForgetAsync(_intent.Key.WorkflowUid, TestContext.Current.CancellationToken);
        await _story.Server.SeesAsync("DELETE /api/v1/namespaces/argo/configmaps/");
        await _story.Server.SeesAsync("GET /apis/policy");

        var listed = _story.Server.Requests.ToList().FindLastIndex(request => request == $"GET {RuntimeStory.Pods}");
        Assert.InRange(_story.Server.Requests.ToList().FindIndex(request => request.StartsWith("DELETE /api/v1/namespaces/argo/configmaps/", StringComparison.Ordinal)), 0, listed);
    }

    private void LoseTheAnswerWhile(Func<Task> somethingHappens)
    {
        _story.Server.BeSilent();
        _story.Server.Once(Creation, async (http, carryOut) =>
        {
            carryOut();
            await somethingHappens();
            http.Abort();
        });
    }

    private async Task<NodeReport> KeepLogAsync()
    {
        _intent.OutputArtifacts.Add(new ArtifactTransfer { Name = "main-logs", LogOf = "main", LocationJson = "log" });
        await _story.RunAsync(_intent);
        _story.End(_intent);
        return await _story.FinalAsync(_intent);
    }

    private static (PodPhase Phase, string Message) PhaseAndMessage(NodeReport report) => (report.Phase, report.Message);
}
