using System.Xml.Linq;

namespace Argosy.Architecture.Tests;

/// <summary>The checkout that these tests were built from.</summary>
internal static class SourceTree
{
    public static string Root { get; } = Find();

    /// <summary>Paths from the root of all project files below a folder.</summary>
    public static IReadOnlyList<string> Projects(params string[] floors) =>
        [.. floors.SelectMany(floor => Directory.EnumerateFiles(Path.Combine(Root, floor), "*.csproj", SearchOption.AllDirectories))
            .Select(FromRoot)
            .Order(StringComparer.Ordinal)];

    /// <summary>Paths from the root of all folders of source code below a folder, itself left out.</summary>
    public static IEnumerable<string> Folders(string floor) =>
        Directory.EnumerateDirectories(Path.Combine(Root, floor), "*", SearchOption.AllDirectories)
            .Select(FromRoot)
            .Where(folder => !folder.Split('/').Any(part => part is "bin" or "obj" or "node_modules"));

    /// <summary>The names of the projects that a project of <c>src</c> references, sorted.</summary>
    public static IReadOnlyList<string> ReferencesOf(string project) =>
        [.. XDocument.Load(Path.Combine(Root, project)).Descendants("ProjectReference")
            .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value.Replace('\\', '/')))
            .Order(StringComparer.Ordinal)];

    private static string FromRoot(string path) => Path.GetRelativePath(Root, path).Replace('\\', '/');

    private static string Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "ControlPlane.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException($"no ControlPlane.sln above {AppContext.BaseDirectory}");
    }
}
