using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using System.Threading.Channels;
using Argosy.Contracts.Agents;
using Argosy.ControlPlane.Dispatch;
using Argosy.ControlPlane.Resources;
using Argosy.Engine.Workflows;
using Google.Protobuf.WellKnownTypes;

namespace Argosy.ControlPlane.Workflows;

/// <summary>Fetches logs from the clusters where the pods are; the hub keeps none.</summary>
internal sealed class WorkflowLogs(IResources resources, AgentSessions sessions) : IWorkflowLogs
{
    private sealed record Pod(string Name, string Cluster, AttemptKey Key, DateTimeOffset Started);

    public async IAsyncEnumerable<WorkflowLogEntry> ReadAsync(
        string @namespace, string workflow, string? podName, WorkflowLogOptions options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var found = await FindAsync(@namespace, workflow, cancellationToken)
            ?? throw new ApiException(404, "NotFound", $"workflows.argoproj.io \"{workflow}\" not found");
        var merged = Channel.CreateBounded<WorkflowLogEntry>(1024);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var readers = ReadAllAsync(found, podName, options, merged.Writer, stop.Token);
        try
        {
            var entries = merged.Reader.ReadAllAsync(cancellationToken);
            await foreach (var entry in options.Follow ? entries : SortedAsync(entries, cancellationToken))
            {
                yield return entry;
            }
        }
        finally
        {
            await stop.CancelAsync();
            await readers.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public async IAsyncEnumerable<WorkflowLogEntry> ReadPodAsync(
        string @namespace, string podName, WorkflowLogOptions options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var workflow in await resources.ListAsync(Kinds.Workflow, @namespace, null, cancellationToken))
        {
            var name = workflow["metadata"]?["name"]?.GetValue<string>() ?? "";
            if (podName.StartsWith(name, StringComparison.Ordinal) && PodsOf(await FindAsync(@namespace, name, cancellationToken) ?? workflow).FirstOrDefault(pod => pod.Name == podName) is { } pod)
            {
                await foreach (var entry in ReadAsync(pod, options, cancellationToken))
                {
                    yield return entry;
                }

                yield break;
            }
        }

        throw new ApiException(404, "NotFound", $"pods \"{podName}\" not found");
    }

    private async ValueTask<JsonObject?> FindAsync(string @namespace, string workflow, CancellationToken cancellationToken) =>
        await resources.FindAsync(new ResourceKey(Kinds.Workflow, @namespace, workflow), cancellationToken);

    private static async IAsyncEnumerable<WorkflowLogEntry> SortedAsync(
        IAsyncEnumerable<WorkflowLogEntry> entries, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        List<WorkflowLogEntry> all = [];
        await foreach (var entry in entries.WithCancellation(cancellationToken))
        {
            all.Add(entry);
        }

        foreach (var entry in all.OrderBy(entry => entry.Time)) // stable: lines of one pod keep their order
        {
            yield return entry;
        }
    }

    /// <summary>Reads every pod of the workflow; when following, also those that appear later, until the workflow has ended.</summary>
    private async Task ReadAllAsync(
        JsonObject workflow, string? podName, WorkflowLogOptions options, ChannelWriter<WorkflowLogEntry> writer, CancellationToken cancellationToken)
    {
        var started = new HashSet<AttemptKey>();
        List<Task> readers = [];
        void Start(JsonObject present)
        {
            foreach (var pod in PodsOf(present).Where(pod => (podName is null || pod.Name == podName) && started.Add(pod.Key)))
            {
                readers.Add(CopyAsync(pod, options, writer, cancellationToken));
            }
        }

        try
        {
            Start(workflow);
            if (options.Follow && !IsEnded(workflow))
            {
                var uid = workflow["metadata"]?["uid"]?.GetValue<string>();
                await foreach (var change in resources.ObserveAsync(Kinds.Workflow, cancellationToken))
                {
                    if (change.Uid != uid)
                    {
                        continue;
                    }

                    Start(change.Object);
                    if (change.Type == ResourceChangeType.Deleted || IsEnded(change.Object))
                    {
                        break;
                    }
                }
            }

            await Task.WhenAll(readers);
            writer.Complete();
        }
        catch (Exception failure)
        {
            writer.Complete(failure);
        }
    }

    private async Task CopyAsync(Pod pod, WorkflowLogOptions options, ChannelWriter<WorkflowLogEntry> writer, CancellationToken cancellationToken)
    {
        await foreach (var entry in ReadAsync(pod, options, cancellationToken))
        {
            await writer.WriteAsync(entry, cancellationToken);
        }
    }

    private async IAsyncEnumerable<WorkflowLogEntry> ReadAsync(
        Pod pod, WorkflowLogOptions options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (sessions.Find(pod.Cluster) is not { } session)
        {
            throw new ApiException(
                503, "ServiceUnavailable", $"the logs of pod {pod.Name} are in cluster {pod.Cluster}, whose agent is not connected: try again when it is Ready");
        }

        var filter = string.IsNullOrEmpty(options.Grep) ? null : new Regex(options.Grep, RegexOptions.NonBacktracking);
        var request = new LogRequest
        {
            Key = pod.Key,
            PodName = pod.Name,
            Container = options.Container,
            Follow = options.Follow,
            TailLines = options.TailLines ?? -1,
            Since = options.Since is { } since ? Timestamp.FromDateTimeOffset(since) : null,
        };
        await foreach (var line in session.Services.ReadLogAsync(request, cancellationToken))
        {
            if (filter?.IsMatch(line.Text) ?? true)
            {
                yield return new WorkflowLogEntry(pod.Name, line.Time.ToDateTimeOffset(), line.Text);
            }
        }
    }

    private static bool IsEnded(JsonObject workflow) => workflow["status"]?["phase"]?.GetValue<string>() is "Succeeded" or "Failed" or "Error";

    private static IEnumerable<Pod> PodsOf(JsonObject workflow)
    {
        var metadata = (JsonObject)workflow["metadata"]!;
        var name = metadata["name"]!.GetValue<string>();
        var namesByIds = (string?)metadata["annotations"]?[NodeNames.PodNameFormat] == "v1";
        foreach (var (id, value) in workflow["status"]?["nodes"] as JsonObject ?? [])
        {
            if (value is not JsonObject node || node["type"]?.GetValue<string>() != "Pod" || node["cluster"]?.GetValue<string>() is not { } cluster)
            {
                continue;
            }

            var podName = namesByIds ? id : NodeNames.Pod(name, node["name"]!.GetValue<string>(), node["templateName"]?.GetValue<string>() ?? "", id);
            var started = DateTimeOffset.TryParse(node["startedAt"]?.GetValue<string>(), out var at) ? at : default;
            yield return new Pod(podName, cluster, new AttemptKey
            {
                Namespace = metadata["namespace"]?.GetValue<string>() ?? "default",
                Workflow = name,
                WorkflowUid = metadata["uid"]!.GetValue<string>(),
                NodeId = id,
                Attempt = node["failedPodRestarts"]?.GetValue<uint>() ?? 0,
                Generation = node["generation"]?.GetValue<uint>() ?? 0,
            }, started);
        }
    }
}
