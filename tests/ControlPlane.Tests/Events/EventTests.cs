using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Argosy.ControlPlane.Resources;
using Argosy.ControlPlane.Tests.ArgoServer;

namespace Argosy.ControlPlane.Tests.Events;

/// <summary>Events from outside: which bindings they are for, and what is submitted.</summary>
public sealed class EventTests : ArgoServerFixture
{
    private const string GithubSelector = """
        metadata["x-github-event"] == ["push"]
        // the last part of the address
        && discriminator == "paths"
        && any(payload.commits ?? [], { let commit = #; any(["added", "removed"], { any(commit[#] ?? [], { hasPrefix(#, "src/") }) }) })
        """;

    [Fact]
    public async Task EventIsForTheBinding_ItsTemplateIsSubmitted_WithWhatTheEventSays()
    {
        await HaveTemplateAsync("greet");
        await HaveBindingAsync("on-mail", "payload.appellation != \"\" && namespace == \"team\"", """
            {"workflowTemplateRef":{"name":"greet"},
             "metadata":{"generateName":"\"mail-\" + discriminator + \"-\"","labels":{"who":"payload.appellation"},"annotations":{"kind":"metadata[\"x-kind\"][0]"}},
             "arguments":{"parameters":[
               {"name":"appellation","valueFrom":{"event":"payload.appellation"}},
               {"name":"list","valueFrom":{"event":"map(payload.items, {# * 2})"}},
               {"name":"size","valueFrom":{"event":"payload.size"}},
               {"name":"fixed","value":"as it is"}]}}
            """);

        var (status, body) = await PostAsync("/api/v1/events/team/inbox", """{"appellation":"Ada","items":[1,2],"size":3}""", ("X-Kind", "letter"));
        var workflow = Assert.Single(await WorkflowsAsync());

        Assert.Equal((HttpStatusCode.OK, "{}"), (status, body));
        Assert.StartsWith("mail-inbox-", (string?)workflow["metadata"]!["name"], StringComparison.Ordinal);
        Assert.Equal("Ada", (string?)workflow["metadata"]!["labels"]!["who"]);
        Assert.Equal("on-mail", (string?)workflow["metadata"]!["labels"]!["workflows.argoproj.io/workflow-event-binding"]);
        Assert.Equal("greet", (string?)workflow["metadata"]!["labels"]!["workflows.argoproj.io/workflow-template"]);
        Assert.Equal("letter", (string?)workflow["metadata"]!["annotations"]!["kind"]);
        Assert.Equal("greet", (string?)workflow["spec"]!["workflowTemplateRef"]!["name"]);
        Assert.Equal(
            """[{"name":"appellation","value":"Ada"},{"name":"list","value":"[2,4]"},{"name":"size","value":"3"},{"name":"fixed","value":"as it is"}]""",
            workflow["spec"]!["arguments"]!["parameters"]!.ToJsonString());
    }

    [Theory]
    [InlineData("push", "paths", """{"commits":[{"added":["docs/a"]},{"removed":["src/b"]}]}""", 1)]
    [InlineData("push", "paths", """{"commits":[{"added":["docs/a"]}]}""", 0)]
    [InlineData("push", "paths", "{}", 0)]
    [InlineData("push", "", """{"commits":[{"added":["src/a"]}]}""", 0)]
    [InlineData("ping", "paths", """{"commits":[{"added":["src/a"]}]}""", 0)]
    public async Task Selector_SeesHeaders_Discriminator_AndPayload(string header, string discriminator, string payload, int submitted)
    {
        await HaveTemplateAsync("greet");
        await HaveBindingAsync("on-push", GithubSelector, """{"workflowTemplateRef":{"name":"greet"}}""");

        var (status, _) = await PostAsync($"/api/v1/events/team/{discriminator}", payload, ("X-GitHub-Event", header));

        Assert.Equal((HttpStatusCode.OK, submitted), (status, (await WorkflowsAsync()).Count));
    }

    [Fact]
    public async Task OtherHeaders_AreNotShown()
    {
        await HaveTemplateAsync("greet");
        await HaveBindingAsync("nosy", "\"authorization\" in metadata || \"cookie\" in metadata", """{"workflowTemplateRef":{"name":"greet"}}""");

        await PostAsync("/api/v1/events/team/", "", ("Cookie", "authorization=secret"));

        Assert.Empty(await WorkflowsAsync());
        Assert.Empty(await EventsAsync());
    }

    [Theory]
    [InlineData("payload.x +", """{"workflowTemplateRef":{"name":"greet"}}""", "failed to evaluate workflow template expression: ")]
    [InlineData("1 + 1", """{"workflowTemplateRef":{"name":"greet"}}""", "is neither true nor false")]
    [InlineData("true", """{"workflowTemplateRef":{"name":"nobody"}}""", "failed to get workflow template: workflowtemplates.argoproj.io \"nobody\" not found")]
    [InlineData("true", """{"workflowTemplateRef":{"name":"greet"},"arguments":{"parameters":[{"name":"p"}]}}""", "malformed workflow template parameter \"p\"")]
    [InlineData("true", """{"workflowTemplateRef":{"name":"greet"},"arguments":{"parameters":[{"name":"p","valueFrom":{"event":"payload["}}]}}""", "failed to evaluate workflow template parameter \"p\" expression: ")]
    [InlineData("true", """{"workflowTemplateRef":{"name":"greet"},"metadata":{"name":"1"}}""", "workflow name expression must evaluate to a string")]
    public async Task BindingIsWrong_AnEventSaysSo_AndTheOthersAreServed(string selector, string submit, string complaint)
    {
        await HaveTemplateAsync("greet");
        await HaveBindingAsync("broken", selector, submit);
        await HaveBindingAsync("fine", "true", """{"workflowTemplateRef":{"name":"greet"}}""");

        await PostAsync("/api/v1/events/team/x", "{}");
        var told = Assert.Single(await EventsAsync());

        Assert.Single(await WorkflowsAsync());
        Assert.Equal(("Warning", "WorkflowEventBinding", "broken"),
            ((string?)told["type"], (string?)told["involvedObject"]!["kind"], (string?)told["involvedObject"]!["name"]));
        Assert.Contains(complaint, (string?)told["message"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task BindingsOfOtherNamespaces_AreNotAsked_AndPayloadMustBeJson()
    {
        await HaveTemplateAsync("greet");
        await HaveBindingAsync("fine", "true", """{"workflowTemplateRef":{"name":"greet"}}""");

        await PostAsync("/api/v1/events/other/x", "[1]");
        var (status, _) = await PostAsync("/api/v1/events/team/x", "{");

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Empty(await WorkflowsAsync());
        Assert.Single((await GetAsync("/api/v1/workflow-event-bindings/team"))["items"]!.AsArray());
        Assert.Empty((await GetAsync("/api/v1/workflow-event-bindings/other"))["items"]!.AsArray());
    }

    [Fact]
    public async Task TooManyEventsWait_TheNextIsRefused()
    {
        await HaveTemplateAsync("greet");
        await HaveBindingAsync("fine", "true", """{"workflowTemplateRef":{"name":"greet"}}""");
        var held = Server.Resources.Hold();

        List<Task<(HttpStatusCode Status, string Body)>> sent = [];
        for (var i = 0; i < 4; i++)
        {
            sent.Add(PostAsync("/api/v1/events/team/x", "{}"));
        }

        await held.WaitingAsync(4); // each worker has one
        for (var i = 0; i < 17; i++)
        {
            sent.Add(PostAsync("/api/v1/events/team/x", "{}"));
        }

        var (status, body) = await await Task.WhenAny(sent);
        held.Release();
        var all = await Task.WhenAll(sent);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.Equal("operation queue full", (string?)JsonNode.Parse(body)!["message"]);
        Assert.Equal(20, all.Count(answer => answer.Status == HttpStatusCode.OK));
    }

    private Task HaveTemplateAsync(string name) => Server.Resources.CreateAsync(
        Kinds.WorkflowTemplate, "team", JsonNode.Parse($$$"""{"metadata":{"name":"{{{name}}}","namespace":"team"},"spec":{}}""")!.AsObject(), CancellationToken.None);

    private Task HaveBindingAsync(string name, string selector, string submit) => Server.Resources.CreateAsync(
        Kinds.WorkflowEventBinding, "team",
        new JsonObject
        {
            ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = "team", ["uid"] = "uid-of-" + name },
            ["spec"] = new JsonObject { ["event"] = new JsonObject { ["selector"] = selector }, ["submit"] = JsonNode.Parse(submit) },
        },
        CancellationToken.None);

    private ValueTask<IReadOnlyList<JsonObject>> WorkflowsAsync() => Server.Resources.ListAsync(Kinds.Workflow, null, null, CancellationToken.None);

    private ValueTask<IReadOnlyList<JsonObject>> EventsAsync() => Server.Resources.ListAsync(Kinds.Event, null, null, CancellationToken.None);

    private async Task<(HttpStatusCode Status, string Body)> PostAsync(string path, string body, params (string Name, string Value)[] headers)
    {
        using var client = new HttpClient { BaseAddress = Server.Url };
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var response = await client.SendAsync(request);
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }
}
