using Argosy.Cli.Client;
using Argosy.Cli.Trees;

namespace Argosy.Cli.Tests.Trees;

public sealed class PhaseStoryTests
{
    private static readonly DateTimeOffset Now = FixedTime.TenMinutesIn.GetUtcNow();

    [Fact]
    public void EachNode_IsToldWithItsClusterDurationAndMessage()
    {
        var lines = new PhaseStory("ship").Tell(Fixture.Workflow("dag"), Now).ToList();

        Assert.Contains("✔ Succeeded build(0) on gpu after 2m", lines);
        Assert.Contains("◷ Pending   sizes(0:small)[0].pack on serving: Unschedulable: no room", lines);
        Assert.DoesNotContain(lines, line => line.Contains("[0] ", StringComparison.Ordinal));
    }

    [Fact]
    public void NodeThatHasNotChanged_IsNotToldAgain()
    {
        var story = new PhaseStory("ship");
        var json = Fixture.Json("dag");
        _ = story.Tell(new Workflow(json), Now).ToList();
        json["status"]!["nodes"]!["ship-p"]!["phase"] = "Running";
        json["status"]!["nodes"]!["ship-p"]!["message"] = null;

        Assert.Equal(["● Running   sizes(0:small)[0].pack on serving"], story.Tell(new Workflow(json), Now));
    }
}
