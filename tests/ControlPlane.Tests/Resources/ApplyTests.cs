using System.Text.Json.Nodes;

namespace Argosy.ControlPlane.Tests.Resources;

/// <summary>Server-side apply and the other patches, over HTTP.</summary>
public sealed class ApplyTests
{
    private const string One = $"{HubApi.Workflows}/one";

    [Fact]
    public async Task FieldNoLongerApplied_IsRemoved_UnlessAnotherOwnsIt()
    {
        await using var hub = await HubApi.StartAsync();
        await hub.ApplyAsync(One, "a", Workflow("entrypoint: main\n  parallelism: 2\n  priority: 1"));
        await hub.ApplyAsync(One, "b", Workflow("priority: 1"));
        var spec = (await hub.ApplyAsync(One, "a", Workflow("entrypoint: main"))).Json["spec"]!;
        Assert.Equal("""{"entrypoint":"main","priority":1}""", spec.ToJsonString());
    }

    [Fact]
    public async Task SameConfiguration_AppliedAgain_ChangesNothing()
    {
        await using var hub = await HubApi.StartAsync();
        var first = await hub.ApplyAsync(One, "a", Workflow("entrypoint: main"));
        var again = await hub.ApplyAsync(One, "a", Workflow("entrypoint: main"));
        Assert.Equal((201, 200), (first.Code, again.Code));
        Assert.Equal(first.Version, again.Version);
    }

    [Fact]
    public async Task FieldOfAnother_AppliedDifferently_IsAConflictThatNamesBoth()
    {
        await using var hub = await HubApi.StartAsync();
        await hub.ApplyAsync(One, "a", Workflow("entrypoint: main\n  priority: 1"));
        var conflict = await hub.ApplyAsync(One, "b", Workflow("entrypoint: other\n  priority: 2"));
        Assert.Equal((409, "Conflict"), (conflict.Code, conflict.Reason));
        Assert.Equal("Apply failed with 2 conflicts: conflicts with \"a\":\n- .spec.entrypoint\n- .spec.priority", conflict.Message);
        var causes = conflict.Json["details"]!["causes"]!.AsArray();
        Assert.Equal(".spec.entrypoint", (string?)causes[0]!["field"]);
        Assert.Equal("FieldManagerConflict", (string?)causes[0]!["reason"]);
    }

    [Fact]
    public async Task ForcedApply_TakesTheFieldsOver()
    {
        await using var hub = await HubApi.StartAsync();
        await hub.ApplyAsync(One, "a", Workflow("entrypoint: main"));
        await hub.ApplyAsync(One, "b", Workflow("entrypoint: other"), force: true);
        var refused = await hub.ApplyAsync(One, "a", Workflow("entrypoint: main"));
        Assert.Equal("Apply failed with 1 conflict: conflict with \"b\": .spec.entrypoint", refused.Message);
    }

    [Fact]
    public async Task KeyedLists_Applied_MergeElementByElement()
    {
        await using var hub = await HubApi.StartAsync();
        const string pod = "podSpecPatch: ''\n  volumes:\n";
        await hub.ApplyAsync(One, "a", Workflow(pod + "  - {name: left, emptyDir: {}}\n"));
        var merged = await hub.ApplyAsync(One, "b", Workflow("volumes:\n  - {name: right, emptyDir: {}}\n"));
        Assert.True(merged.Code == 200, merged.Text);
        Assert.Equal(["left", "right"], merged.Json["spec"]!["volumes"]!.AsArray().Select(volume => (string?)volume!["name"]));
        var pruned = await hub.ApplyAsync(One, "a", Workflow("podSpecPatch: ''"));
        Assert.True(pruned.Code == 200 && pruned.Json["spec"]!["volumes"] is not null, pruned.Text);
        Assert.Equal(["right"], pruned.Json["spec"]!["volumes"]!.AsArray().Select(volume => (string?)volume!["name"]));
    }

    [Fact]
    public async Task ObjectMadeWithoutApply_AppliedDifferently_ConflictsWithItsMaker()
    {
        await using var hub = await HubApi.StartAsync();
        await hub.PostAsync(HubApi.Workflows, HubApi.Workflow("one"));
        var conflict = await hub.ApplyAsync(One, "a", Workflow("entrypoint: other"));
        Assert.Contains("conflict with \"before-first-apply\" using argoproj.io/v1alpha1: .spec.entrypoint", conflict.Message, StringComparison.Ordinal);
        Assert.Equal(200, (await hub.ApplyAsync(One, "a", Workflow("entrypoint: main"))).Code);
    }

    [Fact]
    public async Task OrdinaryUpdate_OfAnAppliedField_TakesItOver()
    {
        await using var hub = await HubApi.StartAsync();
        await hub.ApplyAsync(One, "a", Workflow("entrypoint: main"));
        await hub.PatchAsync($"{One}?fieldManager=editor", "application/merge-patch+json", """{"spec":{"entrypoint":"other"}}""");
        var refused = await hub.ApplyAsync(One, "a", Workflow("entrypoint: main"));
        Assert.Contains("conflict with \"editor\" using argoproj.io/v1alpha1: .spec.entrypoint", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Apply_WithoutAManager_IsInvalid()
    {
        await using var hub = await HubApi.StartAsync();
        Assert.Equal(422, (await hub.PatchAsync(One, "application/apply-patch+yaml", Workflow("entrypoint: main"))).Code);
    }

    [Theory]
    [InlineData("""[{"op":"add","path":"/spec/arguments","value":{"parameters":[{"name":"a"}]}}]""", """{"parameters":[{"name":"a"}]}""")]
    [InlineData("""[{"op":"add","path":"/spec/arguments","value":[1,2]},{"op":"add","path":"/spec/arguments/1","value":3},{"op":"remove","path":"/spec/arguments/0"},{"op":"add","path":"/spec/arguments/-","value":4},{"op":"copy","from":"/spec/arguments/0","path":"/spec/x"},{"op":"remove","path":"/spec/x"},{"op":"test","path":"/spec/arguments/2","value":4}]""", "[3,2,4]")]
    [InlineData("""[{"op":"add","path":"/spec/arguments","value":{"a~/b":1}},{"op":"replace","path":"/spec/arguments/a~0~1b","value":2}]""", """{"a~/b":2}""")]
    public void JsonPatch_Applied_FollowsTheStandard(string patch, string arguments)
    {
        var document = JsonNode.Parse("""{"spec":{}}""")!;
        var patched = ControlPlane.Resources.Patching.JsonPatch.Apply(document, JsonNode.Parse(patch))!;
        Assert.Equal(arguments, patched["spec"]!["arguments"]!.ToJsonString());
        Assert.Equal("""{"spec":{}}""", document.ToJsonString());
    }

    [Theory]
    [InlineData("""[{"op":"remove","path":"/spec/none"}]""", 422)]
    [InlineData("""[{"op":"test","path":"/spec/entrypoint","value":"x"}]""", 422)]
    [InlineData("""[{"op":"leap","path":"/spec"}]""", 422)]
    [InlineData("{}", 400)]
    public async Task UnfittingJsonPatch_IsRefused_AndChangesNothing(string patch, int code)
    {
        await using var hub = await HubApi.StartAsync();
        var created = await hub.PostAsync(HubApi.Workflows, HubApi.Workflow("one"));
        Assert.Equal(code, (await hub.PatchAsync(One, "application/json-patch+json", patch)).Code);
        Assert.Equal(created.Text, (await hub.GetAsync(One)).Text);
    }

    [Fact]
    public async Task StrategicMergePatch_OfACustomKind_IsUnsupported()
    {
        await using var hub = await HubApi.StartAsync();
        await hub.PostAsync(HubApi.Workflows, HubApi.Workflow("one"));
        Assert.Equal(415, (await hub.PatchAsync(One, "application/strategic-merge-patch+json", "{}")).Code);
    }

    private static string Workflow(string spec) =>
        $"apiVersion: argoproj.io/v1alpha1\nkind: Workflow\nmetadata:\n  name: one\nspec:\n  {spec}\n";
}
