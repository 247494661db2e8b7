using Argosy.ClusterAgent.Embedded.Planning;

namespace Argosy.ClusterAgent.Tests.Embedded;

public sealed class VariableExpansionTests
{
    private static readonly Dictionary<string, string> Variables = new() { ["VAR"] = "value", ["EMPTY"] = "" };

    [Theory]
    [InlineData("a $(VAR) b", "a value b")]
    [InlineData("$(VAR)$(VAR)", "valuevalue")]
    [InlineData("$(EMPTY)", "")]
    [InlineData("$(NONE)", "$(NONE)")]
    [InlineData("$$(VAR)", "$(VAR)")]
    [InlineData("$$$(VAR)", "$value")]
    [InlineData("$VAR ${VAR} 5$", "$VAR ${VAR} 5$")]
    [InlineData("$(VAR", "$(VAR")]
    [InlineData("$$", "$")]
    public void Reference_IsExpanded_AsKubernetesDoes(string text, string expanded) =>
        Assert.Equal(expanded, VariableExpansion.Expand(text, Variables));
}
