using Argosy.Contracts.Agents;

namespace Argosy.ClusterAgent.Tests.Podless.Resources;

/// <summary>How a resource template waits for its conditions.</summary>
public sealed class ConditionWaitTests
{
    private static readonly object Wait = new
    {
        action = "get", manifest = "apiVersion: v1\nkind: Pod\nmetadata: {name: p}", successCondition = "status.phase == Succeeded", failureCondition = "status.phase == Failed",
    };

    [Theory]
    [InlineData("Succeeded", PodPhase.PodSucceeded, "")]
    [InlineData("Failed", PodPhase.PodFailed, "main: Error (exit code 64): failure condition '{status.phase == [Failed]}' evaluated true")]
    public async Task ChangeThatMeetsACondition_IsSeenByTheWatch(string phase, PodPhase expected, string message)
    {
        await using var story = await GivenRunningAsync();
        story.Server.ThenStream(new TaskCompletionSource().Task, Event("BOOKMARK", "Running", 3), Event("MODIFIED", "Running", 4), Event("MODIFIED", phase, 5));

        var report = await story.RunAsync(Wait);

        Assert.Equal((expected, message), (report.Phase, report.Message));
        Assert.StartsWith("GET /api/v1/namespaces/argo/pods?fieldSelector=metadata.name%3Dp&timeoutSeconds=", story.Server.Requests.Last(), StringComparison.Ordinal);
        Assert.EndsWith("&resourceVersion=2", story.Server.Requests.Last(), StringComparison.Ordinal);
        Assert.Equal(phase == "Succeeded", report.ResourceJson.Contains("\"5\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task WatchThatEndsOrBreaks_IsBegunAnew_FromWhatIsThereThen()
    {
        await using var story = await GivenRunningAsync();
        story.Server.ThenStream(Task.CompletedTask);
        story.Then(200, Pod("Running", 6)).ThenRefused(410, "Expired", "too old").Then(200, Pod("Succeeded", 9));

        var report = await story.RunAsync(Wait);

        Assert.Equal((PodPhase.PodSucceeded, ""), (report.Phase, report.Message));
    }

    [Fact]
    public async Task ServiceAccountThatMayNotWatch_Looks()
    {
        await using var story = await GivenRunningAsync();
        story.ThenRefused(403, "Forbidden", "cannot watch").Then(200, Pod("Running", 6)).Then(200, Pod("Succeeded", 7));

        var report = await story.RunAsync(Wait);

        Assert.Equal((PodPhase.PodSucceeded, ""), (report.Phase, report.Message));
        Assert.Single(story.Server.Requests, request => request.Contains("watch=true", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ObjectThatIsDeletedMeanwhile_FailsTheNode(bool watched)
    {
        await using var story = await GivenRunningAsync();
        if (watched)
        {
            story.Server.ThenStream(new TaskCompletionSource().Task, Event("DELETED", "Running", 3));
        }
        else
        {
            story.Server.ThenStream(Task.CompletedTask);
            story.ThenRefused(404, "NotFound", "pods \"p\" not found");
        }

        var report = await story.RunAsync(Wait);

        Assert.Equal(
            "main: Error (exit code 64): The resource has been deleted while its status was still being checked. Will not be retried: pods \"p\" not found",
            report.Message);
    }

    [Fact]
    public async Task ConditionThatCannotBeRead_IsSaid_BeforeAnythingIsDone()
    {
        await using var story = await ResourceStory.StartAsync();

        var report = await story.RunAsync(new { action = "create", manifest = "x", successCondition = "status.phase ==(" });

        Assert.StartsWith("main: Error (exit code 64): success condition 'status.phase ==('", report.Message, StringComparison.Ordinal);
        Assert.Empty(story.Server.Requests);
    }

    private static async Task<ResourceStory> GivenRunningAsync()
    {
        var story = await ResourceStory.StartAsync();
        return story.ThenCore().Then(200, Pod("Running", 1)).Then(200, Pod("Running", 2));
    }

    private static string Pod(string phase, int version) =>
        $$$"""{"metadata":{"name":"p","resourceVersion":"{{{version}}}"},"status":{"phase":"{{{phase}}}"}}""";

    private static string Event(string type, string phase, int version) => $$"""{"type":"{{type}}","object":{{Pod(phase, version)}}}""";
}
