using System.Text.Json.Nodes;
using Argosy.Cli.Client;

namespace Argosy.Cli.Manifests;

/// <summary>Reads the manifests that a command line names: files, folders with all that is in them, and <c>-</c> for the standard input.</summary>
internal static class ManifestFiles
{
    private static readonly string[] Extensions = [".yaml", ".yml", ".json"];

    /// <summary>Every manifest of every file.</summary>
    /// <exception cref="CommandException">A file is not there or cannot be opened.</exception>
    /// <exception cref="BadManifestException">A file cannot be read as YAML or JSON.</exception>
    public static async Task<IReadOnlyList<SourcedManifest>> ReadAsync(
        IReadOnlyList<string> names, TextReader standardInput, CancellationToken cancellationToken)
    {
        var manifests = new List<SourcedManifest>();
        foreach (var source in Expand(names))
        {
            manifests.AddRange(Parse(source, await ReadTextAsync(source, standardInput, cancellationToken)));
        }

        return manifests;
    }

    /// <summary>The files that the names stand for.</summary>
    public static IEnumerable<string> Expand(IEnumerable<string> names) => names.SelectMany(Expand);

    public static IEnumerable<SourcedManifest> Parse(string source, string text)
    {
        try
        {
            return [.. ManifestText.Read(text).SelectMany(Items).Select(json => new SourcedManifest(source, json))];
        }
        catch (BadManifestException exception)
        {
            throw new BadManifestException($"{source}: {exception.Message}");
        }
    }

    public static async Task<string> ReadTextAsync(string source, TextReader standardInput, CancellationToken cancellationToken)
    {
        try
        {
            return source == "-"
                ? await standardInput.ReadToEndAsync(cancellationToken)
                : await File.ReadAllTextAsync(source, cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(File.Exists(source) ? $"{source} cannot be read: {exception.Message}" : $"{source}: no such file", exception);
        }
    }

    private static IEnumerable<string> Expand(string name) => Directory.Exists(name)
        ? Directory.EnumerateFiles(name, "*", SearchOption.AllDirectories)
            .Where(file => Extensions.Contains(Path.GetExtension(file)))
            .Order(StringComparer.Ordinal)
        : [name];

    // A list is what kubectl writes for several objects.
    private static IEnumerable<JsonObject> Items(JsonObject json) =>
        json.Text("kind") == "List" && json["items"] is JsonArray ? json.Objects("items").Select(item => (JsonObject)item.DeepClone()) : [json];
}
