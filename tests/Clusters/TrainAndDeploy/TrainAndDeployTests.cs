using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Argosy.Clusters.Hubs;
using Argosy.Clusters.Members;
using Argosy.Scenarios.Hubs;

namespace Argosy.Clusters.TrainAndDeploy;

/// <summary>What the README promises of two real clusters, by the commands that stand there.</summary>
[Collection(AloneCollection.Name)] // the README asks for the logs of the latest workflow
public sealed partial class TrainAndDeployTests(TestFleet fleet)
{
    private const string Selector = "workflows.argoproj.io/workflow=";

    [Fact]
    public void CommandsOfTheReadme_NameFilesThatAreThere()
    {
        var named = Readme.Blocks("On real clusters").SelectMany(block => RepositoryFile().Matches(block)).Select(match => match.Value).ToList();

        Assert.NotEmpty(named);
        Assert.All(named, file => Assert.True(File.Exists(Path.Combine(Readme.Root, file)), $"README.md names {file}"));
    }

    [Fact(Timeout = 300_000)]
    public async Task ExampleOfTheReadme_TrainsInOneClusterAndServesInTheOther_AndCleansUp()
    {
        TestFleet.Require();
        await using var trained = new PodWatch(fleet.Gpu.Member, TestFleet.Default);
        await using var served = new PodWatch(fleet.Serving.Member, TestFleet.Default);

        var said = (await TypeAsync(Readme.Blocks("On real clusters")[^1])).Succeeded();

        var name = Submitted().Match(said).Value;
        var workflow = await fleet.Api.WorkflowAsync(TestFleet.Default, name);
        Assert.True(Story.PhaseOf(workflow) == "Succeeded", $"{Story.Of(workflow)}\n{said}");
        RanWhereItShould(workflow, trained.Created(name), served.Created(name));
        IsNearTheTruth(workflow);
        await NothingIsServedAsync(name);
        await PodsAreSeenAsync(name);
        LogsAreMerged((await fleet.ArgosyAsync("logs", name)).Succeeded());
    }

    private static void RanWhereItShould(JsonObject workflow, int podsInGpu, int podsInServing)
    {
        var training = Story.Pods(workflow).Where(node => (string?)node["templateName"] == "train").ToList();
        Assert.Equal(4, training.Count); // three rates, and the best of them for long
        Assert.All(training, node => Assert.Equal("gpu", (string?)node["cluster"]));
        Assert.All(Story.Pods(workflow).Except(training), node => Assert.Equal("serving", (string?)node["cluster"]));
        Assert.Equal(4, podsInGpu);
        Assert.Equal(2, podsInServing); // load and test; what is done to objects needs no pod
    }

    // What the example learns from is y = 3x + 2 with noise.
    private static void IsNearTheTruth(JsonObject workflow)
    {
        var verdict = Story.Output(workflow["status"]!.AsObject(), "verdict");
        var line = Line().Match(verdict ?? "");
        Assert.True(line.Success, $"the verdict is \"{verdict}\"");
        Assert.InRange(double.Parse(line.Groups[1].Value, CultureInfo.InvariantCulture), 2.5, 3.5);
        Assert.InRange(double.Parse(line.Groups[2].Value, CultureInfo.InvariantCulture), 1.5, 2.5);
    }

    private async Task NothingIsServedAsync(string name)
    {
        foreach (var cluster in fleet.Clusters)
        {
            var objects = await cluster.Member.NamesAsync("deployments,services,configmaps", TestFleet.Default);
            Assert.DoesNotContain(objects, found => found.EndsWith("/" + name, StringComparison.Ordinal));
        }
    }

    private async Task PodsAreSeenAsync(string name)
    {
        foreach (var (cluster, pods) in new[] { (fleet.Gpu, 4), (fleet.Serving, 2) })
        {
            Assert.Equal(pods, (await cluster.Member.NamesAsync("pods", TestFleet.Default, Selector + name)).Count);
        }

        var throughHub = (await fleet.KubectlAsync("get", "pods", "--selector", Selector + name)).Succeeded();
        Assert.Equal(6, throughHub.Split('\n').Count(line => line.Contains("-train-", StringComparison.Ordinal) || line.Contains("-load-", StringComparison.Ordinal)
            || line.Contains("-test-", StringComparison.Ordinal)));
        var pod = throughHub.Split('\n').First(line => line.Contains("-train-", StringComparison.Ordinal)).Split(' ')[0];
        Assert.Contains("mean squared error", (await fleet.KubectlAsync("logs", pod)).Succeeded(), StringComparison.Ordinal);
    }

    // By time: every word of training comes before the first of testing, though they come from two clusters.
    private static void LogsAreMerged(string logs)
    {
        var lines = logs.Split('\n').ToList();
        var lastOfTraining = lines.FindLastIndex(line => line.Contains("mean squared error", StringComparison.Ordinal));
        var firstOfTesting = lines.FindIndex(line => line.Contains("served y =", StringComparison.Ordinal));
        Assert.True(lastOfTraining >= 0 && firstOfTesting > lastOfTraining, logs);
        Assert.Equal(4, lines.Count(line => line.Contains("mean squared error", StringComparison.Ordinal)));
    }

    /// <summary>Types commands of the README where it says to, with the clusters' kubeconfigs named as it says.</summary>
    private async Task<Finished> TypeAsync(string commands)
    {
        var shell = new ProcessStartInfo("bash", ["-euc", commands]) { WorkingDirectory = Readme.Root };
        shell.Environment["PATH"] = $"{Path.GetDirectoryName(ArgosyProgram.Path)}:{Environment.GetEnvironmentVariable("PATH")}";
        shell.Environment["HOME"] = fleet.Folder.Home;
        shell.Environment["KUBECONFIG"] = fleet.Folder.Kubeconfig;
        shell.Environment["GPU"] = fleet.Gpu.Member.Kubeconfig;
        shell.Environment["SERVING"] = fleet.Serving.Member.Kubeconfig;
        return await Finished.RunAsync(shell);
    }

    [GeneratedRegex(@"(?:examples|infra)/[\w./-]+")]
    private static partial Regex RepositoryFile();

    [GeneratedRegex(@"train-and-deploy-[a-z0-9]{5}")]
    private static partial Regex Submitted();

    [GeneratedRegex(@"^served y = (-?[\d.]+)x \+ (-?[\d.]+)$")]
    private static partial Regex Line();
}
