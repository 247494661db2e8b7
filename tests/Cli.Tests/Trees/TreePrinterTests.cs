using Argosy.Cli.Client;
using Argosy.Cli.Trees;

namespace Argosy.Cli.Tests.Trees;

public sealed class TreePrinterTests
{
    [Theory]
    [InlineData("steps", null)]
    [InlineData("steps", "wide")]
    [InlineData("steps", "short")]
    [InlineData("dag", null)]
    public void Workflow_Printed_LooksAsItsUsersKnowIt(string fixture, string? format)
    {
        var printed = new TreePrinter(FixedTime.TenMinutesIn, colors: false).Print(Fixture.Workflow(fixture), format);

        Assert.Equal(Fixture.Text($"{fixture}{(format is null ? "" : "-" + format)}.txt"), printed, ignoreLineEndingDifferences: true);
    }

    [Fact]
    public void NodeSelector_LeavesOtherNodesOut()
    {
        var printer = new TreePrinter(FixedTime.TenMinutesIn, colors: false) { Selector = NodeSelector.Parse("phase=Failed,templateName!=cake") };

        var lines = printer.Print(Fixture.Workflow("steps"), "short").TrimEnd().Split(Environment.NewLine);

        Assert.Contains("oven(10:c)", Assert.Single(lines.Skip(1), line => line.Length > 0), StringComparison.Ordinal);
    }

    [Fact]
    public void UnknownFieldInSelector_IsRefused_NamingTheKnownOnes()
    {
        var refusal = Assert.Throws<CommandException>(() => NodeSelector.Parse("color=red").Fits(new Node("a", [])));

        Assert.Contains("displayName", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Colours_DoNotMoveColumns()
    {
        var plain = new TreePrinter(FixedTime.TenMinutesIn, colors: false).Print(Fixture.Workflow("dag"));
        var colored = new TreePrinter(FixedTime.TenMinutesIn, colors: true).Print(Fixture.Workflow("dag"));

        Assert.NotEqual(plain, colored);
        Assert.Equal(plain, System.Text.RegularExpressions.Regex.Replace(colored, "\u001b\\[[0-9;]*m", ""));
    }

    [Fact]
    public void WorkflowThatNobodyHasLookedAt_HasNoTree()
    {
        var workflow = new Workflow(new() { ["metadata"] = new System.Text.Json.Nodes.JsonObject { ["name"] = "new" } });

        var printed = new TreePrinter(FixedTime.TenMinutesIn, colors: false).Print(workflow);

        Assert.StartsWith("Name:                new", printed, StringComparison.Ordinal);
        Assert.DoesNotContain("STEP", printed, StringComparison.Ordinal);
    }

    [Fact]
    public void StatusThatRunsInACircle_IsPrintedOnce()
    {
        var workflow = new Workflow(System.Text.Json.Nodes.JsonNode.Parse("""
            {"metadata":{"name":"w"},"status":{"nodes":{
              "w":{"name":"w","type":"Retry","children":["a"]},
              "a":{"name":"a","type":"Retry","children":["w","a"]}}}}
            """)!.AsObject());

        Assert.Contains("STEP", new TreePrinter(FixedTime.TenMinutesIn, colors: false).Print(workflow), StringComparison.Ordinal);
    }
}
