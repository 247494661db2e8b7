using System.Text.Json.Nodes;
using Argosy.Engine.Manifests;

namespace Argosy.Engine.Validation;

/// <summary>Where nodes may run: Argosy's fields and their spelling as annotations. Values with tags are known only later.</summary>
internal static class PlacementRules
{
    private const string SelectorAnnotation = "argosy.io/cluster-selector";

    public static void Check(Problems problems, JsonObject owner, string path)
    {
        var selector = owner.ObjectAt("placement")?["clusterSelector"];
        var why = selector switch
        {
            JsonObject json => LabelSelectors.Problem(json),
            _ => LabelSelectors.Problem(selector.Text() ?? ""),
        };
        if (why != null)
        {
            problems.Add($"{path}.placement.clusterSelector", $"invalid cluster selector: {why}");
        }
    }

    public static void CheckAnnotations(Problems problems, JsonObject owner, string path)
    {
        if (owner.ObjectAt("annotations")?.TextAt(SelectorAnnotation) is { } selector && LabelSelectors.Problem(selector) is { } why)
        {
            problems.Add($"{path}.annotations.{SelectorAnnotation}", $"invalid cluster selector: {why}");
        }
    }
}
