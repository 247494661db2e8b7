using System.Security.Cryptography;
using System.Text;
using Argosy.Contracts.Agents;

namespace Argosy.ClusterAgent.Kubernetes.Pods;

/// <summary>
/// What the agent writes on its objects. All it needs to know after a restart is there: which attempt a pod is, and whether the hub still has to
/// hear of it.
/// </summary>
internal static class PodMarks
{
    /// <summary>Label of every object of the agent's.</summary>
    public const string Managed = "argosy.io/managed";

    /// <summary>Label: <see cref="Held"/> until the hub has decided the node, then <see cref="Released"/>.</summary>
    public const string State = "argosy.io/state";

    public const string Held = "held";

    public const string Released = "released";

    /// <summary>Label: uid of the workflow.</summary>
    public const string WorkflowUid = "argosy.io/workflow-uid";

    /// <summary>Label: hash of the attempt's key.</summary>
    public const string Attempt = "argosy.io/attempt";

    /// <summary>Annotation: the intent, as protobuf JSON, without what the pod says itself.</summary>
    public const string Intent = "argosy.io/intent";

    /// <summary>Annotation: the containers whose end is the end of the work, separated by commas.</summary>
    public const string Mains = "argosy.io/mains";

    /// <summary>Annotation: main containers are wrapped by the executor, which writes their termination messages.</summary>
    public const string Executor = "argosy.io/executor";

    /// <summary>Annotation: the hub wanted the pod ended; the value says why.</summary>
    public const string Cancelled = "argosy.io/cancelled";

    /// <summary>Annotation: the pod is a daemon's whose work was done; its end is success.</summary>
    public const string DaemonDone = "argosy.io/daemon-done";

    /// <summary>Annotation: the work was over and the agent ended what else ran; the pod's own message says nothing about the work.</summary>
    public const string Tidied = "argosy.io/tidied";

    /// <summary>
    /// Finalizer of held pods: whoever deletes one, it stays readable until the hub has its end. So none is missed, nor made a second time for one that
    /// was deleted while the agent was away.
    /// </summary>
    public const string Finalizer = "argosy.io/report";

    /// <summary>Label of upstream's that pod collectors and dashboards look at.</summary>
    public const string Completed = "workflows.argoproj.io/completed";

    public static string HashOf(AttemptKey key)
    {
        var text = $"{key.WorkflowUid}/{key.NodeId}/{key.Generation}/{key.Attempt}";
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 20));
    }

    /// <summary>
    /// The name of an attempt's pod: upstream's for the first, which users and tools know; later ones say which they are, so that they never meet
    /// the remains of an earlier one.
    /// </summary>
    public static string NameOf(PodIntent intent)
    {
        const int LongestName = 253;
        var key = intent.Key;
        if (key.Generation == 0 && key.Attempt == 0)
        {
            return intent.PodName;
        }

        var suffix = $"-g{key.Generation}a{key.Attempt}";
        return intent.PodName[..Math.Min(intent.PodName.Length, LongestName - suffix.Length)] + suffix;
    }
}
