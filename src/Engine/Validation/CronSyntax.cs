using System.Globalization;

namespace Argosy.Engine.Validation;

/// <summary>
/// Whether a cron expression can be read: five fields (minute, hour, day of month, month, day of week) with lists, ranges, steps and
/// names, or a descriptor such as <c>@daily</c> and <c>@every 1h30m</c>, optionally after <c>TZ=</c> or <c>CRON_TZ=</c> and a zone.
/// </summary>
internal static class CronSyntax
{
    private static readonly string[] Months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    private static readonly string[] Days = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

    private static readonly Field[] Fields =
        [new(0, 59, []), new(0, 23, []), new(1, 31, []), new(1, 12, Months), new(0, 6, Days)];

    private sealed record Field(int Least, int Most, string[] Names);

    /// <summary>Why the expression cannot be read, or null.</summary>
    public static string? Problem(string expression)
    {
        var text = expression;
        if (text.StartsWith("TZ=", StringComparison.Ordinal) || text.StartsWith("CRON_TZ=", StringComparison.Ordinal))
        {
            var space = text.IndexOf(' ', StringComparison.Ordinal);
            text = space < 0 ? "" : text[space..].Trim();
        }

        if (text.Length == 0)
        {
            return "empty spec string";
        }

        if (text[0] == '@')
        {
            return DescriptorProblem(text);
        }

        var fields = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return fields.Length != Fields.Length
            ? $"expected exactly {Fields.Length} fields, found {fields.Length}: [{string.Join(' ', fields)}]"
            : fields.Zip(Fields, FieldProblem).FirstOrDefault(problem => problem != null);
    }

    private static string? DescriptorProblem(string text)
    {
        if (text is "@yearly" or "@annually" or "@monthly" or "@weekly" or "@daily" or "@midnight" or "@hourly")
        {
            return null;
        }

        const string Every = "@every ";
        return !text.StartsWith(Every, StringComparison.Ordinal) ? $"unrecognized descriptor: {text}"
            : GoDuration.IsValid(text[Every.Length..]) ? null
            : $"failed to parse duration {text}";
    }

    private static string? FieldProblem(string text, Field field) =>
        text.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(part => PartProblem(part, field)).FirstOrDefault(problem => problem != null);

    private static string? PartProblem(string part, Field field)
    {
        var stepped = part.Split('/');
        if (stepped.Length > 2)
        {
            return $"too many slashes: {part}";
        }

        var range = stepped[0].Split('-');
        if (range.Length > 2)
        {
            return $"too many hyphens: {part}";
        }

        if (stepped.Length == 2 && (Number(stepped[1]) is not { } step || step == 0))
        {
            return Number(stepped[1]) == 0 ? $"step of range should be a positive number: {part}" : $"failed to parse int from {stepped[1]}";
        }

        if (range[0] is "*" or "?")
        {
            return range.Length == 1 ? null : $"failed to parse int from {part}";
        }

        var bounds = range.Select(bound => Value(bound, field)).ToList();
        return bounds.FindIndex(bound => bound == null) is >= 0 and var broken ? $"failed to parse int from {range[broken]}"
            : bounds[0] < field.Least ? $"beginning of range ({bounds[0]}) below minimum ({field.Least}): {part}"
            : bounds[^1] > field.Most ? $"end of range ({bounds[^1]}) above maximum ({field.Most}): {part}"
            : bounds[0] > bounds[^1] ? $"beginning of range ({bounds[0]}) beyond end of range ({bounds[^1]}): {part}"
            : null;
    }

    private static int? Value(string text, Field field)
    {
        var name = Array.FindIndex(field.Names, name => name.Equals(text, StringComparison.OrdinalIgnoreCase));
        return name >= 0 ? name + field.Least : Number(text);
    }

    private static int? Number(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
