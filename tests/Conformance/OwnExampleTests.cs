using Argosy.Engine.Manifests;

namespace Argosy.Conformance;

/// <summary>The examples of this repository, which need no corpus: every tool that speaks Argo's language must take them as they are.</summary>
public sealed class OwnExampleTests
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "examples");

    public static TheoryData<string> Examples =>
        [.. Directory.EnumerateFiles(Folder, "*.yaml").Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Examples))]
    public void Example_CreateAndLint_FindNothingWrong(string file)
    {
        var manifests = ManifestReader.Read(File.ReadAllText(Path.Combine(Folder, file)));

        Assert.NotEmpty(manifests);
        Assert.All(manifests, manifest => Assert.Empty(Verdicts.OfCreate(manifest.Json).Concat(Verdicts.OfLint(manifest.Json))));
    }
}
