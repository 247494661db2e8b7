using Argosy.Scenarios.Hubs;

namespace Argosy.Scenarios.Users;

/// <summary>What a newcomer does first: <c>argosy run</c>, without a hub.</summary>
public sealed class RunTests
{
    [Fact]
    public async Task TrainAndDeploy_TwiceInARow_PrintsTheAccuracyOfWhatIsServed()
    {
        using var folder = new HubFolder();
        for (var time = 0; time < 2; time++)
        {
            var run = await ArgosyProgram.RunAloneAsync(folder, "run", Manifest.Example("train-and-deploy.yaml"), "--data", folder.Data);

            Assert.Matches(@"accuracy:\s+0\.9\d+|accuracy:\s+1\.0+", run.Succeeded());
            Assert.Contains("serving", run.Output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task FailingWorkflow_Run_EndsWithOneAndSaysWhy()
    {
        using var folder = new HubFolder();

        var run = await ArgosyProgram.RunAloneAsync(folder, "run", Manifest.Of("failing.yaml"), "--data", folder.Data);

        run.Failed();
        Assert.Contains("exit code 3", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task MalformedManifest_Run_SaysEveryMistakeAndLeavesNothingBehind()
    {
        using var folder = new HubFolder();

        var errors = (await ArgosyProgram.RunAloneAsync(folder, "run", Manifest.Of("malformed.yaml"), "--data", folder.Data)).Failed();

        Assert.Contains("nowhere", errors, StringComparison.Ordinal);
        Assert.Contains("missing", errors, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder.Data));
    }
}
