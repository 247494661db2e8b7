using System.Globalization;
using System.Text;
using Argosy.ControlPlane.Workflows;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Argosy.ControlPlane.Resources.Endpoints;

/// <summary>Answers <c>kubectl logs</c>: a pod's lines as plain text, as they come.</summary>
internal sealed class PodLogEndpoint(TimeProvider time, IHostApplicationLifetime lifetime)
{
    private const string DefaultContainer = "main";

    public async Task ReadAsync(ApiRequest request)
    {
        var http = request.Http;
        var logs = http.RequestServices.GetService<IWorkflowLogs>()
            ?? throw new ApiException(503, "ServiceUnavailable", "this hub serves no logs");
        var options = new WorkflowLogOptions(
            Container: request.Query("container") ?? DefaultContainer,
            Follow: request.Flag("follow"),
            TailLines: request.Number("tailLines"),
            Since: Since(request));
        var timestamps = request.Flag("timestamps");
        var left = request.Number("limitBytes") ?? long.MaxValue;
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(request.Aborted, lifetime.ApplicationStopping);
        http.Response.ContentType = "text/plain";
        try
        {
            await foreach (var entry in logs.ReadPodAsync(request.Namespace!, request.Name, options, ended.Token))
            {
                var prefix = timestamps ? entry.Time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff00'Z' ", CultureInfo.InvariantCulture) : "";
                var line = Encoding.UTF8.GetBytes($"{prefix}{entry.Content}\n");
                await http.Response.Body.WriteAsync(line.AsMemory(0, (int)Math.Min(line.Length, left)), ended.Token);
                left -= line.Length;
                if (left <= 0)
                {
                    break;
                }

                if (options.Follow)
                {
                    await http.Response.Body.FlushAsync(ended.Token);
                }
            }
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            // The reader left or the hub stops; what was read was sent.
        }
    }

    private DateTimeOffset? Since(ApiRequest request)
    {
        if (request.Number("sinceSeconds") is { } seconds)
        {
            return time.GetUtcNow().AddSeconds(-seconds);
        }

        return request.Query("sinceTime") switch
        {
            null => null,
            var text when DateTimeOffset.TryParse(
                text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment) => moment,
            var text => throw ApiErrors.BadRequest($"sinceTime: Invalid value: \"{text}\": must be a time such as 2006-01-02T15:04:05Z"),
        };
    }
}
