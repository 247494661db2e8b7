using Argosy.Engine.Expressions.Functions;
using Argosy.Engine.Expressions.Values;

namespace Argosy.Engine.Expressions.Sprig;

/// <summary>Choices between values, and questions about their types.</summary>
internal static class SprigDefaults
{
    public static void AddTo(FunctionTable table)
    {
        table.Add("default", 1, 2, a => a.Count == 1 || Loose.IsEmpty(a[1]) ? a[0] : a[1]);
        table.Add("empty", 1, a => Loose.IsEmpty(a[0]));
        table.Add("coalesce", 0, int.MaxValue, a => a.From(0).FirstOrDefault(value => !Loose.IsEmpty(value)));
        table.Add("all", 0, int.MaxValue, a => !a.From(0).Any(Loose.IsEmpty));
        table.Add("any", 0, int.MaxValue, a => !a.From(0).All(Loose.IsEmpty));
        table.Add("ternary", 3, a => a.Flag(2) ? a[0] : a[1]);
        table.Add("typeOf", 1, a => TypeOf(a[0]));
        table.Add("typeIs", 2, a => TypeOf(a[1]) == a.Text(0));
        table.Add("typeIsLike", 2, a => TypeOf(a[1]) == a.Text(0) || "*" + TypeOf(a[1]) == a.Text(0));
        table.Add("kindOf", 1, a => KindOf(a[0]));
        table.Add("kindIs", 2, a => KindOf(a[1]) == a.Text(0));
        table.Add("deepEqual", 2, a => TypeOf(a[0]) == TypeOf(a[1]) && Comparison.Equals(a[0], a[1], a.Budget));
    }

    private static string TypeOf(object? value) => value switch
    {
        null => "<nil>",
        double => "float64",
        List<object?> => "[]interface {}",
        ValueMap => "map[string]interface {}",
        _ => Value.TypeName(value),
    };

    private static string KindOf(object? value) => value switch
    {
        null => "invalid",
        double => "float64",
        List<object?> => "slice",
        DateTimeOffset => "struct",
        TimeSpan => "int64",
        _ => Value.TypeName(value),
    };
}
