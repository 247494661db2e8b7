using System.Text.Json.Nodes;
using Argosy.Scenarios.Hubs;

namespace Argosy.Scenarios.Users;

/// <summary>Where steps run, and what is said while there is no place for one.</summary>
[Collection(StandingHubCollection.Name)]
public sealed class PlacementTests(StandingHub hub)
{
    [Fact]
    public async Task Rules_ByFieldAndAnnotation_ArePlacedAndTheUnmetOneWaitsForTheFleetToChange()
    {
        var kubectl = new Kubectl(hub.Folder);
        var name = await hub.SubmitAsync(Manifest.Of("placed.yaml"), "-p", "zone=north");
        var waiting = await hub.UntilAsync(name, workflow =>
            StandingHub.Nodes(workflow).Count(node => (string?)node["phase"] == "Succeeded") == 4 && Node(workflow, "nowhere-yet") is not null);

        Assert.Equal("serving", Cluster(waiting, "cluster-field"));
        Assert.Equal("gpu", Cluster(waiting, "selector-field"));
        Assert.Equal("gpu", Cluster(waiting, "cluster-annotation"));
        Assert.Equal("serving", Cluster(waiting, "selector-annotation"));
        var unplaced = Node(waiting, "nowhere-yet")!;
        Assert.Equal("Pending", (string?)unplaced["phase"]);
        var message = (string?)unplaced["message"];
        Assert.Matches("gpu: .*zone=north", message);
        Assert.Matches("serving: .*zone=north", message);

        (await kubectl.RunAsync("patch", "cluster", "serving", "--type", "merge", "-p", """{"spec":{"labels":{"zone":"north"}}}""")).Succeeded();

        (await hub.ArgosyAsync("wait", name)).Succeeded();
        Assert.Equal("serving", Cluster(await hub.WorkflowAsync(name), "nowhere-yet"));
        Assert.Contains("zone=north", (await kubectl.RunAsync("get", "clusters", "serving")).Succeeded(), StringComparison.Ordinal);
    }

    private static string? Cluster(JsonObject workflow, string task) => (string?)Node(workflow, task)?["cluster"];

    private static JsonObject? Node(JsonObject workflow, string task) =>
        StandingHub.Nodes(workflow).FirstOrDefault(node => (string?)node["displayName"] == task);
}
