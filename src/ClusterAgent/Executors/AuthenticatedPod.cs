using Argosy.Contracts.Agents;

namespace Argosy.ClusterAgent.Executors;

/// <summary>A pod that has shown who it is, and what it declares.</summary>
internal sealed class AuthenticatedPod(PodIdentity identity, ExecutorPod pod)
{
    public AttemptKey Key => pod.Key;

    public ArtifactTransfer Input(string name) => Declared(pod.Inputs, "input", name);

    public ArtifactTransfer Output(string name) => Declared(pod.Outputs, "output", name);

    private ArtifactTransfer Declared(IReadOnlyList<ArtifactTransfer> artifacts, string kind, string name) =>
        artifacts.FirstOrDefault(artifact => artifact.Name == name) ?? throw ExecutorRefusal.Undeclared(kind, name, identity);
}
