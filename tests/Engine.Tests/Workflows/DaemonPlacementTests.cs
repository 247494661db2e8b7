using Argosy.Engine.Workflows;

namespace Argosy.Engine.Tests.Workflows;

/// <summary>A pod's address means something in its own cluster: steps that are given a daemon's follow it.</summary>
public sealed class DaemonPlacementTests
{
    [Theory]
    [InlineData("http://{{inputs.parameters.address}}:8086/query", "home")]
    [InlineData("{{inputs.parameters.address}}", "home")]
    [InlineData("{{inputs.parameters.address}}7", "elsewhere")]
    [InlineData("1{{inputs.parameters.address}}", "elsewhere")]
    [InlineData("{{inputs.parameters.address}}.1", "elsewhere")]
    [InlineData("nobody", "elsewhere")]
    public void StepWithADaemonsAddress_RunsInTheDaemonsCluster(string argument, string cluster)
    {
        var story = Client(argument, annotations: "{}");

        Assert.Equal(cluster, story["wf[1].client"].Cluster);
    }

    [Theory]
    [InlineData("""{"argosy.io/cluster":"south"}""", "south", null)]
    [InlineData("""{"argosy.io/cluster-selector":"tier=serving"}""", null, "tier=serving")]
    public void StepThatSaysWhereItRuns_RunsThere(string annotations, string? cluster, string? selector)
    {
        PlacementRule? asked = null;
        Client("{{inputs.parameters.address}}", annotations, rule => asked = rule);

        Assert.Equal((cluster, selector), (asked?.Cluster, asked?.ClusterSelector));
    }

    [Fact]
    public void StepAfterTheDaemonsEnd_RunsAnywhere()
    {
        var story = new Story(
            """
            {"entrypoint":"main","templates":[
              {"name":"main","steps":[[{"name":"inner","template":"inner"}],[{"name":"late","template":"client"}]]},
              {"name":"inner","steps":[[{"name":"server","template":"server"}]]},
              {"name":"server","daemon":true,"container":{"image":"i","command":["c"]}},
              {"name":"client","container":{"image":"i","command":["c","10.1.0.5"]}}]}
            """)
        {
            Cluster = rule => rule.Cluster ?? "elsewhere", // the server has found its place by now
        };

        story.Report("wf[0].inner[0].server", new PodStatus(PodPhase.Running) { Ready = true, PodIp = "10.1.0.5" });

        Assert.Equal("elsewhere", story["wf[1].late"].Cluster);
    }

    private static Story Client(string argument, string annotations, Action<PlacementRule>? look = null)
    {
        var story = new Story(
            $$$"""
            {"entrypoint":"main","templates":[
              {"name":"main","steps":[[{"name":"server","template":"server"}],
                [{"name":"client","template":"client","arguments":{"parameters":[{"name":"address","value":"{{steps.server.ip}}"}]}}]]},
              {"name":"server","daemon":true,"container":{"image":"i","command":["c"]}},
              {"name":"client","metadata":{"annotations":{{{annotations}}}},"inputs":{"parameters":[{"name":"address"}]},
               "container":{"image":"i","command":["c","{{{argument}}}"]}}]}
            """)
        {
            Cluster = rule => // the server has found its place by now
            {
                look?.Invoke(rule);
                return rule.Cluster ?? "elsewhere";
            },
        };

        return story.Report("wf[0].server", new PodStatus(PodPhase.Running) { Ready = true, PodIp = "10.1.0.5" });
    }
}
