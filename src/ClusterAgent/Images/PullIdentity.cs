namespace Argosy.ClusterAgent.Images;

/// <summary>In whose name, and with which pull secrets, a pod's images are looked up.</summary>
internal sealed record PullIdentity(string Namespace, string ServiceAccount, IReadOnlyList<string> Secrets)
{
    /// <summary>The same for the same: none of the names may have a slash or a comma.</summary>
    public override string ToString() => $"{Namespace}/{ServiceAccount}/{string.Join(',', Secrets)}";
}
