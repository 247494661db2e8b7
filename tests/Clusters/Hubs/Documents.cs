using System.Text.Json.Nodes;
using Argosy.Engine.Manifests;

namespace Argosy.Clusters.Hubs;

/// <summary>Manifests as objects that a test may still change.</summary>
internal static class Documents
{
    /// <summary>The only document of a file beside the tests.</summary>
    public static JsonObject Of(string file) => Parse(File.ReadAllText(Scenarios.Hubs.Manifest.Of(file)));

    public static JsonObject Parse(string yaml) => (JsonObject)ManifestReader.Read(yaml).Single().Json.DeepClone();

    /// <summary>Gives a workflow's parameter its value.</summary>
    public static JsonObject With(this JsonObject workflow, string parameter, string value)
    {
        var parameters = workflow["spec"]!["arguments"]!["parameters"]!.AsArray();
        parameters.Single(declared => (string?)declared!["name"] == parameter)!["value"] = value;
        return workflow;
    }
}
