using Argosy.ClusterAgent.Kubernetes.Api;

namespace Argosy.ClusterAgent.Podless.Resources;

/// <summary>What a resource template asks for failed, as upstream's kubectl would have failed; the message is for the manifest's author.</summary>
internal sealed class ResourceFailureException(string message) : Exception(message)
{
    /// <summary>An API server's refusal as kubectl tells it, with what to do where that is not the author's own matter.</summary>
    public static string Tell(KubernetesException refusal, string @namespace)
    {
        var told = $"Error from server{(refusal.Reason.Length > 0 ? $" ({refusal.Reason})" : "")}: {refusal.Message}";
        return refusal.Code == 403 && refusal.Message.Contains("cannot impersonate", StringComparison.Ordinal)
            ? $"{told}: the cluster's administrator has not let the agent act for service accounts of namespace \"{@namespace}\"; "
                + "enrol the namespace (its RoleBinding to the ClusterRole argosy-agent-pods)"
            : told;
    }
}
