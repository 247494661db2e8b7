using System.Text.Json.Nodes;

namespace Argosy.ClusterAgent.Kubernetes.Api;

/// <summary>Some of a list's objects.</summary>
/// <param name="ResourceVersion">The version of the whole list: watches begin here.</param>
/// <param name="Continue">Asks for the next page; null at the end.</param>
public sealed record ObjectPage(IReadOnlyList<JsonObject> Items, string ResourceVersion, string? Continue);
