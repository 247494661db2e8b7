using System.Text.Json.Nodes;
using Argosy.ControlPlane.Resources;
using Argosy.ControlPlane.Workflows;

namespace Argosy.ControlPlane.Tests.ArgoServer;

/// <summary>Writes down which verbs were asked for and answers a workflow that carries the name.</summary>
public sealed class RecordedVerbs : IWorkflowVerbs
{
    private readonly List<string> calls = [];

    public IReadOnlyList<string> Calls
    {
        get
        {
            lock (calls)
            {
                return [.. calls];
            }
        }
    }

    /// <summary>Refuses every verb, when set.</summary>
    public ApiException? Refusal { get; set; }

    /// <summary>What terminating does to the workflow.</summary>
    public Func<Task>? OnTerminate { get; set; }

    public Task<JsonObject> SuspendAsync(string @namespace, string name, CancellationToken cancellationToken) =>
        Record(@namespace, name, "suspend");

    public Task<JsonObject> ResumeAsync(string @namespace, string name, string? nodeFieldSelector, CancellationToken cancellationToken) =>
        Record(@namespace, name, $"resume {nodeFieldSelector}");

    public Task<JsonObject> StopAsync(
        string @namespace, string name, string? nodeFieldSelector, string? message, CancellationToken cancellationToken) =>
        Record(@namespace, name, $"stop {nodeFieldSelector} {message}");

    public async Task<JsonObject> TerminateAsync(string @namespace, string name, CancellationToken cancellationToken)
    {
        var answer = await Record(@namespace, name, "terminate");
        await (OnTerminate?.Invoke() ?? Task.CompletedTask);
        return answer;
    }

    public Task<JsonObject> RetryArchivedAsync(string uid, RetryRequest request, CancellationToken cancellationToken) =>
        Record("", uid, $"retry archived {request.RestartSuccessful} {request.NodeFieldSelector} {string.Join(',', request.Parameters)}");

    public Task<JsonObject> ResubmitArchivedAsync(string uid, ResubmitRequest request, CancellationToken cancellationToken) =>
        Record("", uid, $"resubmit archived {request.Memoized} {string.Join(',', request.Parameters)}");

    public Task<JsonObject> RetryAsync(string @namespace, string name, RetryRequest request, CancellationToken cancellationToken) =>
        Record(@namespace, name, $"retry {request.RestartSuccessful} {request.NodeFieldSelector} {string.Join(',', request.Parameters)}");

    public Task<JsonObject> ResubmitAsync(string @namespace, string name, ResubmitRequest request, CancellationToken cancellationToken) =>
        Record(@namespace, name, $"resubmit {request.Memoized} {string.Join(',', request.Parameters)}");

    public Task<JsonObject> SetAsync(string @namespace, string name, SetRequest request, CancellationToken cancellationToken) =>
        Record(@namespace, name, $"set {request.NodeFieldSelector} {request.Phase} {request.Message} " +
            string.Join(',', request.OutputParameters.Select(pair => $"{pair.Key}={pair.Value}")));

    private Task<JsonObject> Record(string @namespace, string name, string verb)
    {
        if (Refusal is not null)
        {
            throw Refusal;
        }

        lock (calls)
        {
            calls.Add($"{@namespace}/{name} {verb}".TrimEnd());
        }

        return Task.FromResult(new JsonObject { ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = @namespace } });
    }
}
