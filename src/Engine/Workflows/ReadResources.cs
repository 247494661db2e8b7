using System.Text.Json.Nodes;
using Argosy.Engine.Templates;

namespace Argosy.Engine.Workflows;

/// <summary>The objects outside the workflow that it has asked for, as they were when they were read: it never sees a later version.</summary>
internal sealed class ReadResources
{
    private readonly Dictionary<ResourceRef, JsonObject?> contents = [];
    private readonly Dictionary<ResourceRef, WorkflowSpec> specs = [];
    private readonly HashSet<ResourceRef> requested = [];

    /// <summary>Asked for and not yet answered.</summary>
    public IReadOnlyCollection<ResourceRef> Requested => requested;

    /// <summary>Null where there is no such object.</summary>
    public IReadOnlyDictionary<ResourceRef, JsonObject?> Contents => contents;

    public void Request(ResourceRef resource) => requested.Add(resource);

    public void Read(ResourceRef resource, JsonObject? content)
    {
        requested.Remove(resource);
        contents[resource] = content;
        specs.Remove(resource);
    }

    /// <summary>The spec that a workflow template holds; null: it was not read, or there is none.</summary>
    public WorkflowSpec? SpecOf(ResourceRef holder)
    {
        if (specs.TryGetValue(holder, out var spec))
        {
            return spec;
        }

        return contents.GetValueOrDefault(holder) is { } json ? specs[holder] = new WorkflowSpec(json) : null;
    }
}
