using Argosy.Contracts.Agents;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Argosy.ClusterAgent.Executors;

/// <summary>
/// What executors ask of their agent, over HTTP within the cluster. Each request shows the pod's own token; a pod reads its declared inputs
/// and writes its declared outputs, and nothing else. Bytes stream to and from the hub; none are kept here.
/// </summary>
public static class ExecutorEndpoints
{
    /// <summary>Says in each answer that the agent gave it, and not whatever else may listen at an address that an executor tries.</summary>
    public const string Mark = "Argosy-Agent";

    private const long MostOutputBytes = 32 * 1024 * 1024;
    private const int LongestProgress = 64;

    public static void MapExecutors(this IEndpointRouteBuilder endpoints, IHubLink hub, IExecutorPods pods, PodAuthentication authentication)
    {
        var executors = new ExecutorRequests(pods, authentication);
        var version = endpoints.MapGroup("/v1");
        version.MapGet("/inputs/{name}", (string name, HttpContext http) => executors.ServeAsync(http, async (pod, cancelled) =>
            await SendAsync(http, hub, pod, pod.Input(name), cancelled)));
        version.MapGet("/inputs/{name}/file", (string name, string path, HttpContext http) => executors.ServeAsync(http, async (pod, cancelled) =>
            await SendAsync(http, hub, pod, FileOf(pod.Input(name), path), cancelled)));
        version.MapGet("/inputs/{name}/files", (string name, HttpContext http) => executors.ServeAsync(http, async (pod, cancelled) =>
        {
            var files = await hub.ListArtifactAsync(pod.Key, pod.Input(name), cancelled);
            await http.Response.WriteAsJsonAsync(
                new FilesAnswer(files is not null, files ?? []), AnswerJson.Default.FilesAnswer, cancellationToken: cancelled);
        }));
        version.MapPut("/outputs/artifacts/{name}", (string name, string? file, HttpContext http) => executors.ServeAsync(http, async (pod, cancelled) =>
            await StoreAsync(http, hub, pod, file is null ? pod.Output(name) : FileOf(pod.Output(name), file), mostBytes: null, cancelled)));
        version.MapPut("/outputs", (HttpContext http) => executors.ServeAsync(http, async (pod, cancelled) =>
            await StoreAsync(http, hub, pod, OverflowArtifact.Of(pod.Key), MostOutputBytes, cancelled)));
        version.MapPost("/progress", (HttpContext http) => executors.ServeAsync(http, async (pod, cancelled) =>
            pods.Progressed(pod.Key, await ReadProgressAsync(http, cancelled))));
    }

    private static async Task SendAsync(
        HttpContext http, IHubLink hub, AuthenticatedPod pod, ArtifactTransfer artifact, CancellationToken cancellationToken)
    {
        // The executor checks the digest itself, of what reached it: a hub that finds a mismatch at the end could only break off.
        var wanted = artifact.Clone();
        wanted.Digest = "";
        await using var content = await hub.OpenArtifactAsync(pod.Key, wanted, cancellationToken);
        http.Response.ContentType = "application/octet-stream";
        await content.CopyToAsync(http.Response.Body, cancellationToken);
    }

    private static async Task StoreAsync(
        HttpContext http, IHubLink hub, AuthenticatedPod pod, ArtifactTransfer artifact, long? mostBytes, CancellationToken cancellationToken)
    {
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = mostBytes;
        }

        // A step may take its time to pack what it sends.
        if (http.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate)
        {
            rate.MinDataRate = null;
        }

        var stored = await hub.StoreArtifactAsync(pod.Key, artifact, http.Request.Body, cancellationToken);
        await http.Response.WriteAsJsonAsync(
            new StoredAnswer(stored.Digest, stored.Size), AnswerJson.Default.StoredAnswer, cancellationToken: cancellationToken);
    }

    private static ArtifactTransfer FileOf(ArtifactTransfer artifact, string path)
    {
        if (path.Length == 0 || path.StartsWith('/') || path.Split('/').Any(part => part is "" or "." or ".."))
        {
            throw new ExecutorRefusal(StatusCodes.Status403Forbidden, $"'{path}' is no file below artifact '{artifact.Name}'");
        }

        var file = artifact.Clone();
        file.File = path;
        file.Digest = ""; // of the whole
        return file;
    }

    private static async Task<string> ReadProgressAsync(HttpContext http, CancellationToken cancellationToken)
    {
        var buffer = new byte[LongestProgress];
        var read = await http.Request.Body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        var progress = System.Text.Encoding.UTF8.GetString(buffer, 0, read).Trim();
        return progress.Split('/') is [var done, var all] && ulong.TryParse(done, out _) && ulong.TryParse(all, out _)
            ? progress
            : throw new ExecutorRefusal(StatusCodes.Status422UnprocessableEntity, $"'{progress}' is no progress: write N/M");
    }
}
