using System.Text.Json.Nodes;
using Argosy.ClusterAgent.Tests.Embedded;
using Argosy.Contracts.Agents;

namespace Argosy.ClusterAgent.Tests.Podless.Resources;

/// <summary>What a resource template asks of the API server, and what is made of the answers.</summary>
public sealed class ResourceTemplateTests
{
    private const string Map = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  generateName: made-\ndata:\n  port: \"80\"\n  mode: '0644'\n";
    private const string Named = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n";
    private const string Forbidden = """configmaps is forbidden: User "system:serviceaccount:argo:worker" cannot create resource""";

    [Fact]
    public async Task Created_InTheServiceAccountsName_UnderANameThatIsTheSameEachTime_AndMarked()
    {
        await using var story = await ResourceStory.StartAsync();
        story.ThenCore().Then(201, """{"metadata":{"name":"made-x","managedFields":[1]}}""").Then(201, """{"metadata":{"name":"made-x"}}""");
        var intent = ResourceStory.Intent(new { action = "create", manifest = Map });

        var report = await story.RunAsync(intent);
        await story.RunAsync(intent); // as after a crash

        Assert.Equal((PodPhase.PodSucceeded, true, 0, """{"metadata":{"name":"made-x"}}"""), (report.Phase, report.HasExitCode, report.ExitCode, report.ResourceJson));
        Assert.Equal(["", "system:serviceaccount:argo:worker", "system:serviceaccount:argo:worker"], story.Server.Users);
        Assert.StartsWith("POST /api/v1/namespaces/argo/configmaps?fieldManager=argosy&fieldValidation=Strict", story.Server.Requests.ElementAt(1), StringComparison.Ordinal);
        Assert.Equal(story.Server.Bodies.ElementAt(1), story.Server.Bodies.ElementAt(2));
        Assert.Matches("^made-[0-9a-f]{5}$", (string?)story.Sent(1)["metadata"]!["name"]);
        Assert.Null(story.Sent(1)["metadata"]!["generateName"]);
        Assert.Contains(intent.Key.NodeId, (string?)story.Sent(1)["metadata"]!["annotations"]!["argosy.io/made-by"], StringComparison.Ordinal);
        Assert.Equal("""{"port":"80","mode":"0644"}""", story.Sent(1)["data"]!.ToJsonString());
    }

    [Theory]
    [InlineData(true, PodPhase.PodSucceeded, "")]
    [InlineData(false, PodPhase.PodFailed, "main: Error (exit code 64): Error from server (AlreadyExists): configmaps \"a\" already exists")]
    public async Task ObjectThatIsThereAlready_IsOurs_OnlyWithOurMark(bool ours, PodPhase expected, string message)
    {
        await using var story = await ResourceStory.StartAsync();
        var intent = ResourceStory.Intent(new { action = "create", manifest = Named });
        var maker = ours ? $"0b1f-uid/{intent.Key.NodeId}/0/0" : "somebody";
        story.ThenCore().ThenRefused(409, "AlreadyExists", "configmaps \"a\" already exists")
            .Then(200, new JsonObject { ["metadata"] = new JsonObject { ["annotations"] = new JsonObject { ["argosy.io/made-by"] = maker } } }.ToJsonString());

        var report = await story.RunAsync(intent);

        Assert.Equal((expected, message), (report.Phase, report.Message));
    }

    [Fact]
    public async Task Refusal_FailsTheNode_InTheServersWords()
    {
        await using var story = await ResourceStory.StartAsync();
        story.ThenCore().ThenRefused(403, "Forbidden", Forbidden);

        var report = await story.RunAsync(new { action = "create", manifest = Named });

        Assert.Equal(
            (PodPhase.PodFailed, 64, $"main: Error (exit code 64): Error from server (Forbidden): {Forbidden}"), (report.Phase, report.ExitCode, report.Message));
    }

    [Fact]
    public async Task NamespaceThatIsNotEnrolled_IsSaid_WithWhatToDo()
    {
        await using var story = await ResourceStory.StartAsync();
        story.ThenCore().ThenRefused(403, "Forbidden", "serviceaccounts \"worker\" is forbidden: User \"agent\" cannot impersonate resource \"serviceaccounts\"");

        var report = await story.RunAsync(new { action = "get", manifest = Named });

        Assert.Contains("enrol the namespace", report.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ServerThatIsAway_IsWaitedFor_AndWhatItDidUnheardIsFound()
    {
        await using var story = await ResourceStory.StartAsync();
        var intent = ResourceStory.Intent(new { action = "create", manifest = Named });
        story.ThenCore();
        story.Server.ThenHangUp(); // it was created, but the answer is lost
        story.ThenRefused(504, "Timeout", "etcd is slow").ThenRefused(409, "AlreadyExists", "there")
            .Then(200, """{"metadata":{"name":"a","annotations":{"argosy.io/made-by":"MAKER"}}}""".Replace("MAKER", $"0b1f-uid/{intent.Key.NodeId}/0/0", StringComparison.Ordinal));

        var report = await story.RunAsync(intent);

        Assert.Equal(PodPhase.PodSucceeded, report.Phase);
        Assert.Equal(5, story.Server.Requests.Count);
    }

    [Fact]
    public async Task ServerThatFailsAgainAndAgain_IsSaid_InTheEnd()
    {
        await using var story = await ResourceStory.StartAsync();
        story.ThenCore();
        foreach (var _ in Enumerable.Range(0, 8))
        {
            story.ThenRefused(500, "InternalError", "failed calling webhook");
        }

        var report = await story.RunAsync(new { action = "create", manifest = Named });

        Assert.Equal("main: Error (exit code 64): Error from server (InternalError): failed calling webhook", report.Message);
    }

    [Fact]
    public async Task KindThatIsNotServed_FailsTheNode_ButWorkflowsAreTheHubs()
    {
        await using var story = await ResourceStory.StartAsync();
        story.ThenRefused(404, "NotFound", "no").ThenRefused(404, "NotFound", "no");

        var route = await story.RunAsync(new { action = "create", manifest = "{apiVersion: route.openshift.io/v1, kind: Route, metadata: {name: r}}" });
        var workflow = await story.RunAsync(new { action = "create", manifest = "{apiVersion: argoproj.io/v1alpha1, kind: Workflow, metadata: {generateName: w-}}" });

        Assert.Equal(PodPhase.PodFailed, route.Phase);
        Assert.Contains("no matches for kind \"Route\" in version \"route.openshift.io/v1\"", route.Message, StringComparison.Ordinal);
        Assert.Equal("this hub has no objects", workflow.Message);
    }

    [Fact]
    public async Task Apply_IsTheServersOwn_ForAllDocuments_AndTakesWhatOthersOwn()
    {
        await using var story = await ResourceStory.StartAsync();
        story.ThenCore().Then(200, """{"metadata":{"name":"a"}}""").Then(200, """{"metadata":{"name":"b"}}""");

        var report = await story.RunAsync(new { action = "apply", manifest = Named + "---\n" + Named.Replace("name: a", "name: b", StringComparison.Ordinal) });

        Assert.Equal("""{"metadata":{"name":"b"}}""", report.ResourceJson);
        Assert.Equal(
            ["PATCH /api/v1/namespaces/argo/configmaps/a?fieldManager=argosy&force=true&fieldValidation=Strict",
                "PATCH /api/v1/namespaces/argo/configmaps/b?fieldManager=argosy&force=true&fieldValidation=Strict"],
            story.Server.Requests.Skip(1));
    }

    [Fact]
    public async Task Replace_GoesOverWhatIsThere_AlsoWhenSomebodyWasFaster()
    {
        await using var story = await ResourceStory.StartAsync();
        story.ThenCore().Then(200, Version(1)).ThenRefused(409, "Conflict", "modified").Then(200, Version(2)).Then(200, Version(3));

        var report = await story.RunAsync(new { action = "replace", manifest = Named });

        Assert.Equal(PodPhase.PodSucceeded, report.Phase);
        Assert.Equal("2", (string?)story.Sent(4)["metadata"]!["resourceVersion"]);
    }

    [Theory]
    [InlineData(null, "strategic-merge-patch")]
    [InlineData("merge", "merge-patch")]
    public async Task Patch_OfTheObjectThatFlagsName_HasTheManifestAsItsBody(string? strategy, string expected)
    {
        await using var story = await ResourceStory.StartAsync();
        story.ThenCore().Then(200, Version(2));

        var report = await story.RunAsync(new { action = "patch", mergeStrategy = strategy, flags = new[] { "po", "p1" }, manifest = "metadata: {labels: {a: b}}" });

        Assert.Equal((PodPhase.PodSucceeded, ""), (report.Phase, report.Message));
        Assert.StartsWith("PATCH /api/v1/namespaces/argo/pods/p1?", story.Server.Requests.Last(), StringComparison.Ordinal);
        Assert.Equal("""{"metadata":{"labels":{"a":"b"}}}""", story.Sent(1).ToJsonString());
        Assert.Contains(expected, story.Server.ContentTypes.Last(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task JsonPatch_IsBoundToTheVersionSeen_AndFollowsIt()
    {
        await using var story = await ResourceStory.StartAsync();
        story.ThenCore().Then(200, Version(1)).ThenRefused(422, "Invalid", "test failed").Then(200, Version(2)).Then(200, Version(3));

        var report = await story.RunAsync(JsonPatch);

        Assert.Equal((PodPhase.PodSucceeded, ""), (report.Phase, report.Message));
        Assert.Equal("2", (string?)story.Sent(4)[0]!["value"]);
        Assert.Equal("/data/x", (string?)story.Sent(4)[1]!["path"]);
    }

    [Theory]
    [InlineData(1, PodPhase.PodSucceeded)] // nothing has changed, so it was not carried out: once more
    [InlineData(2, PodPhase.PodFailed)]
    public async Task JsonPatch_WhoseAnswerIsLost_IsNotCarriedOutTwice(int versionAfter, PodPhase expected)
    {
        await using var story = await ResourceStory.StartAsync();
        story.ThenCore().Then(200, Version(1));
        story.Server.ThenHangUp();
        story.Then(200, Version(versionAfter)).Then(200, Version(versionAfter)).Then(200, Version(3));

        var report = await story.RunAsync(JsonPatch);

        Assert.Equal(expected, report.Phase);
        Assert.Equal(versionAfter == 1 ? 2 : 1, story.Server.Requests.Count(request => request.StartsWith("PATCH", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task PatchThatItselfDoesNotFit_IsRefusedAtOnce()
    {
        await using var story = await ResourceStory.StartAsync();
        story.ThenCore().Then(200, Version(1)).ThenRefused(422, "Invalid", "no such path").Then(200, Version(1));

        var report = await story.RunAsync(JsonPatch);

        Assert.Equal("main: Error (exit code 64): Error from server (Invalid): no such path", report.Message);
    }

    [Fact]
    public async Task Delete_IgnoresWhatIsNotThere_AndWaitsUntilTheRestIsGone()
    {
        await using var story = await ResourceStory.StartAsync();
        story.ThenCore().Then(200, "{}").Then(200, Version(9)).ThenRefused(404, "NotFound", "a").ThenRefused(404, "NotFound", "b");

        var report = await story.RunAsync(new { action = "delete", flags = new[] { "--grace-period=5", "--cascade=foreground", "configmap/a", "cm/b" } });

        Assert.Equal((PodPhase.PodSucceeded, "", ""), (report.Phase, report.Message, report.ResourceJson));
        Assert.Equal("""{"apiVersion":"v1","kind":"DeleteOptions","propagationPolicy":"Foreground","gracePeriodSeconds":5}""", story.Server.Bodies.ElementAt(1));
        Assert.Equal(["DELETE", "GET", "GET", "DELETE"], story.Server.Requests.Skip(1).Select(request => request.Split(' ')[0]));
    }

    [Fact]
    public async Task Delete_BySelector_TakesAllThatMatch()
    {
        await using var story = await ResourceStory.StartAsync();
        story.ThenCore().Then(200, """{"items":[{"metadata":{"name":"x"}},{"metadata":{"name":"y"}}]}""").Then(200, "{}").Then(200, "{}");

        var report = await story.RunAsync(new { action = "delete", flags = new[] { "cm", "-l", "app=z", "--wait=false" } });

        Assert.Equal((PodPhase.PodSucceeded, ""), (report.Phase, report.Message));
        Assert.Equal("DELETE /api/v1/namespaces/argo/configmaps/y", story.Server.Requests.Last());
    }

    [Fact]
    public async Task Get_OfWhatIsNotThere_Fails_OrIsIgnoredWhenAsked()
    {
        await using var story = await ResourceStory.StartAsync();
        story.ThenCore().ThenRefused(404, "NotFound", "configmaps \"a\" not found").ThenRefused(404, "NotFound", "configmaps \"a\" not found");

        var failed = await story.RunAsync(new { action = "get", manifest = Named });
        var ignored = await story.RunAsync(new { action = "get", manifest = Named, flags = new[] { "--ignore-not-found" } });

        Assert.Equal("main: Error (exit code 64): Error from server (NotFound): configmaps \"a\" not found", failed.Message);
        Assert.Equal((PodPhase.PodSucceeded, ""), (ignored.Phase, ignored.ResourceJson));
    }

    [Fact]
    public async Task ManifestFromAnArtifact_IsFetched()
    {
        await using var story = await ResourceStory.StartAsync();
        story.Hub.Artifacts["kept"] = System.Text.Encoding.UTF8.GetBytes(Named);
        story.ThenCore().Then(200, Version(1));
        var intent = ResourceStory.Intent(new { action = "get", manifestFrom = new { artifact = new { name = "kept" } } }).WithInputArtifact("kept", "");

        var report = await story.RunAsync(intent);

        Assert.Equal((PodPhase.PodSucceeded, ""), (report.Phase, report.Message));
    }

    [Theory]
    [InlineData("create", "a: [", "", "error parsing the resource's manifest: line ")]
    [InlineData("create", "kind: ConfigMap", "", "Group, kind, and name are all required")]
    [InlineData("create", "", "", "Must provide at least one of flags or manifest.")]
    [InlineData("apply", Map, "", "error: from made-: cannot use generate name with apply")]
    [InlineData("get", "", "pod", "no name was specified")]
    [InlineData("get", Named, "--kubeconfig=/x", "acts in the cluster it is placed in")]
    [InlineData("get", Named, "--nonsense=1", "resource.flags: --nonsense=1: it is not known")]
    [InlineData("get", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: x}", "-ny", "does not match the namespace \"y\"")]
    [InlineData("patch", "metadata: {labels: {a: b}}", "", "the patch names no object")]
    [InlineData("frobnicate", Named, "", "resource.action \"frobnicate\" is not known")]
    public async Task WhatCannotBeDone_FailsTheNode_AndSaysWhy(string action, string manifest, string flag, string expected)
    {
        await using var story = await ResourceStory.StartAsync();
        story.ThenCore();

        var report = await story.RunAsync(new { action, manifest, flags = flag.Length > 0 ? new[] { flag } : [] });

        Assert.Equal(PodPhase.PodFailed, report.Phase);
        Assert.Contains(expected, report.Message, StringComparison.Ordinal);
    }

    private static readonly object JsonPatch = new
    {
        action = "patch", mergeStrategy = "json", flags = new[] { "cm", "a" }, manifest = "- op: add\n  path: /data/x\n  value: y\n",
    };

    private static string Version(int version) => $$$"""{"metadata":{"name":"a","uid":"u","resourceVersion":"{{{version}}}"}}""";
}
