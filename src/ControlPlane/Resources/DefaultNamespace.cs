using System.Text.Json.Nodes;

namespace Argosy.ControlPlane.Resources;

/// <summary>The namespace that exists from the beginning and stays.</summary>
internal static class DefaultNamespace
{
    public const string Name = "default";

    public static JsonObject Manifest() => new() { ["metadata"] = new JsonObject { ["name"] = Name } };
}
