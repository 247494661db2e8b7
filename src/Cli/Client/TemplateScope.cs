namespace Argosy.Cli.Client;

/// <summary>Templates of a namespace, or of the whole hub.</summary>
internal sealed record TemplateScope(string Kind, string Command, string Noun)
{
    public static readonly TemplateScope Namespaced = new("WorkflowTemplate", "template", "workflow template");

    public static readonly TemplateScope Cluster = new("ClusterWorkflowTemplate", "cluster-template", "cluster workflow template");

    public static IReadOnlyList<TemplateScope> All { get; } = [Namespaced, Cluster];

    public bool HasNamespace => this == Namespaced;

    public static TemplateScope? OfKind(string? kind) => All.FirstOrDefault(scope => scope.Kind == kind);

    public string Path(string? @namespace) => (HasNamespace, @namespace) switch
    {
        (false, _) => "api/v1/cluster-workflow-templates",
        (true, null) => "api/v1/workflow-templates",
        (true, _) => $"api/v1/workflow-templates/{Uri.EscapeDataString(@namespace)}",
    };
}
