using Argosy.Engine.Expressions;
using Argosy.Engine.Expressions.Values;

namespace Argosy.Engine.Tests.Expressions;

public sealed class JsonPathTests
{
    private const string Staff =
        """{"employees": [{"name": "Baris", "age": 43, "friends": ["Mo"]}, {"name": "Mo", "age": 42}, {"name": "Jai", "age": 44}], "a-b": {"c": null}, "min": 42}""";

    [Theory]
    [InlineData("$.min", "42")]
    [InlineData("$['a-b']", "{\"c\":null}")]
    [InlineData("$.a-b.c", "null")]
    [InlineData("$.employees[0].name", "\"Baris\"")]
    [InlineData("$.employees[-1].name", "\"Jai\"")]
    [InlineData("$.employees[*].name", "[\"Baris\",\"Mo\",\"Jai\"]")]
    [InlineData("$.employees[0:2].age", "[43,42]")]
    [InlineData("$.employees[::2].age", "[43,44]")]
    [InlineData("$.employees[::-1].age", "[44,42,43]")]
    [InlineData("$.employees[0,2].age", "[43,44]")]
    [InlineData("$.employees[0]['name','age']", "[\"Baris\",43]")]
    [InlineData("$.employees.length", "3")]
    [InlineData("$..age", "[43,42,44]")]
    [InlineData("$.employees[?(@.name==\"Baris\")].age", "[43]")]
    [InlineData("$.employees[?(@.age>42 && @.age<44)].age", "[43]")]
    [InlineData("$.employees[?(@.age > $.min || @.name == 'Mo')].age", "[43,42,44]")]
    [InlineData("$.employees[?(@.friends)].name", "[\"Baris\"]")]
    [InlineData("$.employees[?(!@.friends)].name", "[\"Mo\",\"Jai\"]")]
    [InlineData("$.employees[?(@.name =~ /^[BM]/)].name", "[\"Baris\",\"Mo\"]")]
    [InlineData("$.employees[?(@.nothing == nil)].name", "[]")]
    [InlineData("$.nothing", null)]
    [InlineData("$.employees[9]", null)]
    [InlineData("$.employees[", null)]
    [InlineData("employees", null)]
    public void Query(string path, string? json)
    {
        var expression = Expression.Parse("jsonpath(json, path)");
        object? Evaluate() => expression.Evaluate(new Dictionary<string, object?> { ["json"] = Staff, ["path"] = path });

        if (json is null)
        {
            Assert.Throws<ExpressionException>(Evaluate);
        }
        else
        {
            Assert.Equal(json, JsonText.Write(Evaluate()));
        }
    }
}
