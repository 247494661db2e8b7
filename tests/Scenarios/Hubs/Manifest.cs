namespace Argosy.Scenarios.Hubs;

/// <summary>Manifests that lie beside the tests.</summary>
internal static class Manifest
{
    /// <summary>One of this project's own.</summary>
    public static string Of(string name) => Path.Combine(AppContext.BaseDirectory, "Manifests", name);

    /// <summary>One of the examples users get.</summary>
    public static string Example(string name) => Path.Combine(AppContext.BaseDirectory, "Examples", name);
}
