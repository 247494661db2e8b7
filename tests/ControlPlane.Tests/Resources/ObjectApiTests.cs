using System.Text.Json.Nodes;
using Argosy.ControlPlane.Resources;

namespace Argosy.ControlPlane.Tests.Resources;

public sealed class ObjectApiTests
{
    [Fact]
    public async Task NewWorkflow_Created_IsCompletedByTheHub()
    {
        await using var hub = await HubApi.StartAsync();
        var created = await hub.PostAsync(HubApi.Workflows, HubApi.Workflow("one"));
        var read = await hub.GetAsync($"{HubApi.Workflows}/one");
        Assert.Equal(201, created.Code);
        Assert.Equal(created.Text, read.Text);
        Assert.Equal("default", (string?)read.Json["metadata"]!["namespace"]);
        Assert.True(Guid.TryParse((string?)read.Json["metadata"]!["uid"], out _));
        Assert.Equal(1, (int)read.Json["metadata"]!["generation"]!);
        Assert.EndsWith("Z", (string?)read.Json["metadata"]!["creationTimestamp"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task GeneratedName_CreatedTwice_MakesTwoObjects()
    {
        await using var hub = await HubApi.StartAsync();
        var manifest = HubApi.Workflow("x").Replace("\"name\":\"x\"", "\"generateName\":\"many-\"", StringComparison.Ordinal);
        var names = new[] { await hub.PostAsync(HubApi.Workflows, manifest), await hub.PostAsync(HubApi.Workflows, manifest) }
            .Select(answer => (string)answer.Json["metadata"]!["name"]!).ToList();
        Assert.All(names, name => Assert.Matches("^many-[a-z0-9]{5}$", name));
        Assert.Equal(2, names.Distinct().Count());
    }

    [Fact]
    public async Task TakenName_CreatedAgain_IsRefusedInKubernetesWords()
    {
        await using var hub = await HubApi.StartAsync();
        await hub.PostAsync(HubApi.Workflows, HubApi.Workflow("one"));
        var again = await hub.PostAsync(HubApi.Workflows, HubApi.Workflow("one"));
        Assert.Equal((409, "AlreadyExists"), (again.Code, again.Reason));
        Assert.Equal("workflows.argoproj.io \"one\" already exists", again.Message);
    }

    [Fact]
    public async Task UnknownObject_Read_IsNotFound()
    {
        await using var hub = await HubApi.StartAsync();
        var answer = await hub.GetAsync($"{HubApi.Workflows}/none");
        Assert.Equal((404, "NotFound", "workflows.argoproj.io \"none\" not found"), (answer.Code, answer.Reason, answer.Message));
    }

    [Fact]
    public async Task UnknownNamespace_CreatedInto_IsNotFound()
    {
        await using var hub = await HubApi.StartAsync();
        var answer = await hub.PostAsync("/api/v1/namespaces/nowhere/configmaps", HubApi.ConfigMap("a"));
        Assert.Equal((404, "namespaces \"nowhere\" not found"), (answer.Code, answer.Message));
    }

    [Fact]
    public async Task StaleVersion_Replaced_IsAConflict()
    {
        await using var hub = await HubApi.StartAsync();
        var stale = (await hub.PostAsync(HubApi.Workflows, HubApi.Workflow("one"))).Json;
        await hub.PatchAsync($"{HubApi.Workflows}/one", "application/merge-patch+json", """{"metadata":{"labels":{"a":"b"}}}""");
        var answer = await hub.PutAsync($"{HubApi.Workflows}/one", stale);
        Assert.Equal((409, "Conflict"), (answer.Code, answer.Reason));
        Assert.StartsWith("Operation cannot be fulfilled on workflows.argoproj.io \"one\": the object has been modified", answer.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Spec_Changed_RaisesGeneration_ButLabelsDoNot()
    {
        await using var hub = await HubApi.StartAsync();
        await hub.PostAsync(HubApi.Workflows, HubApi.Workflow("one"));
        var labelled = await hub.PatchAsync($"{HubApi.Workflows}/one", "application/merge-patch+json", """{"metadata":{"labels":{"a":"b"}}}""");
        var changed = await hub.PatchAsync($"{HubApi.Workflows}/one", "application/merge-patch+json", """{"spec":{"suspend":true}}""");
        Assert.Equal(1, (int)labelled.Json["metadata"]!["generation"]!);
        Assert.Equal(2, (int)changed.Json["metadata"]!["generation"]!);
    }

    [Fact]
    public async Task EmptyChange_Patched_KeepsTheVersion()
    {
        await using var hub = await HubApi.StartAsync();
        var created = await hub.PostAsync(HubApi.Workflows, HubApi.Workflow("one"));
        var patched = await hub.PatchAsync($"{HubApi.Workflows}/one", "application/merge-patch+json", "{}");
        Assert.Equal(created.Version, patched.Version);
    }

    [Fact]
    public async Task DryRun_Created_StoresNothing()
    {
        await using var hub = await HubApi.StartAsync();
        var answer = await hub.PostAsync($"{HubApi.Workflows}?dryRun=All", HubApi.Workflow("one"));
        Assert.Equal(201, answer.Code);
        Assert.Equal(404, (await hub.GetAsync($"{HubApi.Workflows}/one")).Code);
    }

    [Fact]
    public async Task UnknownField_ValidatedStrictly_IsRefused_AndOtherwiseWarnedAbout()
    {
        await using var hub = await HubApi.StartAsync();
        var manifest = HubApi.Workflow("one").Replace("\"entrypoint\"", "\"entryPoint\":\"x\",\"entrypoint\"", StringComparison.Ordinal);
        var strict = await hub.PostAsync($"{HubApi.Workflows}?fieldValidation=Strict", manifest);
        var warned = await hub.PostAsync($"{HubApi.Workflows}?fieldValidation=Warn&dryRun=All", manifest);
        var ignored = await hub.PostAsync($"{HubApi.Workflows}?fieldValidation=Ignore&dryRun=All", manifest);
        Assert.Equal(400, strict.Code);
        Assert.Equal(
            "Workflow in version \"v1alpha1\" cannot be handled as a Workflow: strict decoding error: unknown field \"spec.entryPoint\"",
            strict.Message);
        Assert.Equal((201, "299 - \"unknown field \\\"spec.entryPoint\\\"\""), (warned.Code, Assert.Single(warned.Warnings)));
        Assert.Equal(201, ignored.Code);
        Assert.Empty(ignored.Warnings);
    }

    [Fact]
    public async Task Manifest_WithSeveralMistakes_IsRefusedWithAllOfThem()
    {
        await using var hub = await HubApi.StartAsync(admission: new RefusingAdmission());
        var answer = await hub.PostAsync(HubApi.Workflows, HubApi.Workflow("Bad_Name", labels: "{\"a\":\"-b\"}"));
        Assert.Equal((422, "Invalid"), (answer.Code, answer.Reason));
        var fields = answer.Json["details"]!["causes"]!.AsArray().Select(cause => (string?)cause!["field"]);
        Assert.Equal(["spec.entrypoint", "spec.templates", "metadata.name", "metadata.labels"], fields);
        Assert.Equal("Workflow", (string?)answer.Json["details"]!["kind"]);
    }

    [Fact]
    public async Task YamlBody_Created_IsUnderstood()
    {
        await using var hub = await HubApi.StartAsync();
        var answer = await hub.PostAsync(
            "/api/v1/namespaces/default/configmaps", "kind: ConfigMap\nmetadata: {name: y}\ndata:\n  a: 'yes'\n", "application/yaml");
        Assert.Equal((201, "yes"), (answer.Code, (string?)answer.Json["data"]!["a"]));
    }

    [Theory]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("{\"metadata\":{\"name\":\"a\"},\"metadata\":{\"name\":\"b\"}}")]
    [InlineData("{\"kind\":\"Pod\",\"apiVersion\":\"v1\",\"metadata\":{\"name\":\"a\"}}")]
    public async Task UnusableBody_Created_IsABadRequest(string body)
    {
        await using var hub = await HubApi.StartAsync();
        Assert.Equal((400, "BadRequest"), (await hub.PostAsync(HubApi.Workflows, body)) is var answer ? (answer.Code, answer.Reason) : default);
    }

    [Fact]
    public async Task GiantOrBottomlessBody_Sent_IsRefused_AndTheHubLivesOn()
    {
        await using var hub = await HubApi.StartAsync();
        var giant = await hub.PostAsync(HubApi.Workflows, new string(' ', (10 * 1024 * 1024) + 1));
        var deep = await hub.PostAsync(HubApi.Workflows, string.Concat(Enumerable.Repeat("{\"a\":", 5000)) + "1" + new string('}', 5000));
        Assert.Equal((413, "RequestEntityTooLarge"), (giant.Code, giant.Reason));
        Assert.Equal(400, deep.Code);
        Assert.Equal(201, (await hub.PostAsync(HubApi.Workflows, HubApi.Workflow("after"))).Code);
    }

    [Fact]
    public async Task Status_WrittenThroughMainResource_IsIgnored_AndThroughSubresourceStored()
    {
        await using var hub = await HubApi.StartAsync();
        await hub.PostAsync(HubApi.Workflows, HubApi.Workflow("one"));
        const string patch = """{"status":{"phase":"Running"},"spec":{"suspend":true}}""";
        var main = await hub.PatchAsync($"{HubApi.Workflows}/one", "application/merge-patch+json", patch);
        var status = await hub.PatchAsync($"{HubApi.Workflows}/one/status", "application/merge-patch+json", """{"status":{"phase":"Running"},"spec":{"suspend":false}}""");
        Assert.Null(main.Json["status"]);
        Assert.Equal("Running", (string?)status.Json["status"]!["phase"]);
        Assert.True((bool)status.Json["spec"]!["suspend"]!);
    }

    [Fact]
    public async Task Finalizer_HoldsADeletedObject_UntilItIsRemoved()
    {
        await using var hub = await HubApi.StartAsync();
        await hub.PostAsync(HubApi.Workflows, HubApi.Workflow("one").Replace("\"name\":\"one\"", "\"name\":\"one\",\"finalizers\":[\"a.io/b\"]", StringComparison.Ordinal));
        var deleted = await hub.DeleteAsync($"{HubApi.Workflows}/one");
        Assert.NotNull(deleted.Json["metadata"]!["deletionTimestamp"]);
        Assert.Equal(200, (await hub.GetAsync($"{HubApi.Workflows}/one")).Code);
        await hub.PatchAsync($"{HubApi.Workflows}/one", "application/merge-patch+json", """{"metadata":{"finalizers":null}}""");
        Assert.Equal(404, (await hub.GetAsync($"{HubApi.Workflows}/one")).Code);
    }

    [Fact]
    public async Task Deletion_WithAnotherUid_IsAConflict()
    {
        await using var hub = await HubApi.StartAsync();
        await hub.PostAsync(HubApi.Workflows, HubApi.Workflow("one"));
        var answer = await hub.DeleteAsync($"{HubApi.Workflows}/one", """{"preconditions":{"uid":"other"}}""");
        Assert.Equal((409, "Conflict"), (answer.Code, answer.Reason));
        Assert.Equal("Success", (string?)(await hub.DeleteAsync($"{HubApi.Workflows}/one")).Json["status"]);
    }

    [Fact]
    public async Task Collection_DeletedBySelector_LosesOnlyWhatMatches()
    {
        await using var hub = await HubApi.StartAsync();
        await hub.PostAsync(HubApi.Workflows, HubApi.Workflow("one", labels: "{\"a\":\"b\"}"));
        await hub.PostAsync(HubApi.Workflows, HubApi.Workflow("two"));
        await hub.DeleteAsync($"{HubApi.Workflows}?labelSelector=a%3Db");
        var left = (await hub.GetAsync(HubApi.Workflows)).Json["items"]!.AsArray();
        Assert.Equal("two", (string?)Assert.Single(left)!["metadata"]!["name"]);
    }

    [Fact]
    public async Task Namespace_Deleted_TakesItsObjectsWithIt()
    {
        await using var hub = await HubApi.StartAsync();
        await hub.PostAsync("/api/v1/namespaces", """{"metadata":{"name":"team"}}""");
        await hub.PostAsync("/api/v1/namespaces/team/configmaps", HubApi.ConfigMap("a"));
        await hub.DeleteAsync("/api/v1/namespaces/team");
        Assert.Equal(404, (await hub.GetAsync("/api/v1/namespaces/team")).Code);
        Assert.Equal(404, (await hub.GetAsync("/api/v1/namespaces/team/configmaps/a")).Code);
    }

    [Fact]
    public async Task Namespace_WithAHeldObject_TakesNothingNewAndGoesWithTheLastOne()
    {
        await using var hub = await HubApi.StartAsync();
        await hub.PostAsync("/api/v1/namespaces", """{"metadata":{"name":"team"}}""");
        await hub.PostAsync("/api/v1/namespaces/team/configmaps", """{"metadata":{"name":"held","finalizers":["a.io/b"]}}""");
        await hub.DeleteAsync("/api/v1/namespaces/team");
        Assert.Equal("Terminating", (string?)(await hub.GetAsync("/api/v1/namespaces/team")).Json["status"]!["phase"]);
        Assert.Equal(403, (await hub.PostAsync("/api/v1/namespaces/team/configmaps", HubApi.ConfigMap("late"))).Code);
        await hub.PatchAsync("/api/v1/namespaces/team/configmaps/held", "application/merge-patch+json", """{"metadata":{"finalizers":[]}}""");
        Assert.Equal(404, (await hub.GetAsync("/api/v1/namespaces/team")).Code);
    }

    [Fact]
    public async Task DefaultNamespace_Deleted_IsRefused()
    {
        await using var hub = await HubApi.StartAsync();
        Assert.Equal(403, (await hub.DeleteAsync("/api/v1/namespaces/default")).Code);
    }

    [Fact]
    public async Task Secret_WrittenAsText_IsReadAsBase64()
    {
        await using var hub = await HubApi.StartAsync();
        await hub.PostAsync("/api/v1/namespaces/default/secrets", """{"metadata":{"name":"s"},"stringData":{"key":"value"}}""");
        var read = (await hub.GetAsync("/api/v1/namespaces/default/secrets/s")).Json;
        Assert.Equal("dmFsdWU=", (string?)read["data"]!["key"]);
        Assert.Null(read["stringData"]);
        Assert.Equal("Opaque", (string?)read["type"]);
    }

    private sealed class RefusingAdmission : IResourceAdmission
    {
        public bool Handles(ResourceKind kind) => kind == Kinds.Workflow;

        public ValueTask<IReadOnlyList<(string Field, string Message)>> AdmitAsync(
            ResourceKind kind, JsonObject manifest, JsonObject? existing, CancellationToken cancellationToken) =>
            ValueTask.FromResult<IReadOnlyList<(string, string)>>([("spec.entrypoint", "undefined"), ("spec.templates", "too few")]);
    }
}
