namespace Argosy.ControlPlane.Resources;

/// <summary>The kinds the hub serves.</summary>
public static class Kinds
{
    public static readonly ResourceKind Workflow = new("argoproj.io", "v1alpha1", "Workflow", "workflows", "workflow", true)
    {
        ShortNames = ["wf"],
        HasStatus = true,
    };

    public static readonly ResourceKind WorkflowTemplate =
        new("argoproj.io", "v1alpha1", "WorkflowTemplate", "workflowtemplates", "workflowtemplate", true) { ShortNames = ["wftmpl"] };

    public static readonly ResourceKind ClusterWorkflowTemplate =
        new("argoproj.io", "v1alpha1", "ClusterWorkflowTemplate", "clusterworkflowtemplates", "clusterworkflowtemplate", false)
        {
            ShortNames = ["clusterwftmpl", "cwft"],
        };

    public static readonly ResourceKind CronWorkflow = new("argoproj.io", "v1alpha1", "CronWorkflow", "cronworkflows", "cronworkflow", true)
    {
        ShortNames = ["cwf", "cronwf"],
        HasStatus = true,
    };

    public static readonly ResourceKind WorkflowEventBinding =
        new("argoproj.io", "v1alpha1", "WorkflowEventBinding", "workfloweventbindings", "workfloweventbinding", true) { ShortNames = ["wfeb"] };

    public static readonly ResourceKind Cluster = new("argosy.io", "v1alpha1", "Cluster", "clusters", "cluster", false) { HasStatus = true };

    public static readonly ResourceKind Namespace = new("", "v1", "Namespace", "namespaces", "namespace", false) { ShortNames = ["ns"] };

    public static readonly ResourceKind ConfigMap = new("", "v1", "ConfigMap", "configmaps", "configmap", true) { ShortNames = ["cm"] };

    public static readonly ResourceKind Secret = new("", "v1", "Secret", "secrets", "secret", true);

    public static readonly ResourceKind Event = new("", "v1", "Event", "events", "event", true) { ShortNames = ["ev"] };

    public static readonly ResourceKind Pod = new("", "v1", "Pod", "pods", "pod", true) { ShortNames = ["po"], Categories = ["all"], IsView = true };

    public static readonly IReadOnlyList<ResourceKind> All =
    [
        Workflow, WorkflowTemplate, ClusterWorkflowTemplate, CronWorkflow, WorkflowEventBinding, Cluster, Namespace, ConfigMap, Secret, Event, Pod,
    ];
}
