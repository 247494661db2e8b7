namespace Argosy.Engine.Workflows;

/// <summary>Where a node is in its life.</summary>
public enum NodePhase
{
    Pending,
    Running,
    Succeeded,
    Skipped,
    Failed,
    Error,
    Omitted,
}

/// <summary>Where a workflow is in its life; <see cref="None"/> until it is first looked at.</summary>
public enum WorkflowPhase
{
    None,
    Pending,
    Running,
    Succeeded,
    Failed,
    Error,
}

public enum NodeType
{
    Pod,
    Container,
    Steps,
    StepGroup,
    DAG,
    TaskGroup,
    Retry,
    Skipped,
    Suspend,
    HTTP,
    Plugin,
}

public static class Phases
{
    /// <summary>Whether a node ended by itself: it ran and it is over.</summary>
    public static bool IsCompleted(this NodePhase phase) => phase is NodePhase.Succeeded or NodePhase.Failed or NodePhase.Error;

    /// <summary>Whether nothing more will come of the node.</summary>
    public static bool IsEnd(this NodePhase phase) => phase is not (NodePhase.Pending or NodePhase.Running);

    public static bool IsFailure(this NodePhase phase) => phase is NodePhase.Failed or NodePhase.Error;

    public static bool IsEnd(this WorkflowPhase phase) => phase is WorkflowPhase.Succeeded or WorkflowPhase.Failed or WorkflowPhase.Error;

    /// <summary>The phase as it stands in status.phase.</summary>
    public static string ToText(this WorkflowPhase phase) => phase == WorkflowPhase.None ? "" : phase.ToString();
}
