using System.Text.Json.Nodes;

namespace Argosy.Engine.Validation;

/// <summary>Finds the workflow templates that a manifest refers to.</summary>
public interface ITemplateLookup
{
    /// <summary>The WorkflowTemplate of the namespace, or the ClusterWorkflowTemplate, or null when there is none.</summary>
    JsonObject? FindTemplate(bool clusterScope, string @namespace, string name);
}

/// <summary>What validation may assume.</summary>
public sealed record ValidationOptions
{
    /// <summary>Workflow templates that the lookup does not find count as existing; nothing is said about what they hold.</summary>
    public bool Offline { get; init; }

    /// <summary>Arguments may still lack values: they come with the submission.</summary>
    public bool Lint { get; init; }

    /// <summary>The object is about to be created: it needs a name or a prefix for one.</summary>
    public bool RequireName { get; init; }

    /// <summary>The installation's defaults for workflows, a Workflow: labels and annotations in its workflowMetadata count as known.</summary>
    public JsonObject? WorkflowDefaults { get; init; }
}
