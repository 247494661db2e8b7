using System.Text.Json.Nodes;
using Argosy.Cli.Client;
using Argosy.Cli.Manifests;

namespace Argosy.Cli.Tests;

/// <summary>The workflows in the Fixtures folder, and the golden texts beside them.</summary>
internal static class Fixture
{
    public static Workflow Workflow(string name) => new(Json(name));

    public static JsonObject Json(string name) => ManifestText.Read(Text(name + ".yaml")).Single();

    public static string Text(string file)
    {
        using var stream = typeof(Fixture).Assembly.GetManifestResourceStream(file) ?? throw new FileNotFoundException(file);
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
