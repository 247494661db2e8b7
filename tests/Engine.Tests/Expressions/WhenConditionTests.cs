using Argosy.Engine.Expressions;

namespace Argosy.Engine.Tests.Expressions;

public sealed class WhenConditionTests
{
    [Theory]
    [InlineData("true", true)]
    [InlineData("false", false)]
    [InlineData("heads == tails", false)]
    [InlineData("heads != tails", true)]
    [InlineData("\"heads\" == heads", true)]
    [InlineData("'two words' == 'two words'", true)]
    [InlineData("[two words] == 'two words'", true)]
    [InlineData("True == False", false)]
    [InlineData("true == true", true)]
    [InlineData("\"true\" == true", false)]
    [InlineData("true == \"true\"", false)]
    [InlineData("1 == 1.0", true)]
    [InlineData("'1' == 1", false)]
    [InlineData("5 > 3 && 2 <= 2", true)]
    [InlineData("10 > 9", true)]
    [InlineData("'10' > '9'", false)]
    [InlineData("b > a", true)]
    [InlineData("1 != 1 || 2 != 1", true)]
    [InlineData("!(a == b)", true)]
    [InlineData("!true == false", true)]
    [InlineData("!!true", true)]
    [InlineData("tails =~ tai", true)]
    [InlineData("tails !~ '^ai'", true)]
    [InlineData("a in (a, b)", true)]
    [InlineData("c in (a, b)", false)]
    [InlineData("a in (a)", true)]
    [InlineData("a IN (b, a)", true)]
    [InlineData("1 + 2 * 3 == 7", true)]
    [InlineData("2 ** 3 % 5 - 1 == 2", true)]
    [InlineData("7 - 2 - 1 == 4", true)]
    [InlineData("5-1 == 4", true)]
    [InlineData("a+1 == a1", true)]
    [InlineData("6 & 3 == 2 || (6 & 3) == 2", true)]
    [InlineData("0x10 == 16", true)]
    [InlineData("-1 < 0", true)]
    [InlineData("1 == 1 ? true : false", true)]
    [InlineData("(1 == 2 ? a : b) == b", true)]
    [InlineData("my-task_1.out/put == my-task_1.out/put", true)]
    [InlineData("registry.io/a/b-c == registry.io/a/b-c", true)]
    [InlineData("123-abc == 123-abc", true)]
    [InlineData("1.2.3 == 1.2.3", true)]
    [InlineData("10.0.0.1 != 10.0.0.2", true)]
    [InlineData("a\\ b == 'a b'", true)]
    [InlineData("'2024-01-01' < '2024-02-01T00:00:00Z'", true)]
    [InlineData("'2024-01-01' == '2024-01-01T00:00:00Z'", true)]
    [InlineData("\n  a == a &&\n  b == b\n", true)]
    [InlineData("false && (1 + x)", false)]
    public void Condition_HasItsAnswer(string text, bool expected) => Assert.Equal(expected, WhenCondition.Evaluate(text));

    [Theory]
    [InlineData("")]
    [InlineData("heads")]
    [InlineData("1 + 1")]
    [InlineData("a ==")]
    [InlineData("two words == two words")]
    [InlineData("(a == b")]
    [InlineData("a == b)")]
    [InlineData("'open")]
    [InlineData("{{steps.a.outputs.result}} == b")]
    [InlineData("5 > '4'")]
    [InlineData("5 =~ 5")]
    [InlineData("a && b")]
    [InlineData("!a")]
    [InlineData("a =~ '('")]
    [InlineData("a in (b,)")]
    [InlineData("true ? 1")]
    public void NoCondition_FailsWithItsText(string text)
    {
        var e = Assert.Throws<ExpressionException>(() => WhenCondition.Evaluate(text));

        Assert.StartsWith($"Invalid 'when' expression '{text}': ", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void LongCondition_IsEvaluated() =>
        Assert.True(WhenCondition.Evaluate(string.Join(" || ", Enumerable.Repeat("a == b", 5000).Append("a == a"))));

    [Theory]
    [InlineData("(")]
    [InlineData("!")]
    [InlineData("-")]
    [InlineData("1+")]
    [InlineData("true?")]
    public void HostileCondition_IsRefused(string repeated) =>
        Assert.Throws<ExpressionException>(() => WhenCondition.Evaluate(string.Concat(Enumerable.Repeat(repeated, 50_000)) + "1"));
}
