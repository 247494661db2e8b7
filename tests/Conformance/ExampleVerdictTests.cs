using System.Text.Json.Nodes;
using Argosy.Engine.Manifests;

namespace Argosy.Conformance;

/// <summary>Upstream's examples are taken, and refused, as upstream does.</summary>
public sealed class ExampleVerdictTests
{
    public static TheoryData<string, int> Documents() => [.. Corpus.Rows().Select(row => (row.File, row.Document))];

    [Fact]
    public void Corpus_HasAllItsRows()
    {
        Corpus.Require();

        Assert.Equal(172, Corpus.Rows().Count);
        Assert.All(Corpus.Rows(), row => Assert.Equal(row.Kind, row.Manifest()["kind"]!.GetValue<string>()));
    }

    [Theory(SkipTestWithoutData = true)]
    [MemberData(nameof(Documents))]
    public void Example_Create_AnswersAsUpstream(string file, int document)
    {
        var row = Corpus.Row(file, document);

        Assert.Equal(row.Create, Answer(Verdicts.OfCreate(row.Manifest())));
    }

    [Theory(SkipTestWithoutData = true)]
    [MemberData(nameof(Documents))]
    public void Example_Lint_AnswersAsUpstream(string file, int document)
    {
        var row = Corpus.Row(file, document);

        Assert.Equal(row.Lint, Answer(Verdicts.OfLint(row.Manifest())));
    }

    [Theory(SkipTestWithoutData = true)]
    [MemberData(nameof(Documents))]
    public void Example_WrittenAndReadAgain_KeepsEveryValue(string file, int document)
    {
        var json = Corpus.Row(file, document).Manifest();

        Assert.True(JsonNode.DeepEquals(json, Assert.Single(ManifestReader.Read(json.ToJsonString())).Json));
    }

    private static string Answer(IReadOnlyList<string> errors) => errors.Count == 0 ? "ok" : "error: " + string.Join("; ", errors);
}
