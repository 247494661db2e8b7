using System.Collections;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Argosy.Engine.Expressions.Values;

/// <summary>
/// What an expression computes with: null, bool, long, double, string, DateTimeOffset, TimeSpan, <see cref="List{T}"/> of values and
/// <see cref="ValueMap"/>. Everything that enters from outside is brought into this form once.
/// </summary>
internal static class Value
{
    /// <summary>Lists and maps nested deeper than this are refused wherever they are walked, so no value can exhaust the stack.</summary>
    public const int MaxDepth = 256;

    /// <summary>The type's name as the <c>type</c> function and error texts give it.</summary>
    public static string TypeName(object? value) => value switch
    {
        null => "nil",
        bool => "bool",
        long => "int",
        double => "float",
        string => "string",
        List<object?> => "array",
        ValueMap => "map",
        DateTimeOffset => "time.Time",
        TimeSpan => "time.Duration",
        _ => value.GetType().Name,
    };

    /// <summary>Brings a value from outside (CLR numbers, dictionaries, sequences, JSON nodes) into the language's own types.</summary>
    public static object? From(object? value, int depth = 0)
    {
        CheckDepth(depth);
        return value switch
        {
            null or bool or long or double or string or DateTimeOffset or TimeSpan or ValueMap or List<object?> => value,
            int or short or byte or sbyte or ushort or uint => Convert.ToInt64(value, null),
            ulong number => number <= long.MaxValue ? (object)(long)number : (double)number,
            float or decimal => Convert.ToDouble(value, null),
            DateTime time => new DateTimeOffset(time.Kind == DateTimeKind.Unspecified ? DateTime.SpecifyKind(time, DateTimeKind.Utc) : time),
            JsonNode node => FromJson(node, depth),
            JsonElement element => FromJson(element, depth),
            IReadOnlyDictionary<string, object?> map => new ValueMap(map.Select(entry => KeyValuePair.Create(entry.Key, From(entry.Value, depth + 1)))),
            IEnumerable<KeyValuePair<string, string>> map => new ValueMap(map.Select(entry => KeyValuePair.Create(entry.Key, (object?)entry.Value))),
            IDictionary map => new ValueMap(map.Cast<DictionaryEntry>().Select(entry => KeyValuePair.Create(GoText.Of(From(entry.Key)), From(entry.Value, depth + 1)))),
            IEnumerable items => items.Cast<object?>().Select(item => From(item, depth + 1)).ToList(),
            _ => throw new ExpressionException($"a value of type {value.GetType().Name} has no meaning in an expression"),
        };
    }

    /// <summary>Decoded JSON: every number is a float, as in Go.</summary>
    public static object? FromJson(JsonElement element, int depth = 0)
    {
        CheckDepth(depth);
        switch (element.ValueKind)
        {
            case JsonValueKind.String:
                return element.GetString();
            case JsonValueKind.Number:
                return element.GetDouble();
            case JsonValueKind.True:
                return true;
            case JsonValueKind.False:
                return false;
            case JsonValueKind.Array:
                return element.EnumerateArray().Select(item => FromJson(item, depth + 1)).ToList();
            case JsonValueKind.Object:
                return new ValueMap(element.EnumerateObject().Select(field => KeyValuePair.Create(field.Name, FromJson(field.Value, depth + 1))));
            default:
                return null;
        }
    }

    private static object? FromJson(JsonNode node, int depth)
    {
        CheckDepth(depth);
        return node switch
        {
            JsonObject map => new ValueMap(map.Select(entry => KeyValuePair.Create(entry.Key, From(entry.Value, depth + 1)))),
            JsonArray list => list.Select(item => From(item, depth + 1)).ToList(),
            JsonValue scalar => scalar.GetValueKind() switch
            {
                JsonValueKind.String => scalar.GetValue<string>(),
                JsonValueKind.True => true,
                JsonValueKind.False => false,
                JsonValueKind.Number => double.Parse(scalar.ToJsonString(), System.Globalization.CultureInfo.InvariantCulture),
                _ => null,
            },
            _ => null,
        };
    }

    public static void CheckDepth(int depth)
    {
        if (depth > MaxDepth)
        {
            throw new ExpressionException($"a value is nested deeper than {MaxDepth} levels");
        }
    }
}
