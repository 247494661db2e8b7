using System.Globalization;
using Argosy.Engine.Expressions.Language;
using Argosy.Engine.Expressions.Values;

namespace Argosy.Engine.Expressions.Functions;

/// <summary>One call's arguments, taken out with the type the function needs.</summary>
internal sealed class Arguments(string function, IReadOnlyList<object?> values, Evaluation evaluation)
{
    public string Function => function;

    public int Count => values.Count;

    public Budget Budget => evaluation.Budget;

    public Surroundings Surroundings => evaluation.Surroundings;

    public object? this[int position] => values[position];

    public IEnumerable<object?> From(int position) => values.Skip(position);

    public string Text(int position) => Get<string>(position);

    public string Text(int position, string otherwise) => position < Count ? Get<string>(position) : otherwise;

    public bool Flag(int position) => Get<bool>(position);

    public List<object?> List(int position) => Get<List<object?>>(position);

    public ValueMap Map(int position) => Get<ValueMap>(position);

    public TimeSpan Duration(int position) => Get<TimeSpan>(position);

    public DateTimeOffset Time(int position) => Comparison.TimeIn(values[position]) ?? throw Invalid(position);

    /// <summary>A whole number; a float is cut towards zero.</summary>
    public long Integer(int position) => values[position] switch
    {
        long number => number,
        double number when Math.Abs(number) < long.MaxValue => (long)number,
        _ => throw Invalid(position),
    };

    public double Float(int position) => values[position] switch
    {
        long number => number,
        double number => number,
        _ => throw Invalid(position),
    };

    public ExpressionException Invalid(int position) =>
        new(string.Create(CultureInfo.InvariantCulture, $"invalid argument {position + 1} for {function} (type {Value.TypeName(values[position])})"));

    private T Get<T>(int position) => values[position] is T value ? value : throw Invalid(position);
}
