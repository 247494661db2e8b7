using System.ComponentModel.DataAnnotations;

namespace Argosy.ControlPlane.Workflows;

/// <summary>How many workflows the hub runs at once.</summary>
public sealed class WorkflowOptions
{
    public const string SectionName = "Workflows";

    /// <summary>Workflows that may run at once in the whole hub; the others are Pending. Default 0: any number.</summary>
    [Range(0, int.MaxValue)]
    public int Parallelism { get; set; }

    /// <summary>
    /// Workflows that may run at once in one namespace, unless its label <c>workflows.argoproj.io/parallelism-limit</c> says otherwise.
    /// Default 0: any number.
    /// </summary>
    [Range(0, int.MaxValue)]
    public int NamespaceParallelism { get; set; }
}
