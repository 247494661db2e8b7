using Argosy.Executor.Plans;

namespace Argosy.Executor.Tests.Plans;

public sealed class PlanFileTests : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    [Fact]
    public void WhatAPlanLeavesOut_HasItsDefault()
    {
        File.WriteAllText(_file, """{"inputs":[{"name":"a","target":"/a"}],"artifacts":[{"name":"b","path":"/b"}],"containers":{"main":{"role":"Main"}},"newer":1}""");

        var plan = PlanFile.Read(_file);

        Assert.Equal((30, 4096, "main", false), (plan.GraceSeconds, plan.MessageBytes, plan.OutputsOf, plan.CaptureResult));
        Assert.Empty(plan.AgentUrls);
        Assert.Empty(plan.Containers["main"].Dependencies);
        Assert.Equal(("", -1, ""), (plan.Inputs[0].Archive, plan.Inputs[0].Mode, plan.Inputs[0].SubPath));
        Assert.Equal(("tar", -1), (plan.Artifacts[0].Archive, plan.Artifacts[0].CompressionLevel));
    }

    [Fact]
    public void EveryPropertyOfTheAgentsPlan_IsReadAsItWasWritten()
    {
        File.WriteAllText(_file, new ClusterAgent.Executors.ExecutorPlan
        {
            AgentUrls = ["http://10.0.0.1:2748"],
            GraceSeconds = 7,
            MessageBytes = 2048,
            Script = "echo",
            Inputs = [new() { Name = "i", Path = "/i", Target = "/t", Archive = "zip", Mode = 420, RecurseMode = true, SubPath = "s", Optional = true, Digest = "d" }],
            Parameters = [new() { Name = "p", Path = "/p", HasDefault = true, Default = "x" }],
            Artifacts = [new() { Name = "o", Path = "/o", Archive = "none", CompressionLevel = 3, Optional = true }],
            CaptureResult = true,
            OutputsOf = "web",
            Containers = new Dictionary<string, ClusterAgent.Executors.ContainerPlan>
            {
                ["web"] = new() { Role = ClusterAgent.Executors.ContainerRole.Sidecar, Dependencies = ["d"], Retries = 2, RetryPauseMilliseconds = 1500 },
            },
        }.ToJson());

        var plan = PlanFile.Read(_file);

        Assert.Equal((7, 2048, "echo", true, "web", "http://10.0.0.1:2748"), (plan.GraceSeconds, plan.MessageBytes, plan.Script, plan.CaptureResult, plan.OutputsOf, plan.AgentUrls.Single()));
        Assert.Equal(
            new InputPlan { Name = "i", Path = "/i", Target = "/t", Archive = "zip", Mode = 420, RecurseMode = true, SubPath = "s", Optional = true, Digest = "d" },
            plan.Inputs.Single());
        Assert.Equal(new ParameterPlan { Name = "p", Path = "/p", HasDefault = true, Default = "x" }, plan.Parameters.Single());
        Assert.Equal(new OutputPlan { Name = "o", Path = "/o", Archive = "none", CompressionLevel = 3, Optional = true }, plan.Artifacts.Single());
        var container = plan.Containers["web"];
        Assert.Equal((ContainerRole.Sidecar, "d", 2, 1500L), (container.Role, container.Dependencies.Single(), container.Retries, container.RetryPauseMilliseconds));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{\"inputs\":[{}]}")]
    public void PlanThatIsNone_IsSaidToBe(string json)
    {
        File.WriteAllText(_file, json);

        Assert.Contains(_file, Assert.Throws<ExecutorException>(() => PlanFile.Read(_file)).Message, StringComparison.Ordinal);
    }

    public void Dispose() => File.Delete(_file);
}
