using System.Globalization;
using System.Text.Json.Nodes;
using Argosy.ControlPlane.Resources;
using Argosy.Engine.Placement;
using Microsoft.AspNetCore.Http;

namespace Argosy.ControlPlane.ArgoServer;

/// <summary>Which changes a watcher asked for.</summary>
/// <param name="Since">Only changes after this version; 0 for everything, beginning with what is there.</param>
internal sealed record WatchFilter(string? Namespace, string? Name, long Since, LabelSelector Labels, ObjectFilter Fields)
{
    public static WatchFilter Of(string? @namespace, HttpRequest request) => new(
        @namespace,
        Name: null,
        long.TryParse(request.Query["listOptions.resourceVersion"], CultureInfo.InvariantCulture, out var version) ? version : 0,
        SelectorOf(request.Query["listOptions.labelSelector"]),
        ObjectFilter.Of(request.Query));

    public static WatchFilter Named(string @namespace, string name) => new(@namespace, name, 0, LabelSelector.Everything, new ObjectFilter());

    public bool Fits(ResourceChange change) =>
        change.ResourceVersion > Since
        && (Namespace is null || change.Key.Namespace == Namespace)
        && (Name is null || change.Key.Name == Name)
        && (Labels.IsEmpty || Labels.Matches(LabelsOf(change.Object)))
        && Fields.Fits(change.Object);

    private static LabelSelector SelectorOf(string? text) => LabelSelector.TryParse(text, out var selector, out var error)
        ? selector
        : throw RequestBody.BadRequest($"label selector \"{text}\" is not valid: {error}");

    private static Dictionary<string, string> LabelsOf(JsonObject item) => (item["metadata"]?["labels"] as JsonObject ?? [])
        .ToDictionary(label => label.Key, label => label.Value?.ToString() ?? "", StringComparer.Ordinal);
}
