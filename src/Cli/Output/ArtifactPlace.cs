using System.Text.Json.Nodes;
using Argosy.Cli.Client;

namespace Argosy.Cli.Output;

/// <summary>Where an artifact is, in one line.</summary>
internal static class ArtifactPlace
{
    private static readonly string[] NotPlaces =
        ["name", "path", "archive", "from", "fromExpression", "globalName", "mode", "optional", "subPath", "recurseMode", "artifactGC"];

    public static string Describe(JsonObject artifact)
    {
        var place = artifact.FirstOrDefault(field => field.Value is JsonObject && !NotPlaces.Contains(field.Key));
        return place switch
        {
            { Key: null } => "",
            { Key: "raw" } => "raw data",
            { Key: "http" } => place.Value.Text("url") ?? "",
            var (driver, where) => $"{driver}://" + string.Join('/', new[] { where.Text("bucket"), where.Text("key") }.Where(part => part is { Length: > 0 })),
        };
    }
}
