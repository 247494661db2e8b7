using System.Globalization;
using System.Text;
using Argosy.Engine.Expressions.JsonPaths;
using Argosy.Engine.Expressions.Values;

namespace Argosy.Engine.Expressions.Functions;

internal static class ConversionFunctions
{
    public static void AddTo(FunctionTable table)
    {
        table.Add("type", 1, a => Value.TypeName(a[0]));
        table.Add("string", 1, a => GoText.Of(a[0]));
        table.Add("int", 1, ToInteger);
        table.Add("asInt", 1, ToInteger);
        table.Add("float", 1, ToFloat);
        table.Add("asFloat", 1, ToFloat);
        table.Add("toJSON", 1, a => Paid(a, JsonText.WriteIndented(a[0])));
        table.Add("toJson", 1, a => Paid(a, JsonText.Write(a[0])));
        table.Add("fromJSON", 1, a => ReadJson(a, 0));
        table.Add("toBase64", 1, a => Paid(a, Convert.ToBase64String(Encoding.UTF8.GetBytes(a.Text(0)))));
        table.Add("fromBase64", 1, a => DecodeBase64(a.Text(0)));
        table.Add("jsonpath", 2, a => JsonPath.Query(a.Text(1), ReadJson(a, 0), a.Budget));
    }

    public static object? ReadJson(Arguments arguments, int position)
    {
        arguments.Budget.Spend(1 + (arguments.Text(position).Length / 4));
        return JsonText.Read(arguments.Text(position));
    }

    public static string DecodeBase64(string text)
    {
        try
        {
            return Encoding.UTF8.GetString(Convert.FromBase64String(text));
        }
        catch (FormatException)
        {
            throw new ExpressionException("illegal base64 data");
        }
    }

    public static string Paid(Arguments arguments, string text)
    {
        arguments.Budget.SpendText(text.Length);
        return text;
    }

    private static object ToInteger(Arguments arguments) => arguments[0] switch
    {
        long number => number,
        double => arguments.Integer(0),
        TimeSpan duration => duration.Ticks * TimeSpan.NanosecondsPerTick,
        string text when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) => number,
        string text => throw new ExpressionException($"invalid operation: int({text})"),
        var other => throw new ExpressionException($"invalid operation: int({Value.TypeName(other)})"),
    };

    private static object ToFloat(Arguments arguments) => arguments[0] switch
    {
        long number => (double)number,
        double number => number,
        string text when double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var number) => number,
        string text => throw new ExpressionException($"invalid operation: float({text})"),
        var other => throw new ExpressionException($"invalid operation: float({Value.TypeName(other)})"),
    };
}
