using System.Net;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Argosy.Cli.Client;

/// <summary>A hub, through its Argo Server API. Every call that fails says what the hub said, or that it cannot be reached.</summary>
internal sealed class ArgoClient(HubConnection connection, TimeProvider time) : IDisposable
{
    private const int PageSize = 500;
    private static readonly TimeSpan ReconnectPause = TimeSpan.FromSeconds(1);

    private readonly HttpClient http = connection.Open();

    public string Namespace => connection.Namespace;

    public Uri Address => connection.Address;

    public Task<JsonObject> GetWorkflowAsync(string @namespace, string name, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Get, Workflow(@namespace, name), null, cancellationToken);

    /// <summary>All workflows that fit, newest first, fetched page by page. No namespace: those of all.</summary>
    public async IAsyncEnumerable<JsonObject> ListWorkflowsAsync(
        string? @namespace, string? labelSelector, string? fieldSelector, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var next = "";
        do
        {
            var query = Query(
                ("listOptions.labelSelector", labelSelector),
                ("listOptions.fieldSelector", fieldSelector),
                ("listOptions.limit", $"{PageSize}"),
                ("listOptions.continue", next));
            var page = await SendAsync(HttpMethod.Get, $"api/v1/workflows/{Escape(@namespace ?? "")}{query}", null, cancellationToken);
            foreach (var workflow in page.Objects("items"))
            {
                yield return workflow;
            }

            next = page.AnyText("metadata", "continue") ?? "";
        }
        while (next.Length > 0);
    }

    public Task<JsonObject> CreateWorkflowAsync(string @namespace, JsonObject workflow, bool dryRun, CancellationToken cancellationToken) =>
        SendAsync(
            HttpMethod.Post,
            $"api/v1/workflows/{Escape(@namespace)}",
            new JsonObject { ["workflow"] = workflow.DeepClone(), ["serverDryRun"] = dryRun },
            cancellationToken);

    public Task<JsonObject> SubmitAsync(
        string @namespace, string resourceKind, string resourceName, JsonObject options, CancellationToken cancellationToken) =>
        SendAsync(
            HttpMethod.Post,
            $"api/v1/workflows/{Escape(@namespace)}/submit",
            new JsonObject { ["resourceKind"] = resourceKind, ["resourceName"] = resourceName, ["submitOptions"] = options },
            cancellationToken);

    public Task<JsonObject> LintWorkflowAsync(string @namespace, JsonObject workflow, CancellationToken cancellationToken) =>
        SendAsync(
            HttpMethod.Post,
            $"api/v1/workflows/{Escape(@namespace)}/lint",
            new JsonObject { ["workflow"] = workflow.DeepClone() },
            cancellationToken);

    /// <summary>One of the user's verbs: suspend, resume, stop, terminate, retry, resubmit, set.</summary>
    public Task<JsonObject> DoAsync(string @namespace, string name, string verb, JsonObject options, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Put, $"{Workflow(@namespace, name)}/{verb}", options, cancellationToken);

    public Task DeleteWorkflowAsync(string @namespace, string name, bool force, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Delete, $"{Workflow(@namespace, name)}{Query(("force", force ? "true" : null))}", null, cancellationToken);

    /// <summary>Archived workflows that fit, newest first, fetched page by page.</summary>
    public async IAsyncEnumerable<JsonObject> ListArchivedAsync(
        string @namespace, string? labelSelector, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var next = "";
        do
        {
            var query = Query(
                ("listOptions.labelSelector", labelSelector),
                ("listOptions.fieldSelector", $"metadata.namespace={@namespace}"),
                ("listOptions.limit", $"{PageSize}"),
                ("listOptions.continue", next));
            var page = await SendAsync(HttpMethod.Get, $"api/v1/archived-workflows{query}", null, cancellationToken);
            foreach (var workflow in page.Objects("items"))
            {
                yield return workflow;
            }

            next = page.AnyText("metadata", "continue") ?? "";
        }
        while (next.Length > 0);
    }

    public Task<JsonObject> GetArchivedAsync(string uid, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Get, $"api/v1/archived-workflows/{Escape(uid)}", null, cancellationToken);

    public Task DeleteArchivedAsync(string uid, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Delete, $"api/v1/archived-workflows/{Escape(uid)}", null, cancellationToken);

    /// <summary>retry or resubmit.</summary>
    public Task<JsonObject> DoArchivedAsync(string uid, string verb, JsonObject options, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Put, $"api/v1/archived-workflows/{Escape(uid)}/{verb}", options, cancellationToken);

    public Task<JsonObject> ListArchivedLabelKeysAsync(CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Get, "api/v1/archived-workflows-label-keys", null, cancellationToken);

    public Task<JsonObject> ListArchivedLabelValuesAsync(string key, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Get, $"api/v1/archived-workflows-label-values{Query(("listOptions.labelSelector", key))}", null, cancellationToken);

    public Task<JsonObject> ListTemplatesAsync(
        TemplateScope scope, string? @namespace, string? labelSelector, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Get, $"{scope.Path(@namespace)}{Query(("listOptions.labelSelector", labelSelector))}", null, cancellationToken);

    public Task<JsonObject> GetTemplateAsync(TemplateScope scope, string @namespace, string name, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Get, $"{scope.Path(@namespace)}/{Escape(name)}", null, cancellationToken);

    public Task<JsonObject> CreateTemplateAsync(
        TemplateScope scope, string @namespace, JsonObject template, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, scope.Path(@namespace), new JsonObject { [scope.Field] = template.DeepClone() }, cancellationToken);

    public Task<JsonObject> UpdateTemplateAsync(
        TemplateScope scope, string @namespace, JsonObject template, CancellationToken cancellationToken) =>
        SendAsync(
            HttpMethod.Put,
            $"{scope.Path(@namespace)}/{Escape(template.Text("metadata", "name") ?? "")}",
            new JsonObject { [scope.Field] = template.DeepClone() },
            cancellationToken);

    /// <summary>Creates the template, or updates the one of the same name.</summary>
    public async Task PutTemplateAsync(TemplateScope scope, string @namespace, JsonObject template, CancellationToken cancellationToken)
    {
        try
        {
            await CreateTemplateAsync(scope, @namespace, template, cancellationToken);
        }
        catch (HubRefusal refusal) when (refusal.Status == HttpStatusCode.Conflict)
        {
            await UpdateTemplateAsync(scope, @namespace, template, cancellationToken);
        }
    }

    public Task<JsonObject> LintTemplateAsync(
        TemplateScope scope, string @namespace, JsonObject template, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, $"{scope.Path(@namespace)}/lint", new JsonObject { [scope.Field] = template.DeepClone() }, cancellationToken);

    public Task DeleteTemplateAsync(TemplateScope scope, string @namespace, string name, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Delete, $"{scope.Path(@namespace)}/{Escape(name)}", null, cancellationToken);

    public Task<JsonObject> CreateSyncLimitAsync(string @namespace, JsonObject limit, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, $"api/v1/sync/{Escape(@namespace)}", limit, cancellationToken);

    public Task<JsonObject> UpdateSyncLimitAsync(string @namespace, string key, JsonObject limit, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Put, $"api/v1/sync/{Escape(@namespace)}/{Escape(key)}", limit, cancellationToken);

    public Task<JsonObject> GetSyncLimitAsync(string @namespace, string key, string type, string? configMap, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Get, $"api/v1/sync/{Escape(@namespace)}/{Escape(key)}{Query(("type", type), ("cmName", configMap))}", null, cancellationToken);

    public Task DeleteSyncLimitAsync(string @namespace, string key, string type, string? configMap, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Delete, $"api/v1/sync/{Escape(@namespace)}/{Escape(key)}{Query(("type", type), ("cmName", configMap))}", null, cancellationToken);

    /// <summary>Has a cron workflow skip every instant, or no longer.</summary>
    public Task<JsonObject> SuspendCronAsync(string @namespace, string name, bool suspend, CancellationToken cancellationToken) =>
        SendAsync(
            HttpMethod.Put, $"{TemplateScope.Cron.Path(@namespace)}/{Escape(name)}/{(suspend ? "suspend" : "resume")}", new JsonObject(), cancellationToken);

    public Task<JsonObject> VersionAsync(CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Get, "api/v1/version", null, cancellationToken);

    /// <summary>
    /// The workflow as it is, then each time it changes, until it is completed. A broken connection is made again; one that was never there
    /// is an error.
    /// </summary>
    /// <exception cref="CommandException">The workflow was deleted meanwhile.</exception>
    public async IAsyncEnumerable<JsonObject> FollowAsync(
        string @namespace, string name, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var current = await GetWorkflowAsync(@namespace, name, cancellationToken);
        yield return current;
        var resolved = current.Text("metadata", "name")!;
        var query = Query(("listOptions.fieldSelector", $"metadata.name={resolved}"));
        while (!new Workflow(current).IsCompleted)
        {
            await using var changes = StreamAsync($"api/v1/workflow-events/{Escape(@namespace)}{query}", cancellationToken)
                .GetAsyncEnumerator(cancellationToken);
            while (!new Workflow(current).IsCompleted && await NextAsync(changes, cancellationToken))
            {
                if (changes.Current.Text("type") == "DELETED")
                {
                    throw new CommandException($"workflow {resolved} was deleted while it was watched");
                }

                if (changes.Current["object"] is JsonObject changed)
                {
                    current = changed;
                    yield return current;
                }
            }
        }
    }

    /// <summary>The workflow at its end.</summary>
    public async Task<Workflow> CompletedAsync(string @namespace, string name, CancellationToken cancellationToken) =>
        new(await FollowAsync(@namespace, name, cancellationToken).LastAsync(cancellationToken));

    /// <summary>Log lines as they come: objects with <c>content</c> and <c>podName</c>.</summary>
    public IAsyncEnumerable<JsonObject> LogsAsync(
        string @namespace, string name, LogRequest request, CancellationToken cancellationToken) =>
        StreamAsync($"{Workflow(@namespace, name)}/log{Query(request.Query())}", cancellationToken);

    public void Dispose() => http.Dispose();

    // False when the stream is over, for whatever reason: the caller opens another.
    private async Task<bool> NextAsync(IAsyncEnumerator<JsonObject> stream, CancellationToken cancellationToken)
    {
        try
        {
            return await stream.MoveNextAsync();
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException or CommandException)
        {
            await Task.Delay(ReconnectPause, time, cancellationToken);
            return false;
        }
    }

    private async IAsyncEnumerable<JsonObject> StreamAsync(string path, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var response = await RequestAsync(HttpMethod.Get, path, null, cancellationToken);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(cancellationToken), Encoding.UTF8);
        while (await reader.ReadLineAsync(cancellationToken) is { } line)
        {
            if (line.Length == 0)
            {
                continue;
            }

            var element = JsonNode.Parse(line);
            if (element?["error"] is { } error)
            {
                throw new HubRefusal(HttpStatusCode.InternalServerError, error.Text("message") ?? error.ToJsonString());
            }

            if (element?["result"] is JsonObject result)
            {
                yield return result;
            }
        }
    }

    private async Task<JsonObject> SendAsync(HttpMethod method, string path, JsonObject? body, CancellationToken cancellationToken)
    {
        using var response = await RequestAsync(method, path, body, cancellationToken);
        return Parse(await response.Content.ReadAsStringAsync(cancellationToken)) ?? throw NotAHub();
    }

    private async Task<HttpResponseMessage> RequestAsync(HttpMethod method, string path, JsonObject? body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
        {
            request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        }

        HttpResponseMessage response;
        try
        {
            response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        }
        catch (HttpRequestException exception)
        {
            throw new CommandException(
                $"cannot reach the hub at {connection.Address} ({connection.Origin}): {exception.Message}. Is it running? Start one with: argosy server",
                exception);
        }

        if (!response.IsSuccessStatusCode)
        {
            using (response)
            {
                throw Refusal(response.StatusCode, await response.Content.ReadAsStringAsync(cancellationToken));
            }
        }

        return response;
    }

    private Exception Refusal(HttpStatusCode status, string text)
    {
        if (Parse(text) is not { } body || body["code"] is null || body.Text("kind") == "Status")
        {
            return status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden
                ? new HubRefusal(status, $"the hub at {connection.Address} does not let you in ({(int)status}); check the token of {connection.Origin}")
                : NotAHub();
        }

        var causes = body.Objects("details").SelectMany(detail => detail.Objects("fieldViolations"))
            .Select(violation => (violation.Text("field") ?? "", violation.Text("description") ?? ""))
            .ToList();
        var message = body.Text("message") ?? $"the hub answered {(int)status}";
        return new HubRefusal(status, causes.Count > 0 ? Head(message) : message) { Causes = causes };
    }

    // The causes follow one by one, so that the message need not repeat them.
    private static string Head(string message)
    {
        var at = message.IndexOf(" is invalid:", StringComparison.Ordinal);
        return at > 0 ? message[..at] + " is invalid:" : message;
    }

    private CommandException NotAHub() => new(
        $"{connection.Address} ({connection.Origin}) does not speak the workflow API: it is not an Argosy hub. " +
        "Name one with --kubeconfig or --argo-server");

    private static JsonObject? Parse(string text)
    {
        try
        {
            return JsonNode.Parse(text) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string Workflow(string @namespace, string name) => $"api/v1/workflows/{Escape(@namespace)}/{Escape(name)}";

    private static string Query(params IEnumerable<(string Name, string? Value)> pairs)
    {
        var given = pairs.Where(pair => !string.IsNullOrEmpty(pair.Value)).Select(pair => $"{pair.Name}={Escape(pair.Value!)}").ToList();
        return given.Count == 0 ? "" : "?" + string.Join('&', given);
    }

    private static string Escape(string part) => Uri.EscapeDataString(part);
}
