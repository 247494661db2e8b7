namespace Argosy.ClusterAgent.Executors;

/// <summary>The pod that a token was made for, in the API server's words.</summary>
public sealed record PodIdentity(string Namespace, string Name, string Uid);
