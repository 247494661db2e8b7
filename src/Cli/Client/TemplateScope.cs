namespace Argosy.Cli.Client;

/// <summary>A kind of manifest that the hub keeps: templates of a namespace or of the whole hub, and cron workflows.</summary>
/// <param name="Collection">Where the hub serves it.</param>
/// <param name="Field">The field of a body in which it travels.</param>
internal sealed record TemplateScope(string Kind, string Command, string Noun, string Collection, string Field)
{
    public static readonly TemplateScope Namespaced = new("WorkflowTemplate", "template", "workflow template", "workflow-templates", "template");

    public static readonly TemplateScope Cluster =
        new("ClusterWorkflowTemplate", "cluster-template", "cluster workflow template", "cluster-workflow-templates", "template");

    public static readonly TemplateScope Cron = new("CronWorkflow", "cron", "cron workflow", "cron-workflows", "cronWorkflow");

    public static IReadOnlyList<TemplateScope> All { get; } = [Namespaced, Cluster, Cron];

    public bool HasNamespace => this != Cluster;

    public static TemplateScope? OfKind(string? kind) => All.FirstOrDefault(scope => scope.Kind == kind);

    public string Path(string? @namespace) => HasNamespace && @namespace is not null
        ? $"api/v1/{Collection}/{Uri.EscapeDataString(@namespace)}"
        : $"api/v1/{Collection}";
}
