using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Argosy.ClusterAgent.Kubernetes.Api;

namespace Argosy.ClusterAgent.Executors;

/// <summary>
/// Tells which pod shows a token, by asking the API server. Answers are kept for a minute at most: a token ends with its pod, and nobody
/// tells us. Refusals are kept too, so that a pod that shows a bad token again and again is no burden for the API server.
/// </summary>
public sealed class PodAuthentication(KubernetesClient kubernetes, TimeProvider time) : IDisposable
{
    /// <summary>What the token has to be made for.</summary>
    public const string Audience = "argosy";

    private const string PodName = "authentication.kubernetes.io/pod-name";
    private const string PodUid = "authentication.kubernetes.io/pod-uid";
    private const int MostReviewsAtOnce = 8;

    private static readonly ResourceType TokenReview = new("authentication.k8s.io", "v1", "tokenreviews", "TokenReview", false);

    private readonly ReviewCache _reviewed = new(time);
    private readonly SemaphoreSlim _reviewing = new(MostReviewsAtOnce);

    /// <summary>The pod that the token was made for; null: it is no such token, or no longer one.</summary>
    /// <exception cref="KubernetesException">The API server could not tell.</exception>
    public async Task<PodIdentity?> AuthenticateAsync(string token, CancellationToken cancellationToken)
    {
        var digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
        if (_reviewed.TryGet(digest, out var known))
        {
            return known;
        }

        await _reviewing.WaitAsync(cancellationToken);
        try
        {
            if (!_reviewed.TryGet(digest, out known))
            {
                known = await ReviewAsync(token, cancellationToken);
                _reviewed.Add(digest, known);
            }

            return known;
        }
        finally
        {
            _reviewing.Release();
        }
    }

    public void Dispose() => _reviewing.Dispose();

    private async Task<PodIdentity?> ReviewAsync(string token, CancellationToken cancellationToken)
    {
        var review = await kubernetes.CreateAsync(
            TokenReview,
            @namespace: null,
            new JsonObject
            {
                ["apiVersion"] = TokenReview.ApiVersion,
                ["kind"] = TokenReview.Kind,
                ["spec"] = new JsonObject { ["token"] = token, ["audiences"] = new JsonArray(Audience) },
            },
            cancellationToken);
        return Identity(review["status"] as JsonObject);
    }

    private static PodIdentity? Identity(JsonObject? status)
    {
        // An API server that does not know audiences answers none: then nobody said that the token is for us.
        if (status?["authenticated"]?.GetValue<bool>() is not true
            || status["audiences"] is not JsonArray audiences || !audiences.Any(audience => (string?)audience == Audience))
        {
            return null;
        }

        var user = status["user"];
        return ((string?)user?["username"])?.Split(':') is ["system", "serviceaccount", var @namespace, _]
            && Extra(user, PodName) is { } name && Extra(user, PodUid) is { } uid
            ? new PodIdentity(@namespace, name, uid)
            : null;
    }

    private static string? Extra(JsonNode? user, string key) => user?["extra"]?[key] is JsonArray { Count: 1 } values ? (string?)values[0] : null;
}
