using Argosy.Engine.Expressions.Values;

namespace Argosy.Engine.Expressions.Functions;

internal static class TimeFunctions
{
    public static void AddTo(FunctionTable table)
    {
        table.Add("now", 0, a => Now(a));
        table.Add("duration", 1, a => GoDuration.Parse(a.Text(0)));
        table.Add("date", 1, 3, Date);

        // A zone is its name; time.In takes it.
        table.Add("timezone", 1, a => GoTime.Zone(a.Text(0)) is { } ? a.Text(0) : null);
    }

    /// <exception cref="ExpressionException">Nobody says what time it is.</exception>
    public static DateTimeOffset Now(Arguments arguments) => arguments.Surroundings.Now ?? throw new ExpressionException(
        $"{arguments.Function} is not available: an expression must give the same result each time it is evaluated");

    private static object Date(Arguments arguments)
    {
        var text = arguments.Text(0);
        var zone = GoTime.Zone(arguments.Text(2, "UTC"));
        if (arguments.Count > 1)
        {
            return GoTime.Parse(text, arguments.Text(1), zone);
        }

        foreach (var layout in GoTime.UsualLayouts)
        {
            if (GoTime.TryParse(text, layout, zone) is { } time)
            {
                return time;
            }
        }

        throw new ExpressionException($"invalid date {text}");
    }
}
