using Argosy.Engine.Expressions;

namespace Argosy.Engine.Tests.Expressions;

public sealed class DependsExpressionTests
{
    [Theory]
    [InlineData("A", "A", true)]
    [InlineData("A", "", false)]
    [InlineData("A && B", "A", false)]
    [InlineData("A&&B", "A B", true)]
    [InlineData("A || B && C", "A", true)]
    [InlineData("(A || B) && C", "A", false)]
    [InlineData("!A", "", true)]
    [InlineData("!!A", "A", true)]
    [InlineData("! ( A || B )", "B", false)]
    [InlineData("stage-a && (stage-b || stage-b.Skipped)", "stage-a stage-b.Skipped", true)]
    [InlineData("A && (C.Succeeded || C.Failed)", "A C.Failed", true)]
    [InlineData("task_1.AnySucceeded || 2nd-task.AllFailed", "2nd-task.AllFailed", true)]
    public void Expression_FollowsItsTerms(string source, string holding, bool expected)
    {
        var known = holding.Split(' ');

        Assert.Equal(expected, DependsExpression.Parse(source).Evaluate((task, result) => known.Contains(result is null ? task : $"{task}.{result}")));
    }

    [Fact]
    public void Terms_AreListedOnce() =>
        Assert.Equal([("a-b", null), ("c", "Failed")], DependsExpression.Parse("a-b && (c.Failed || !a-b)").Terms);

    [Theory]
    [InlineData("")]
    [InlineData("A &&")]
    [InlineData("A B")]
    [InlineData("A & B")]
    [InlineData("(A")]
    [InlineData("A)")]
    [InlineData("A.")]
    [InlineData("A.Done")]
    [InlineData("A.succeeded")]
    [InlineData("A.Failed.Failed")]
    [InlineData("{{A}}")]
    public void WrongExpression_FailsWithItsText(string source) =>
        Assert.StartsWith($"invalid depends \"{source}\": ", Assert.Throws<ExpressionException>(() => DependsExpression.Parse(source)).Message, StringComparison.Ordinal);

    [Fact]
    public void LongExpression_IsEvaluated() =>
        Assert.False(DependsExpression.Parse(string.Join(" && ", Enumerable.Range(0, 20_000).Select(i => $"t{i}"))).Evaluate((_, _) => false));

    [Fact]
    public void DeepExpression_IsRefused() =>
        Assert.Throws<ExpressionException>(() => DependsExpression.Parse(new string('(', 100_000) + "A"));
}
