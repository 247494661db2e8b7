namespace Argosy.Engine.Expressions.Functions;

/// <summary>The functions of the expression language and those Argo adds to it.</summary>
internal static class Builtins
{
    public static FunctionTable Functions { get; } = Build();

    private static FunctionTable Build()
    {
        var table = new FunctionTable();
        TextFunctions.AddTo(table);
        NumberFunctions.AddTo(table);
        ListFunctions.AddTo(table);
        ConversionFunctions.AddTo(table);
        TimeFunctions.AddTo(table);
        return table;
    }
}
