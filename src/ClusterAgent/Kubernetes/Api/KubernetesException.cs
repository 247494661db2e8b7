using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Argosy.ClusterAgent.Kubernetes.Api;

/// <summary>The API server refused, in its own words, or could not be reached (<see cref="Code"/> 0).</summary>
public sealed class KubernetesException : Exception
{
    public KubernetesException(int code, string reason, string message, TimeSpan? retryAfter = null, Exception? cause = null)
        : base(message, cause) => (Code, Reason, RetryAfter) = (code, reason, retryAfter);

    /// <summary>The HTTP status; 0 when there was no answer, and nobody knows whether the request was carried out.</summary>
    public int Code { get; }

    /// <summary>The machine's word for it, such as <c>NotFound</c>, <c>AlreadyExists</c>, <c>Conflict</c>, <c>Expired</c>.</summary>
    public string Reason { get; }

    /// <summary>How long the server wants to be left alone.</summary>
    public TimeSpan? RetryAfter { get; }

    public bool IsNotFound => Code == (int)HttpStatusCode.NotFound;

    public bool IsAlreadyThere => Reason == "AlreadyExists";

    public bool IsConflict => Code == (int)HttpStatusCode.Conflict && !IsAlreadyThere;

    /// <summary>The version asked for is gone: list again.</summary>
    public bool IsExpired => Code == (int)HttpStatusCode.Gone;

    /// <summary>Whether the same request may succeed by itself a little later. API servers that restart answer 401 to whom they know well.</summary>
    public bool IsTransient => Code is 0 or 401 or 408 or 429 or 500 or 502 or 503 or 504
        || (Code == 403 && Message.Contains("exceeded quota", StringComparison.Ordinal));

    /// <summary>Reads a Status object, or whatever a proxy said instead.</summary>
    internal static KubernetesException Read(int code, string? phrase, string body, TimeSpan? retryAfter)
    {
        try
        {
            if (JsonNode.Parse(body) is JsonObject status && (string?)status["kind"] == "Status")
            {
                return Read(status, code, retryAfter);
            }
        }
        catch (JsonException)
        {
            // Not the API server's own answer.
        }

        return new KubernetesException(code, phrase ?? "", $"the API server answered {code} {phrase}: {body.Trim()}".TrimEnd(':', ' '), retryAfter);
    }

    /// <summary>Reads a Status object, as error events of a watch carry it.</summary>
    internal static KubernetesException Read(JsonObject status, int code = 0, TimeSpan? retryAfter = null) => new(
        status["code"]?.GetValue<int>() ?? code,
        (string?)status["reason"] ?? "",
        (string?)status["message"] ?? "the API server gave no reason",
        retryAfter ?? (status["details"]?["retryAfterSeconds"] is { } seconds ? TimeSpan.FromSeconds(seconds.GetValue<double>()) : null));
}
