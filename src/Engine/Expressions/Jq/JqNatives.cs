using Argosy.Engine.Expressions.Values;

namespace Argosy.Engine.Expressions.Jq;

/// <summary>A built-in function that is not written in jq itself.</summary>
internal delegate IEnumerable<Located> JqNative(IReadOnlyList<JqNode> arguments, JqEnvironment environment, Located input);

internal sealed class NativeCallNode(JqNative native, IReadOnlyList<JqNode> arguments) : JqNode
{
    protected override IEnumerable<Located> Outputs(JqEnvironment environment, Located input) => native(arguments, environment, input);
}

/// <summary>One computation of a function whose arguments are values.</summary>
internal readonly record struct JqCall(string Function, object? Input, object?[] Arguments, Budget Budget)
{
    public object? this[int position] => Arguments[position];

    public string Text => Input as string ?? throw Refused();

    public List<object?> List => Input as List<object?> ?? throw Refused();

    public double Float => Input is long or double ? JqValue.Float(Input) : throw Refused();

    public string TextAt(int position) => Arguments[position] as string
        ?? throw new JqFailure($"{Function} cannot be applied to: {JqValue.Preview(Input)} with {JqValue.Preview(Arguments[position])}");

    public double FloatAt(int position) => Arguments[position] is long or double
        ? JqValue.Float(Arguments[position])
        : throw new JqFailure($"{Function} needs a number, not: {JqValue.Preview(Arguments[position])}");

    public JqFailure Refused() => new($"{Function} cannot be applied to: {JqValue.Preview(Input)}");
}

/// <summary>The native functions by name and number of arguments.</summary>
internal static class JqNatives
{
    private static readonly Dictionary<(string Name, int Arguments), JqNative> Table = Build();

    public static JqNative? Find(string name, int arguments) => Table.GetValueOrDefault((name, arguments));

    public static IEnumerable<(string Name, int Arguments)> All => Table.Keys;

    private static Dictionary<(string, int), JqNative> Build()
    {
        var table = new Dictionary<(string, int), JqNative>();
        void Add(string name, int arguments, JqNative native) => table.Add((name, arguments), native);
        void AddValue(string name, int arguments, Func<JqCall, object?> compute) => table.Add((name, arguments), OfValues(name, compute));

        JqStreamFunctions.AddTo(Add);
        JqValueFunctions.AddTo(AddValue);
        JqListFunctions.AddTo(Add, AddValue);
        JqTextFunctions.AddTo(AddValue);
        JqPatternFunctions.AddTo(Add, AddValue);
        JqMathFunctions.AddTo(AddValue);
        JqTimeFunctions.AddTo(AddValue);
        return table;
    }

    /// <summary>A function of values runs once for each combination of its arguments' outputs, the last varying fastest.</summary>
    private static JqNative OfValues(string name, Func<JqCall, object?> compute) => (arguments, environment, input) => arguments.Count == 0
        ? [input.Computed(compute(new JqCall(name, input.Value, [], environment.Budget)))]
        : Combinations(arguments, environment, input, []).Select(values =>
        {
            environment.Budget.Spend(1);
            return input.Computed(compute(new JqCall(name, input.Value, values, environment.Budget)));
        });

    private static IEnumerable<object?[]> Combinations(IReadOnlyList<JqNode> arguments, JqEnvironment environment, Located input, object?[] before) =>
        before.Length == arguments.Count
            ? [before]
            : arguments[before.Length].Values(environment, input).SelectMany(value => Combinations(arguments, environment, input, [.. before, value]));
}
