using System.Globalization;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Argosy.ControlPlane.Tests.Workflows;
using Argosy.StandIns.Orleans.Tests.Silos;

namespace Argosy.ControlPlane.Tests.Cron;

/// <summary>A hub whose clock stands at 17 seconds past midnight until the test moves it, and the cron workflow "job".</summary>
internal sealed class CronStory : IAsyncDisposable
{
    /// <summary>Succeeds at once, without a pod.</summary>
    public const string Quick = """
        {"entrypoint":"main","templates":[
          {"name":"main","steps":[[{"name":"a","template":"leaf","when":"false"}]]},
          {"name":"leaf","container":{"image":"busybox","command":["true"]}}]}
        """;

    /// <summary>Runs until someone ends it, without a pod.</summary>
    public const string Endless = """{"entrypoint":"main","templates":[{"name":"main","suspend":{}}]}""";

    /// <summary>Fails at once, without a pod.</summary>
    public const string Failing = """
        {"entrypoint":"main","templates":[
          {"name":"main","steps":[[{"name":"a","template":"leaf","when":"{{=nobody.knows}} == 1"}]]},
          {"name":"leaf","container":{"image":"busybox","command":["true"]}}]}
        """;

    private const string Group = "/apis/argoproj.io/v1alpha1/namespaces/default";

    private readonly ManualClock clock;

    private CronStory(ManualClock clock, HubUnderTest hub) => (this.clock, Hub) = (clock, hub);

    public HubUnderTest Hub { get; }

    public static async Task<CronStory> BeginAsync()
    {
        var clock = new ManualClock();
        clock.Advance(TimeSpan.FromSeconds(17));
        return new CronStory(clock, await HubUnderTest.StartAsync(clock: clock));
    }

    /// <summary>The name of the run of an instant, given as minutes past midnight.</summary>
    public static string Run(int minute) => string.Create(CultureInfo.InvariantCulture, $"job-{Instant(minute).ToUnixTimeSeconds()}");

    public static DateTimeOffset Instant(int minute) => new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).AddMinutes(minute);

    /// <summary>Creates the cron workflow; it runs every minute.</summary>
    public async Task<JsonObject> HaveCronAsync(string workflowSpec, string more = "") => await SendAsync(
        HttpMethod.Post, $"{Group}/cronworkflows", $$"""
            {"apiVersion":"argoproj.io/v1alpha1","kind":"CronWorkflow","metadata":{"name":"job"},
             "spec":{"schedules":["* * * * *"],"workflowSpec":{{workflowSpec}}{{more}} } }
            """);

    /// <summary>Waits until the hub waits for the next instant, then moves its clock there.</summary>
    public Task NextInstantAsync() => NextInstantOfAsync(TimeSpan.FromSeconds(60 - clock.GetUtcNow().Second));

    /// <summary>The same for an instant that is so far away.</summary>
    public async Task NextInstantOfAsync(TimeSpan wait)
    {
        await clock.ArmedAsync(wait);
        clock.Advance(wait);
    }

    /// <summary>The hub stops, time goes by, and it starts again.</summary>
    public async Task HubIsAwayAsync(TimeSpan time)
    {
        await Hub.StopAsync();
        clock.Advance(time);
        await Hub.StartAgainAsync();
    }

    public Task<JsonObject> CronBecomesAsync(Predicate<JsonObject> wanted) => BecomesAsync("cronworkflows", "job", wanted);

    public Task<JsonObject> RunBecomesAsync(int minute, string phase) =>
        BecomesAsync("workflows", Run(minute), run => HubUnderTest.PhaseOf(run) == phase);

    public async Task<IReadOnlyList<string>> RunsAsync() =>
    [
        .. (await Hub.Http.GetFromJsonAsync<JsonObject>($"{Group}/workflows"))!["items"]!.AsArray()
            .Select(run => (string)run!["metadata"]!["name"]!).Order(StringComparer.Ordinal),
    ];

    public Task<JsonObject> PatchCronAsync(string patch, string subresource = "") =>
        SendAsync(HttpMethod.Patch, $"{Group}/cronworkflows/job{subresource}", patch, "application/merge-patch+json");

    public Task DeleteCronAsync(string options = "{}") => SendAsync(HttpMethod.Delete, $"{Group}/cronworkflows/job", options);

    public async Task<JsonObject> SendAsync(HttpMethod method, string path, string body, string type = "application/json")
    {
        using var request = new HttpRequestMessage(method, path) { Content = new StringContent(body, Encoding.UTF8, type) };
        using var response = await Hub.Http.SendAsync(request);
        var answer = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, answer);
        return JsonNode.Parse(answer)!.AsObject();
    }

    public async Task<JsonObject> BecomesAsync(string plural, string name, Predicate<JsonObject> wanted)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(60));
        var last = "nothing";
        try
        {
            var path = new Uri($"{Group}/{plural}?watch=1&fieldSelector=metadata.name={name}", UriKind.Relative);
            using var reader = new StreamReader(await Hub.Http.GetStreamAsync(path, patience.Token));
            while (await reader.ReadLineAsync(patience.Token) is { } line)
            {
                last = line;
                if (JsonNode.Parse(line)!["object"] is JsonObject found && wanted(found))
                {
                    return found;
                }
            }
        }
        catch (OperationCanceledException)
        {
            // told below
        }

        throw new InvalidOperationException($"{name} did not become as wanted; last seen: {last}");
    }

    public ValueTask DisposeAsync() => Hub.DisposeAsync();
}
