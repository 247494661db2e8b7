using Argosy.Engine.Manifests;

namespace Argosy.Conformance;

/// <summary>The manifests of upstream's end-to-end tests: their folders tell what must come of them.</summary>
public sealed class EndToEndVerdictTests
{
    public static TheoryData<string> Files() => [.. Corpus.Files("e2e")];

    [Theory(SkipTestWithoutData = true)]
    [MemberData(nameof(Files))]
    public void EndToEndManifest_Create_IsRefusedOnlyWhereUpstreamRefuses(string file)
    {
        var errors = Corpus.Read(file).SelectMany(manifest => Verdicts.OfCreate(manifest.Json)).ToList();

        Assert.Empty(errors);
    }
}
