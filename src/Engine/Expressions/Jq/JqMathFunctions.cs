namespace Argosy.Engine.Expressions.Jq;

internal static class JqMathFunctions
{
    public static void AddTo(Action<string, int, Func<JqCall, object?>> add)
    {
        var functions = new (string Name, Func<double, double> Compute)[]
        {
            ("floor", Math.Floor), ("ceil", Math.Ceiling), ("trunc", Math.Truncate), ("sqrt", Math.Sqrt), ("cbrt", Math.Cbrt),
            ("round", number => Math.Round(number, MidpointRounding.AwayFromZero)),
            ("rint", number => Math.Round(number, MidpointRounding.ToEven)),
            ("nearbyint", number => Math.Round(number, MidpointRounding.ToEven)),
            ("fabs", Math.Abs), ("significand", number => number == 0 || !double.IsFinite(number) ? number : Math.ScaleB(number, -Math.ILogB(number))),
            ("logb", number => number == 0 ? double.NegativeInfinity : double.IsInfinity(number) ? double.PositiveInfinity : Math.ILogB(number)),
            ("exp", Math.Exp), ("exp2", number => Math.Pow(2, number)), ("exp10", number => Math.Pow(10, number)), ("expm1", number => Math.Exp(number) - 1),
            ("log", Math.Log), ("log2", Math.Log2), ("log10", Math.Log10), ("log1p", number => Math.Log(1 + number)),
            ("sin", Math.Sin), ("cos", Math.Cos), ("tan", Math.Tan), ("asin", Math.Asin), ("acos", Math.Acos), ("atan", Math.Atan),
            ("sinh", Math.Sinh), ("cosh", Math.Cosh), ("tanh", Math.Tanh), ("asinh", Math.Asinh), ("acosh", Math.Acosh), ("atanh", Math.Atanh),
        };
        foreach (var (name, compute) in functions)
        {
            add(name, 0, call => JqValue.Number(compute(call.Float)));
        }

        add("abs", 0, call => call.Input is long whole && whole != long.MinValue ? (object)Math.Abs(whole) : Math.Abs(call.Float));
        add("pow", 2, call => JqValue.Number(Math.Pow(call.FloatAt(0), call.FloatAt(1))));
        add("atan2", 2, call => JqValue.Number(Math.Atan2(call.FloatAt(0), call.FloatAt(1))));
        add("fmin", 2, call => JqValue.Number(Math.Min(call.FloatAt(0), call.FloatAt(1))));
        add("fmax", 2, call => JqValue.Number(Math.Max(call.FloatAt(0), call.FloatAt(1))));
        add("fmod", 2, call => JqValue.Number(call.FloatAt(0) % call.FloatAt(1)));
        add("ldexp", 2, call => JqValue.Number(Math.ScaleB(call.FloatAt(0), (int)Math.Clamp(call.FloatAt(1), -5000, 5000))));
        add("scalb", 2, call => JqValue.Number(Math.ScaleB(call.FloatAt(0), (int)Math.Clamp(call.FloatAt(1), -5000, 5000))));
    }
}
