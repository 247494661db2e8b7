using Argosy.Engine.Placement;

namespace Argosy.Engine.Tests.Placement;

public sealed class LabelSelectorTests
{
    private static readonly Dictionary<string, string> Labels = new()
    {
        ["accelerator"] = "nvidia",
        ["argosy.io/tier"] = "gold",
        ["gpus"] = "8",
        ["empty"] = "",
    };

    [Theory]
    [InlineData("", true)]
    [InlineData("accelerator=nvidia", true)]
    [InlineData("accelerator==nvidia", true)]
    [InlineData(" accelerator = nvidia , gpus = 8 ", true)]
    [InlineData("accelerator!=amd", true)]
    [InlineData("accelerator!=nvidia", false)]
    [InlineData("missing!=x", true)]
    [InlineData("missing=x", false)]
    [InlineData("accelerator", true)]
    [InlineData("!accelerator", false)]
    [InlineData("!missing", true)]
    [InlineData("empty=", true)]
    [InlineData("accelerator=", false)]
    [InlineData("argosy.io/tier in (silver, gold)", true)]
    [InlineData("argosy.io/tier in (silver)", false)]
    [InlineData("argosy.io/tier notin (silver,bronze)", true)]
    [InlineData("missing notin (a)", true)]
    [InlineData("empty in (,a)", true)]
    [InlineData("gpus>4", true)]
    [InlineData("gpus<8", false)]
    [InlineData("accelerator>1", false)]
    [InlineData("accelerator in (nvidia),gpus,!missing,gpus>7", true)]
    [InlineData("accelerator in (nvidia),gpus=9", false)]
    public void Selector_AgainstLabels_SelectsAsKubernetesDoes(string selector, bool selected) =>
        Assert.Equal(selected, LabelSelector.Parse(selector).Matches(Labels));

    [Theory]
    [InlineData("a=b,", "after ','")]
    [InlineData("a b", "'b'")]
    [InlineData("a in b", "expected '('")]
    [InlineData("a in (b", "expected ')'")]
    [InlineData("=b", "non-empty")]
    [InlineData("a=b c", "expected ','")]
    [InlineData("a=-b", "alphanumeric")]
    [InlineData("UPPER.example/a=b", "lowercase DNS subdomain")]
    [InlineData("a>b", "must be an integer")]
    public void MalformedSelector_Parsed_SaysWhatIsWrong(string selector, string expected)
    {
        var refusal = Assert.Throws<FormatException>(() => LabelSelector.Parse(selector));
        Assert.Contains(expected, refusal.Message, StringComparison.Ordinal);
        Assert.Contains(selector, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void UnmetRequirements_Asked_AreNamedInOrder() =>
        Assert.Equal(["gpus>8", "zone in (a,b)"], LabelSelector.Parse("gpus>8,accelerator,zone in (a, b)").Unmet(Labels));

    [Fact]
    public void Selector_PrintedAndParsed_StaysTheSame()
    {
        const string text = "a=b,c!=d,e in (f,g),h notin (i),j,!k,l>1,m<2";
        Assert.Equal(text, LabelSelector.Parse(text).ToString());
    }
}
