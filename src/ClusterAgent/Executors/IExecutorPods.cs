using Argosy.Contracts.Agents;

namespace Argosy.ClusterAgent.Executors;

/// <summary>What executors may ask of the pods that this agent runs.</summary>
public interface IExecutorPods
{
    /// <summary>A pod of this agent; null where it has none of this name with this uid.</summary>
    ExecutorPod? Find(string @namespace, string podName, string podUid);

    /// <summary>Whether a pod that is not found may be one of this agent's all the same, for not all of them are known yet.</summary>
    bool MayCome(string @namespace, string podName) => false;

    /// <summary>A step wrote <c>N/M</c> about its progress. Never blocks and never throws.</summary>
    void Progressed(AttemptKey key, string progress);
}

/// <summary>A pod whose executor may read its inputs and write its outputs, and nothing else.</summary>
public sealed record ExecutorPod(AttemptKey Key, IReadOnlyList<ArtifactTransfer> Inputs, IReadOnlyList<ArtifactTransfer> Outputs);
