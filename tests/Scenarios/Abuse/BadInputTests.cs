using System.Net;
using System.Text;
using Argosy.Scenarios.Hubs;

namespace Argosy.Scenarios.Abuse;

/// <summary>What no honest user sends. It is refused, or the workflow fails; the hub goes on serving.</summary>
[Collection(StandingHubCollection.Name)]
public sealed class BadInputTests(StandingHub hub)
{
    private const string Workflows = "/apis/argoproj.io/v1alpha1/namespaces/default/workflows";

    private const int Megabyte = 1024 * 1024;

    private static string Garbage()
    {
        var bytes = new byte[10 * Megabyte];
        new Random(1).NextBytes(bytes);
        return Encoding.Latin1.GetString(bytes);
    }

    private static string Workflow(string name, string templates, string arguments = "{}") =>
        $$$"""
        {"apiVersion":"argoproj.io/v1alpha1","kind":"Workflow","metadata":{"name":"{{{name}}}"},
         "spec":{"entrypoint":"main","arguments":{{{arguments}}},"templates":[{{{templates}}}]}}
        """;

    private static string Container(string name, string argument) =>
        Workflow(name, $$$"""{"name":"main","container":{"image":"debian:12","command":["true"],"args":["{{{argument}}}"]}}""");

    public static TheoryData<string, string, string> Refused() => new()
    {
        { "garbage as JSON", "application/json", Garbage() },
        { "garbage as YAML", "application/yaml", Garbage() },
        { "10 MB of one line", "application/yaml", new string('a', 10 * Megabyte) },
        { "deep JSON", "application/json", new string('[', Megabyte) },
        { "deep objects", "application/json", string.Concat(Enumerable.Repeat("{\"a\":", 100_000)) },
        { "deep YAML", "application/yaml", new string('[', Megabyte) },
        { "deep indentation", "application/yaml", string.Concat(Enumerable.Range(0, 2_000).Select(depth => $"{new string(' ', depth)}a:\n")) },
        { "aliases that multiply", "application/yaml", Laughs() },
    };

    /// <summary>What upstream takes for text until it gets to run.</summary>
    public static TheoryData<string, string> Bombs() => new()
    {
        { "opened-tags", new string('{', Megabyte) },
        { "opened-expressions", string.Concat(Enumerable.Repeat("{{=", 200_000)) },
        { "deep-expression", "{{=" + new string('(', 200_000) + "1" + new string(')', 200_000) + "}}" },
        { "broken-expression", "{{=" + new string('(', 200_000) + "}}" },
        { "long-expression", "{{=" + string.Join('+', Enumerable.Repeat("1", 100_000)) + "}}" },
        { "nested-tags", string.Concat(Enumerable.Repeat("{{", 50_000)) + "x" + string.Concat(Enumerable.Repeat("}}", 50_000)) },
    };

    [Theory(Timeout = 120_000)]
    [MemberData(nameof(Refused), DisableDiscoveryEnumeration = true)]
    public async Task Nonsense_Posted_IsRefusedAndTheHubLivesOn(string what, string type, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, type);
        using var answer = await hub.Client.PostAsync(Workflows, content, TestContext.Current.CancellationToken);

        Assert.True((int)answer.StatusCode is >= 400 and < 500, $"{what}: {answer.StatusCode}");
        await LivesOnAsync();
    }

    [Theory(Timeout = 120_000)]
    [MemberData(nameof(Bombs), DisableDiscoveryEnumeration = true)]
    public async Task Bomb_Posted_IsRefusedOrComesToAnEnd(string name, string argument)
    {
        using var content = new StringContent(Container(name, argument), Encoding.UTF8, "application/json");
        using var answer = await hub.Client.PostAsync(Workflows, content, TestContext.Current.CancellationToken);
        if (answer.StatusCode == HttpStatusCode.Created)
        {
            await hub.UntilAsync(name, workflow => workflow["status"]!["finishedAt"] is not null);
        }
        else
        {
            Assert.True((int)answer.StatusCode is >= 400 and < 500, $"{name}: {answer.StatusCode}");
        }

        await LivesOnAsync();
    }

    [Fact(Timeout = 120_000)]
    public async Task TemplateThatCallsItself_Submitted_IsRefusedOrFails()
    {
        var steps = """{"name":"main","steps":[[{"name":"again","template":"main"}]]}""";
        var dag = """{"name":"main","dag":{"tasks":[{"name":"again","template":"main"}]}}""";
        foreach (var (name, template) in new[] { ("recursive-steps", steps), ("recursive-dag", dag) })
        {
            using var content = new StringContent(Workflow(name, template), Encoding.UTF8, "application/json");
            using var answer = await hub.Client.PostAsync(Workflows, content, TestContext.Current.CancellationToken);
            if (answer.StatusCode == HttpStatusCode.Created)
            {
                var ended = await hub.UntilAsync(name, workflow => (string?)workflow["status"]!["phase"] is "Failed" or "Error");
                Assert.Contains(
                    StandingHub.Nodes(ended),
                    node => ((string?)node["message"] ?? "").Contains("recursion", StringComparison.OrdinalIgnoreCase));
            }
        }

        await LivesOnAsync();
    }

    [Fact(Timeout = 120_000)]
    public async Task ParametersThatHoldTags_Submitted_AreNotExpandedWithoutEnd()
    {
        // Each parameter is the one before, twice: two to the power of forty, if it were done.
        var doubled = Enumerable.Range(1, 40).Select(number =>
            $$$"""{"name":"p{{{number}}}","value":"{{workflow.parameters.p{{{number - 1}}}}}{{workflow.parameters.p{{{number - 1}}}}}"}""");
        var arguments = $$"""{"parameters":[{"name":"p0","value":"x"},{{string.Join(',', doubled)}}]}""";
        var template = """{"name":"main","container":{"image":"debian:12","command":["true","{{workflow.parameters.p40}}"]}}""";
        using var content = new StringContent(Workflow("doubling", template, arguments), Encoding.UTF8, "application/json");

        using var answer = await hub.Client.PostAsync(Workflows, content, TestContext.Current.CancellationToken);

        if (answer.StatusCode == HttpStatusCode.Created)
        {
            await hub.UntilAsync("doubling", workflow => workflow["status"]!["finishedAt"] is not null);
        }

        await LivesOnAsync();
    }

    private static string Laughs()
    {
        var text = new StringBuilder("a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n");
        for (var level = 1; level < 12; level++)
        {
            var before = $"*a{level - 1}";
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"a{level}: &a{level} [{string.Join(',', Enumerable.Repeat(before, 10))}]\n");
        }

        return text.ToString();
    }

    private async Task LivesOnAsync()
    {
        var name = await hub.SubmitAsync(Manifest.Example("hello-world.yaml"));
        (await hub.ArgosyAsync("wait", name)).Succeeded();
        Assert.Equal("Succeeded", (string?)(await hub.WorkflowAsync(name))["status"]!["phase"]);
    }
}
