using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Argosy.Engine.Expressions.Values;

/// <summary>
/// JSON as Go's encoder writes it: map keys sorted, numbers in Go's form; and, unless told otherwise, <c>&lt; > &amp;</c> escaped, so that the
/// text can stand in HTML.
/// </summary>
internal static class JsonText
{
    /// <summary>The longest text one value may become, in characters.</summary>
    public const int MaxLength = 16 * 1024 * 1024;

    private static readonly JsonDocumentOptions ReadOptions = new() { MaxDepth = Value.MaxDepth };

    public static string Write(object? value) => new Writer(indent: null, escapesHtml: true).Write(value);

    /// <summary>Without escapes beyond those JSON demands.</summary>
    public static string WriteRaw(object? value) => new Writer(indent: null, escapesHtml: false).Write(value);

    /// <summary>Two spaces per level, one line per element: the layout of expr's <c>toJSON</c>.</summary>
    public static string WriteIndented(object? value) => new Writer(indent: "  ", escapesHtml: true).Write(value);

    public static object? Read(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text, ReadOptions);
            return Value.FromJson(document.RootElement);
        }
        catch (JsonException e)
        {
            throw new ExpressionException($"invalid JSON: {e.Message}");
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException)
        {
            // Lone surrogates pass the JSON reader and fail only when the string is taken out.
            throw new ExpressionException($"invalid JSON: {e.Message}");
        }
    }

    private sealed class Writer(string? indent, bool escapesHtml)
    {
        private readonly StringBuilder text = new();

        public string Write(object? value)
        {
            Append(value, depth: 0);
            return text.ToString();
        }

        private void Append(object? value, int depth)
        {
            Value.CheckDepth(depth);
            switch (value)
            {
                case null:
                    text.Append("null");
                    break;
                case bool flag:
                    text.Append(flag ? "true" : "false");
                    break;
                case long number:
                    text.Append(CultureInfo.InvariantCulture, $"{number}");
                    break;
                case double number when double.IsFinite(number):
                    text.Append(GoText.OfJsonFloat(number));
                    break;
                case double number:
                    throw new ExpressionException($"{GoText.OfFloat(number)} has no JSON form");
                case string s:
                    AppendString(s);
                    break;
                case DateTimeOffset time:
                    AppendString(GoTime.Format(time, GoTime.Rfc3339Nano));
                    break;
                case TimeSpan duration:
                    text.Append(CultureInfo.InvariantCulture, $"{duration.Ticks * TimeSpan.NanosecondsPerTick}");
                    break;
                case List<object?> list:
                    AppendList(list, depth);
                    break;
                case ValueMap map:
                    AppendMap(map, depth);
                    break;
                default:
                    throw new ExpressionException($"a value of type {Value.TypeName(value)} has no JSON form");
            }

            if (text.Length > MaxLength)
            {
                throw new ExpressionException("a value is too large to be written as text");
            }
        }

        private void AppendList(List<object?> list, int depth)
        {
            text.Append('[');
            for (var i = 0; i < list.Count; i++)
            {
                StartElement(i, depth + 1);
                Append(list[i], depth + 1);
            }

            EndElements(list.Count, depth);
            text.Append(']');
        }

        private void AppendMap(ValueMap map, int depth)
        {
            text.Append('{');
            var count = 0;
            foreach (var key in map.SortedKeys())
            {
                StartElement(count++, depth + 1);
                AppendString(key);
                text.Append(indent is null ? ":" : ": ");
                Append(map[key], depth + 1);
            }

            EndElements(count, depth);
            text.Append('}');
        }

        private void StartElement(int position, int depth)
        {
            if (position > 0)
            {
                text.Append(',');
            }

            NewLine(depth);
        }

        private void EndElements(int count, int depth)
        {
            if (count > 0)
            {
                NewLine(depth);
            }
        }

        private void NewLine(int depth)
        {
            if (indent is not null)
            {
                text.Append('\n').Insert(text.Length, indent, depth);
            }
        }

        private void AppendString(string s)
        {
            text.Append('"');
            foreach (var c in s)
            {
                _ = c switch
                {
                    '"' => text.Append("\\\""),
                    '\\' => text.Append("\\\\"),
                    '\n' => text.Append("\\n"),
                    '\r' => text.Append("\\r"),
                    '\t' => text.Append("\\t"),
                    < ' ' or '\u2028' or '\u2029' => text.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                    '<' or '>' or '&' when escapesHtml => text.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                    _ => text.Append(c),
                };
            }

            text.Append('"');
        }
    }
}
