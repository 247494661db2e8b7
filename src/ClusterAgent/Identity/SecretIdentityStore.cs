using System.Text;
using System.Text.Json.Nodes;
using Argosy.ClusterAgent.Kubernetes.Api;

namespace Argosy.ClusterAgent.Identity;

/// <summary>
/// One Secret, which the join manifest made. It is got and patched by its name; nothing else is needed, nor allowed by the manifest's role.
/// </summary>
internal sealed class SecretIdentityStore(KubernetesClient client, string @namespace, string name) : IIdentityStore
{
    private static readonly ResourceType Secret = new("", "v1", "secrets", "Secret", true);

    public string Place => $"Secret {@namespace}/{name}";

    public async Task<IdentityEntries> ReadAsync(CancellationToken cancellationToken)
    {
        var secret = await DoAsync(() => client.GetAsync(Secret, @namespace, name, cancellationToken));
        Dictionary<string, string> texts = new(StringComparer.Ordinal);
        foreach (var (entry, value) in secret["data"] as JsonObject ?? [])
        {
            texts[entry] = Decode((string?)value ?? "");
        }

        return new IdentityEntries(texts, (string?)secret["metadata"]?["resourceVersion"] ?? "");
    }

    public Task WriteAsync(IdentityEntries basis, IReadOnlyDictionary<string, string?> changes, CancellationToken cancellationToken)
    {
        JsonObject data = [];
        foreach (var (entry, text) in changes)
        {
            data[entry] = text is null ? null : Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
        }

        // With its version: two agents that start at once must not join with two keys.
        var patch = ObjectPatch.Merge(new JsonObject
        {
            ["metadata"] = new JsonObject { ["resourceVersion"] = basis.Version },
            ["data"] = data,
        });
        return DoAsync(() => client.PatchAsync(Secret, @namespace, name, patch, cancellationToken));
    }

    private async Task<JsonObject> DoAsync(Func<Task<JsonObject>> call)
    {
        try
        {
            return await call();
        }
        catch (KubernetesException refusal)
        {
            var advice = refusal.IsNotFound || refusal.Code == 403
                ? " Apply the manifest that `argosy cluster join-manifest` prints: it makes the Secret and the right to it."
                : "";
            throw new IdentityStoreException($"{Place} cannot be used: {refusal.Message}.{advice}", refusal);
        }
    }

    private static string Decode(string base64)
    {
        try
        {
            return Encoding.UTF8.GetString(Convert.FromBase64String(base64));
        }
        catch (FormatException)
        {
            return ""; // a Secret's data is always base64; what is not is as good as missing
        }
    }
}
